"""Which addresses are fetched from, and which never, however they are written."""

from __future__ import annotations

import socket
import threading
from dataclasses import replace

import pytest

from providers.fetching import (
    RULES,
    BadAddress,
    ForbiddenAddress,
    NameNotResolved,
    TooSlow,
    get,
)
from providers.fetching.rules import parse_address
from tests.support.fake_site import Site, rules, says


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255",
        "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200", "168.63.129.16",
        "192.0.0.192", "192.0.2.1", "198.18.0.1", "203.0.113.9", "224.0.0.1", "239.1.1.1",
        "240.0.0.1", "255.255.255.255", "::", "::1", "::7f00:1", "::ffff:127.0.0.1",
        "::ffff:169.254.169.254", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1",
        "2002:7f00:1::", "2001:0:7f00:1::1", "2001:db8::1", "3fff::1", "5f00::1", "100::1",
        "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_of_the_public_internet(text: str) -> None:
    assert not RULES.reaches(parse_address(text))


@pytest.mark.parametrize(
    "text", ["8.8.8.8", "51.11.0.1", "2a00:1450:4009::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_addresses_of_the_public_internet(text: str) -> None:
    assert RULES.reaches(parse_address(text))


@pytest.mark.parametrize(
    "host",
    ["localhost", "127.0.0.1", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "[::1]", "0",
     "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "169.254.169.254", "\uff11\uff12\uff17.0.0.1"],
)  # fmt: skip
def test_nothing_is_sent_to_this_machine_however_it_is_written(site: Site, host: str) -> None:
    site.pages["/"] = says(b"secret")
    # Forms that the library does not read as a host are no web address at all.
    with pytest.raises((ForbiddenAddress, BadAddress), match=r"on the public internet|no web addr"):
        get(f"http://{host}:{site.port}/", rules=replace(RULES, ports=frozenset({site.port})))
    assert site.requests == []


def test_a_name_with_one_private_address_among_public_ones_is_refused(
    names: dict[str, list[list[str]]],
) -> None:
    names["council.example"] = [["8.8.8.8", "10.0.0.1"]]
    with pytest.raises(ForbiddenAddress) as caught:
        get("http://council.example/")
    assert "10.0.0.1" not in caught.value.sentence


def test_a_name_is_looked_up_once_and_the_answer_is_what_we_connect_to(
    site: Site, names: dict[str, list[list[str]]]
) -> None:
    site.pages["/"] = says(b"the first")
    answers = [["127.0.0.1"], ["10.255.255.1"], ["127.0.0.1"]]
    names["council.example"] = answers
    answer = get(f"http://council.example:{site.port}/", rules=rules(site.port))
    assert answer.body == b"the first"
    assert len(answers) == 2
    assert site.requests[0][2]["host"] == f"council.example:{site.port}"
    with pytest.raises(ForbiddenAddress):
        get(f"http://council.example:{site.port}/", rules=rules(site.port))


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://a.example/", "gopher://a.example/", "data:,a", "nonsense", "",
        "//a.example/", "http://", "https:///a", "http://a:b@a.example/", "http://a@a.example/",
        "http://a.example:22/", "http://a.example:99999/", "http://a.example\r\nX: y/",
        "http://a.example/" + "a" * 2048, "javascript:alert(1)",
    ],
)  # fmt: skip
def test_addresses_of_a_form_that_is_not_fetched(url: str) -> None:
    with pytest.raises(BadAddress) as caught:
        get(url)
    assert caught.value.sentence.endswith(".")
    assert not caught.value.passing


def test_a_name_that_nobody_has() -> None:
    with pytest.raises(NameNotResolved) as caught:
        get("http://nobody.invalid/")
    assert caught.value.passing


def test_a_look_up_that_hangs_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    end = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: end.wait(5) and [])
    with pytest.raises(TooSlow, match="Looking up"):
        get("http://a.example/", rules=replace(RULES, connect=0.05))
    end.set()


def test_proxies_of_the_environment_are_not_used(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    site.pages["/"] = says(b"direct")
    assert get(f"http://127.0.0.1:{site.port}/", rules=rules(site.port)).body == b"direct"
