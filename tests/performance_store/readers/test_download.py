"""A platform file may be given by its web address: it is fetched whole, or refused in one line."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from performance_store.readers.download import downloaded, is_url
from performance_store.readers.stream import InputError

BODY = b"SQLite format 3\0" + b"x" * 300_000


class Files(BaseHTTPRequestHandler):
    """Serves one file; a short answer and a missing one."""

    def do_GET(self) -> None:
        if self.path == "/good/digital-land.sqlite3":
            self._answer(len(BODY), BODY)
        elif self.path == "/cut/digital-land.sqlite3":
            self._answer(len(BODY), BODY[:1000])
        else:
            self.send_error(404)

    def _answer(self, length: int, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Files)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("below", ["/good", "/good/", "/good/digital-land.sqlite3"])
def test_a_file_or_the_folder_that_holds_it_is_fetched_and_removed(
    address: str, below: str
) -> None:
    with downloaded(address + below, "digital-land.sqlite3") as path:
        assert path.read_bytes() == BODY
    assert not path.exists()


@pytest.mark.parametrize(
    ("below", "words"), [("/cut", "bytes came|IncompleteRead"), ("/none", "answered 404")]
)
def test_what_cannot_be_had_whole_is_refused_in_one_line(
    address: str, below: str, words: str
) -> None:
    with (
        pytest.raises(InputError, match=words) as caught,
        downloaded(address + below, "digital-land.sqlite3"),
    ):
        pass
    assert "\n" not in str(caught.value)


def test_a_server_that_is_not_there_is_named() -> None:
    with (
        pytest.raises(InputError, match="cannot be fetched"),
        downloaded("http://127.0.0.1:9/data", "digital-land.sqlite3"),
    ):
        pass


@pytest.mark.parametrize(("text", "expected"), [("https://x.example/f", True), ("data/f", False)])
def test_addresses_are_told_from_paths(text: str, expected: bool) -> None:
    assert is_url(text) is expected
