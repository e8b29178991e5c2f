"""Downloading a published file: gone on with, checked, never taken for whole when it is not."""

from __future__ import annotations

import base64
import hashlib
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from performance_store.readers.platform import FILE_NAME
from performance_store.readers.stream import InputError
from performance_store.sync.published import PART, Download, is_file, server_digest
from performance_store.sync.web import Web
from tests.support.sync import IN_HASTE


@dataclass
class Files:
    """A server of one file. ``cuts`` are where its next answers break off, in bytes sent."""

    content: bytes
    etag: str | None = '"one"'
    modified: str | None = None
    ranges: bool = True
    length: bool = True
    careless: bool = False
    """It sends the rest of whatever it has, without regard to If-Range."""
    cuts: list[int | None] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    statuses: list[int] = field(default_factory=list)
    requests: list[dict[str, str]] = field(default_factory=list)
    sent: int = 0
    url: str = ""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    files: Files

    def do_GET(self) -> None:
        files = self.files
        headers = dict(self.headers.items())
        files.requests.append(headers)
        if files.statuses:
            self.send_response(files.statuses.pop(0))
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        version = files.etag or files.modified
        if files.etag and headers.get("If-None-Match") == files.etag:
            self.send_response(304)
            self.end_headers()
            return
        start = 0
        match = re.fullmatch(r"bytes=(\d+)-", headers.get("Range", ""))
        if match and files.ranges and (files.careless or headers.get("If-Range") == version):
            start = int(match[1])
            self.send_response(206)
            end = len(files.content)
            self.send_header("Content-Range", f"bytes {start}-{end - 1}/{end}")
        else:
            self.send_response(200)
        self._body(files, files.content[start:])

    def _body(self, files: Files, body: bytes) -> None:
        if files.etag:
            self.send_header("ETag", files.etag)
        if files.modified:
            self.send_header("Last-Modified", files.modified)
        if files.length:
            self.send_header("Content-Length", str(len(body)))
        for name, value in files.headers.items():
            self.send_header(name, value)
        cut = files.cuts.pop(0) if files.cuts else None
        if cut is not None or not files.length:
            self.close_connection = True
        self.end_headers()
        body = body if cut is None else body[:cut]
        files.sent += len(body)
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def files(source: Path) -> Iterator[Files]:
    served = Files(source.read_bytes())
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"files": served}))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    served.url = f"http://127.0.0.1:{server.server_address[1]}/data/{FILE_NAME}"
    yield served
    server.shutdown()
    server.server_close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy_folder = tmp_path / "copy"
    copy_folder.mkdir()
    return copy_folder


def fetched(files: Files, folder: Path, *, sha256: str | None = None) -> bytes:
    with Web(patience=IN_HASTE) as web:
        path = Download(web, files.url, folder, sha256=sha256, say=lambda _: None).fetch()
    assert path == folder / FILE_NAME
    assert not (folder / PART).exists()
    return path.read_bytes()


def another_version(files: Files) -> None:
    """The same but for some values, and as long."""
    before = files.content
    files.content = before.replace(b"local-authority:AAA", b"local-authority:ABC")
    assert files.content != before


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_a_file_is_fetched(files: Files, folder: Path) -> None:
    assert fetched(files, folder) == files.content


def test_a_cut_file_is_gone_on_with(files: Files, folder: Path) -> None:
    files.cuts = [5000, 3000, 7000]
    assert fetched(files, folder) == files.content
    assert [headers.get("Range") for headers in files.requests] == [
        *(None, "bytes=4999-", "bytes=7998-", "bytes=14997-"),
    ]
    assert files.sent == len(files.content) + 3  # the last byte once more each time


def test_more_cuts_than_attempts_are_no_matter_while_it_grows(files: Files, folder: Path) -> None:
    files.cuts = [1000] * 10
    assert fetched(files, folder) == files.content


def test_a_later_sync_goes_on_where_the_last_one_gave_up(files: Files, folder: Path) -> None:
    files.cuts = [5000, 1, 1, 1]
    with pytest.raises(InputError, match="gave up after 4 attempts"):
        fetched(files, folder)
    assert not (folder / FILE_NAME).exists()
    files.requests.clear()
    assert fetched(files, folder) == files.content
    assert files.requests[0]["Range"] == "bytes=4999-"


def test_a_whole_part_that_was_not_yet_put_in_its_place_is_used(files: Files, folder: Path) -> None:
    files.cuts = [5000, 1, 1, 1]
    with pytest.raises(InputError):
        fetched(files, folder)
    (folder / PART).write_bytes(files.content)
    files.sent = 0
    assert fetched(files, folder) == files.content
    assert files.sent == 1


@pytest.mark.parametrize("etag", ['"two"', 'W/"one"', None])
def test_parts_of_two_versions_are_never_joined(
    files: Files, folder: Path, etag: str | None
) -> None:
    files.cuts = [5000, 1, 1, 1]
    with pytest.raises(InputError):
        fetched(files, folder)
    files.etag = etag
    another_version(files)
    assert fetched(files, folder) == files.content


def test_a_server_that_ignores_the_condition_is_noticed(files: Files, folder: Path) -> None:
    """It sends the rest of another version, and says so only by its ETag."""
    files.cuts = [5000, 1, 1, 1]
    with pytest.raises(InputError):
        fetched(files, folder)

    files.careless, files.etag = True, '"two"'
    another_version(files)
    assert fetched(files, folder) == files.content
    assert [headers.get("Range") for headers in files.requests[-2:]] == ["bytes=4999-", None]


@pytest.mark.parametrize(
    ("etag", "modified", "ranges"),
    [
        (None, None, True),
        ('W/"weak"', None, True),
        ('"one"', None, False),
        (None, "Wed, 21 May 2025 00:00:00 GMT", True),
    ],
)
def test_whatever_the_server_can_do_the_file_is_whole(
    files: Files, folder: Path, etag: str | None, modified: str | None, ranges: bool
) -> None:
    files.etag, files.modified, files.ranges = etag, modified, ranges
    files.cuts = [5000, 3000]
    assert fetched(files, folder) == files.content
    resumed = [headers for headers in files.requests if headers.get("Range")]
    assert len(resumed) == (2 if etag == '"one"' or modified else 0)


def test_a_version_that_is_here_is_not_fetched_again(files: Files, folder: Path) -> None:
    fetched(files, folder)
    files.sent = 0
    fetched(files, folder)
    assert files.sent == 0
    files.etag, files.content = '"two"', files.content
    fetched(files, folder)
    assert files.sent == len(files.content)


def test_a_file_of_a_digest_that_is_here_is_not_even_asked_for(files: Files, folder: Path) -> None:
    sha256 = digest(files.content)
    fetched(files, folder, sha256=sha256)
    files.requests.clear()
    fetched(files, folder, sha256=sha256)
    assert files.requests == []


def test_a_digest_must_fit(files: Files, folder: Path) -> None:
    before = fetched(files, folder)
    with pytest.raises(InputError, match=r"SHA-256 is .* was expected; nothing was changed"):
        fetched(files, folder, sha256="0" * 64)
    assert (folder / FILE_NAME).read_bytes() == before
    assert not (folder / PART).exists()


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Repr-Digest", "md5=:AAAA:, sha-256=:{}:"),
        ("Digest", "SHA-256={}"),
        ("x-amz-checksum-sha256", "{}"),
    ],
)
def test_the_servers_own_digest_must_fit(
    files: Files, folder: Path, header: str, value: str
) -> None:
    right = base64.b64encode(hashlib.sha256(files.content).digest()).decode()
    files.headers = {header: value.format(right)}
    assert fetched(files, folder) == files.content
    files.etag = '"two"'
    files.headers = {header: value.format(base64.b64encode(b"0" * 32).decode())}
    with pytest.raises(InputError, match="was expected"):
        fetched(files, folder)


@pytest.mark.parametrize("value", ["", "abc-3", "=", "bm90IDMyIGJ5dGVz"])
def test_a_digest_that_says_nothing_is_no_digest(value: str) -> None:
    assert server_digest({"x-amz-checksum-sha256": value}) is None


def test_damage_is_found(files: Files, folder: Path) -> None:
    middle = len(files.content) // 2
    files.content = files.content[:middle] + b"\xff" * 4096 + files.content[middle + 4096 :]
    with pytest.raises(InputError, match="damaged"):
        fetched(files, folder)
    assert list(folder.glob(f"{FILE_NAME}*")) == []


def test_a_file_that_ends_early_without_saying_so_is_found(files: Files, folder: Path) -> None:
    files.length, files.etag = False, None
    files.content = files.content[: len(files.content) // 2]
    with pytest.raises(InputError, match="damaged"):
        fetched(files, folder)


@pytest.mark.parametrize("content", [b"", b"<html>Not here</html>", b"x" * 100_000])
def test_what_is_no_sqlite_file_is_refused(files: Files, folder: Path, content: bytes) -> None:
    files.content = content
    with pytest.raises(InputError, match="this is not a SQLite file"):
        fetched(files, folder)


@pytest.mark.parametrize("statuses", [[503, 429], [500, 502, 504], [416], [304]])
def test_a_busy_server_is_asked_again(files: Files, folder: Path, statuses: list[int]) -> None:
    files.statuses = statuses
    assert fetched(files, folder) == files.content


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://x.example/digital-land.sqlite3", True),
        ("https://x.example/a.DB?x=1", True),
        ("https://x.example/digital-land", False),
        ("https://x.sqlite3/", False),
    ],
)
def test_files_are_told_from_datasettes(url: str, expected: bool) -> None:
    assert is_file(url) is expected
