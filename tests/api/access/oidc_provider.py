"""
A real OpenID Connect provider for the tests: npm's oidc-provider, which is certified, on loopback.

Its packages are those of ``oidc/package-lock.json``, by their hashes. Where node or npm's registry
is missing, the tests are skipped and say so; in CI they fail.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import httpx2
import pytest

from tests.api.access.keys import AUDIENCE

SECRET = "a-secret-of-the-tests"  # noqa: S105
SERVICE = "https://testserver"
CALLBACK = f"{SERVICE}/auth/callback"
SYSTEM = "m-1-system"
LONGEST_S = 120


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The address of a provider that runs in `folder`."""
    _install(folder)
    node = shutil.which("node") or ""
    with subprocess.Popen(
        [node, "provider.mjs", CALLBACK, AUDIENCE],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.kill()


def _install(folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        _missing("node and npm are not installed")
    for part in ("package.json", "package-lock.json", "provider.mjs"):
        shutil.copy(Path(__file__).parent / "oidc" / part, folder)
    command = [str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=LONGEST_S)
    if done.returncode:
        _missing("npm could not install oidc-provider")


def _missing(what: str) -> None:
    message = f"{what}: no login with a real OpenID Connect provider"
    if os.environ.get("CI"):
        pytest.fail(f"{message}; CI must have it")
    pytest.skip(message)


def log_in(url: str, user: str) -> str:
    """
    The address that the provider sends the browser back to, after `user` has logged in at `url`.

    Its pages are walked through as by a person: the form of the login, then that of the consent.
    """
    with httpx2.Client(timeout=10) as browser:
        answer = browser.get(url)
        for _ in range(20):
            if answer.is_redirect:
                url = urljoin(str(answer.url), answer.headers["location"])
                if url.startswith(SERVICE):
                    return url
                answer = browser.get(url)
                continue
            assert answer.status_code == 200, answer.text
            form = re.search(r'action="([^"]+)"', answer.text)
            assert form, answer.text
            fields = dict(re.findall(r'name="prompt" value="(\w+)"()', answer.text))
            prompt = next(iter(fields))
            data = {"prompt": prompt}
            if prompt == "login":
                data |= {"login": user, "password": "any"}
            answer = browser.post(urljoin(str(answer.url), unescape(form[1])), data=data)
    raise AssertionError("the provider never sent the browser back")


def system_token(issuer: str) -> str:
    """A token for the system that the provider knows, by its own secret."""
    answer = httpx2.post(
        f"{issuer}/token",
        auth=(SYSTEM, SECRET),
        data={"grant_type": "client_credentials", "resource": "urn:hemplan"},
        timeout=10,
    )
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])
