"""What stands at an address, from real servers on this machine: files, ArcGIS layers, WFS."""

from __future__ import annotations

import gzip
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from providers.fetching import (
    BadAddress,
    BrokenAnswer,
    FetchError,
    ForbiddenAddress,
    NameNotResolved,
    TooLarge,
    TooManyRedirects,
    TooSlow,
    Unreachable,
)
from providers.fetching.errors import Busy, UnsafeConnection, WrongAnswer
from providers.fetching.layers import Fetched, fetch
from tests.support.fake_site import Reply, Site, open_site, rules, says, sends_to

CSV = b"reference,name\nCA1,Old Town\n"
Read = Callable[..., Fetched]
MEGABYTE = 1 << 20


def test_a_file_is_fetched_as_it_is_with_the_name_that_the_server_says(
    site: Site, read: Read
) -> None:
    disposition = 'attachment; filename="../Conservation areas.csv"'
    site.pages["/download"] = says(
        gzip.compress(CSV), Content_Encoding="gzip", Content_Disposition=disposition
    )
    heard: list[str] = []
    result = read("/download?id=5", say=heard.append)
    assert result.path.read_bytes() == CSV
    assert (result.kind, result.name) == ("file", "..Conservation areas.csv")
    assert result.sentence == "..Conservation areas.csv, downloaded from 127.0.0.1."
    assert heard == ["Downloading the file"]


def test_without_a_name_it_is_that_of_the_address_after_redirects(site: Site, read: Read) -> None:
    site.pages["/a"] = sends_to("/folder/tree%20orders.geojson")
    site.pages["/folder/tree%20orders.geojson"] = says(b'{"type":"FeatureCollection"}')
    assert read("/a").name == "tree orders.geojson"


def test_data_that_the_server_calls_a_web_page_is_taken_with_a_word(site: Site, read: Read) -> None:
    site.pages["/a.csv"] = says(CSV, Content_Type="text/html; charset=utf-8")
    assert "text/csv" in read("/a.csv").sentence


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("/page", b"\xef\xbb\xbf\n<!-- a -->\n<!DOCTYPE html><title>Data</title>", "copy the addr"),
        ("/page", b'<?xml version="1.0"?><html xmlns="x">', "web page, not a data file"),
        ("/arcgis/home/item.html", b"<HTML>", "/FeatureServer/0"),
        ("/empty.csv", b"\n ", "is empty"),
    ],
)
def test_what_is_no_data(site: Site, read: Read, path: str, body: bytes, words: str) -> None:
    site.pages[path] = says(body)
    with pytest.raises(WrongAnswer, match=words):
        read(path)


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        (401, WrongAnswer, "user name and password"),
        (403, WrongAnswer, "let programs download it"),
        (404, WrongAnswer, "nothing at this address .* check it for mistakes"),
        (410, WrongAnswer, "nothing at this address"),
        (418, WrongAnswer, "answered 418"),
        (204, WrongAnswer, "answered 204"),
        (202, Busy, "still preparing"),
        (429, Busy, "too often"),
        (503, Busy, "error of its own .503.* Try again later"),
    ],
)
def test_each_status_has_a_sentence_that_says_what_to_do(
    site: Site, read: Read, status: int, error: type[FetchError], words: str
) -> None:
    site.pages["/a.csv"] = says(b"" if status == 204 else b"<html>", status)
    with pytest.raises(error, match=words) as caught:
        read("/a.csv")
    assert caught.value.sentence.endswith(".")


def test_too_large_on_the_wire_and_unpacked(site: Site, read: Read, tmp_path: Path) -> None:
    site.pages["/long.csv"] = says(b"x" * 3 * MEGABYTE)
    site.pages["/bomb.csv"] = says(gzip.compress(b"\0" * 64 * MEGABYTE), Content_Encoding="gzip")
    for path in ("/long.csv", "/bomb.csv"):
        with pytest.raises(TooLarge, match=r"more than 2 MB\. Publish it in parts"):
            read(path, wire=2 * MEGABYTE, body=2 * MEGABYTE)
        assert (tmp_path / "fetched").stat().st_size <= 2 * MEGABYTE


def _drips(request: BaseHTTPRequestHandler) -> None:
    with suppress(OSError):
        request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(200):
            request.wfile.write(b"a")
            time.sleep(0.02)


def _stalls(request: BaseHTTPRequestHandler) -> None:
    with suppress(OSError):
        request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\na")
        time.sleep(0.4)


def _breaks_off(request: BaseHTTPRequestHandler) -> None:
    request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\na")
    request.close_connection = True


@pytest.mark.parametrize(
    ("reply", "limits", "error", "words"),
    [
        (_drips, {"whole": 0.3}, TooSlow, "did not finish within 0 seconds. Try again later"),
        (_stalls, {"stall": 0.1}, TooSlow, "said nothing for .* Try again later"),
        (_breaks_off, {}, BrokenAnswer, "broke off .* Try again, or upload"),
        (sends_to("/a.csv"), {}, TooManyRedirects, "Give the address that the file has in the en"),
        (sends_to("http://169.254.169.254/"), {}, BadAddress, "Port 80"),
    ],
    ids=["drips", "stalls", "breaks off", "goes round", "leaves"],
)
def test_what_goes_wrong_on_the_way_says_what_to_do(
    site: Site,
    read: Read,
    reply: Reply,
    limits: dict[str, Any],
    error: type[FetchError],
    words: str,
) -> None:
    site.pages["/a.csv"] = reply
    began = time.monotonic()
    with pytest.raises(error, match=words):
        read("/a.csv", **limits)
    assert time.monotonic() - began < 3


def test_a_redirect_to_a_machine_of_ours_is_refused(site: Site, tmp_path: Path) -> None:
    site.pages["/a.csv"] = sends_to("http://10.0.0.1/secret")
    with pytest.raises(ForbiddenAddress, match=r"not a server on the public internet.*Publish"):
        fetch(
            f"http://127.0.0.1:{site.port}/a.csv", tmp_path, say=lambda _: None,
            rules=rules(site.port, 80),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("url", "error", "words"),
    [
        ("http://nobody.invalid/a.csv", NameNotResolved, "spelling"),
        ("ftp://a.example/a.csv", BadAddress, "must begin with https"),
        ("http://127.0.0.1/a.csv", ForbiddenAddress, "Publish the file where anyone"),
        ("http://169.254.169.254/x/MapServer/0", ForbiddenAddress, "public internet"),
        ("http://[::1]/wfs", ForbiddenAddress, "public internet"),
    ],
)
def test_addresses_that_lead_nowhere(
    url: str, error: type[FetchError], words: str, tmp_path: Path
) -> None:
    with pytest.raises(error, match=words):
        fetch(url, tmp_path, say=lambda _: None)


def test_nobody_listens(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(
        Unreachable, match=r"does not take connections\. Try again later, or upload"
    ):
        fetch(f"http://127.0.0.1:{port}/", tmp_path, say=lambda _: None, rules=rules(port))


def test_a_certificate_that_nobody_vouches_for(certificate: Path, tmp_path: Path) -> None:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate)
    with open_site(server) as site:
        url = f"https://127.0.0.1:{site.port}/FeatureServer/0"
        with pytest.raises(UnsafeConnection, match="whole chain"):
            fetch(url, tmp_path, say=lambda _: None, rules=rules(site.port))
    assert site.requests == []


def test_the_second_look_up_of_a_name_is_tested_too(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, hosts = socket.getaddrinfo, iter(["127.0.0.1", "10.0.0.1"])

    def look_up(host: Any, *arguments: Any, **options: Any) -> Any:
        return real(next(hosts) if host == "council.example" else host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    site.pages["/FeatureServer/0"] = says(b'{"name":"Areas"}')
    url = f"http://council.example:{site.port}/FeatureServer/0"
    with pytest.raises(ForbiddenAddress):
        fetch(url, tmp_path, say=lambda _: None, rules=rules(site.port))
    assert len(site.requests) == 1
