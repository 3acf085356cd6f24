"""Fetching the provider's documents: a provider that misbehaves holds nobody up."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from api.access.fetching import LARGEST, fetch_json
from api.refusals import Busy


class Misbehaving(BaseHTTPRequestHandler):
    """Answers by its path."""

    def do_GET(self) -> None:
        if self.path == "/redirect":
            self.send_response(302)
            self.send_header("Location", "/good")
            self.end_headers()
            return
        self.send_response(500 if self.path == "/broken" else 200)
        self.end_headers()
        contents = {
            "/list": b"[]",
            "/text": b"<html>",
            "/binary": b"\xff\xfe",
            "/deep": b"[" * 100_000,
            "/large": b" " * (LARGEST + 1) + b"{}",
        }
        if self.path == "/drip":
            for _ in range(40):
                self.wfile.write(b" ")
                self.wfile.flush()
                time.sleep(0.05)
        self.wfile.write(contents.get(self.path, b'{"a": 1}'))

    def log_message(self, *_arguments: object) -> None:
        """Silent."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_arguments: object) -> None:
            """The client has hung up, as it should."""

    with Quiet(("127.0.0.1", 0), Misbehaving) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_document_is_fetched(address: str) -> None:
    assert fetch_json(f"{address}/good") == {"a": 1}


@pytest.mark.parametrize("path", ["redirect", "broken", "list", "text", "binary", "deep", "large"])
def test_anything_else_is_refused(address: str, path: str) -> None:
    with pytest.raises(Busy, match="IDENTITY_PROVIDER"):
        fetch_json(f"{address}/{path}")


@pytest.mark.alone
def test_a_dripping_answer_is_cut_off(address: str) -> None:
    """Each byte comes in time, all of them never would."""
    started = time.monotonic()
    with pytest.raises(Busy):
        fetch_json(f"{address}/drip", longest_s=0.3)
    assert time.monotonic() - started < 1


@pytest.mark.parametrize(
    "url", ["http://id.example.se/keys", "file:///etc/passwd", "https://", "http://127.0.0.1:1/"]
)
def test_unsafe_and_dead_addresses_are_refused(url: str) -> None:
    with pytest.raises(Busy):
        fetch_json(url, longest_s=0.5)
