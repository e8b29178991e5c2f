"""Four web processes on two ports behind nginx, over one PostgreSQL, its replica and one Redis."""

from __future__ import annotations

import re
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import httpx
import psutil
import pytest

from performance_store.database import make_engine, migrate
from performance_store.loading import load
from performance_store.readers.platform import Platform
from tests.support.accounts import KEY, approve
from tests.support.build import AAA
from tests.support.gunicorn import Web, web
from tests.support.loads import a_file
from tests.support.nginx import Proxy, nginx
from tests.support.replica import Pair, pair
from tests.support.servers import RedisServer

pytestmark = pytest.mark.redis
PAGE = f"/organisations/{AAA}/tree"
API = "/api/v1/datasets"
OFFICER = "officer@northmere.example"
VERSION = re.compile(r'data-version="(\d+)"')
PER_MINUTE = 10


@dataclass(frozen=True, slots=True)
class Site:
    """Everything that runs."""

    servers: Pair
    url: str
    webs: tuple[Web, Web]
    proxy: Proxy
    folder: Path

    @contextmanager
    def browser(self) -> Iterator[httpx.Client]:
        trust = ssl.create_default_context(cafile=str(self.proxy.certificate))
        with httpx.Client(base_url=self.proxy.address, verify=trust, timeout=20) as client:
            yield client

    def load(self, day: str) -> None:
        engine = make_engine(self.url, application_name="tests", pool=None)
        load(engine, Platform(a_file(self.folder / day, day=day)))


@pytest.fixture(scope="module")
def site(open_folder: Callable[[], Path]) -> Iterator[Site]:
    folder = open_folder()
    with ExitStack() as running:
        (folder / "redis").mkdir()
        cache = RedisServer(folder / "redis")
        cache.start()
        running.callback(cache.stop)
        servers = running.enter_context(pair(folder))
        url = servers.primary.ensure_database("scaled")
        engine = make_engine(url, application_name="tests", pool=None)
        migrate(engine)
        load(engine, Platform(a_file(folder / "in")))
        approve(engine, "northmere.example", AAA)
        servers.catch_up()
        environment = {
            "PRODUCTION": "yes",
            "DATABASE_URL": url,
            "DATABASE_READ_URL": servers.replica.url("scaled"),
            "REDIS_URL": cache.url,
            "WEB_CONCURRENCY": "2",
            "TRUSTED_PROXIES": "1",
            "API_PER_MINUTE": str(PER_MINUTE),
            # No worker runs, so nothing is sent there.
            "MAIL_URL": "smtp://127.0.0.1:1",
            "MAIL_FROM": "performance@northmere.example",
            "SITE_URL": "https://performance.example",
            "SECRET_KEYS": KEY,
        }
        webs = []
        for name in ("one", "two"):
            (folder / name).mkdir()
            webs.append(running.enter_context(web(folder / name, **environment)))
        (folder / "nginx").mkdir()
        hosts = [one.address.removeprefix("http://") for one in webs]
        proxy = running.enter_context(nginx(folder / "nginx", hosts))
        yield Site(servers, url, (webs[0], webs[1]), proxy, folder)


def token_on(answer: httpx.Response) -> str:
    """The token of the form on a page."""
    match = re.search(r'name="csrf_token" value="(\w+)"', answer.text)
    assert match, (answer.status_code, answer.text)
    return match[1]


def newest_code(site: Site) -> str:
    """The code of the mail that would be sent last, as the primary has it."""
    with make_engine(site.url, application_name="tests", pool=None).connect() as connection:
        query = "SELECT text FROM providers.message ORDER BY id DESC LIMIT 1"
        words = str(connection.exec_driver_sql(query).scalar_one())
    match = re.search(r"^(\d{3}) (\d{3})$", words, re.MULTILINE)
    assert match
    return match[1] + match[2]


def test_a_sign_in_begun_on_one_server_is_ended_on_the_other_and_good_on_both(site: Site) -> None:
    """Each request goes to the server that the one before did not go to. The replica stands still
    all the while: who writes reads what they wrote from the primary."""
    site.servers.pause()
    with site.browser() as person:
        origin = {"Origin": site.proxy.address, "Sec-Fetch-Site": "same-origin"}
        upstreams = []

        def note(answer: httpx.Response) -> httpx.Response:
            upstreams.append(answer.headers["X-Upstream"])
            return answer

        def send(path: str, **fields: str) -> httpx.Response:
            fields["csrf_token"] = token_on(note(person.get(path)))
            return note(person.post(path, data=fields, headers=origin))

        assert send("/sign-in", address=OFFICER).status_code == 303
        assert send("/sign-in/code", code=newest_code(site)).status_code == 303
        for _ in range(2):
            answer = note(person.get("/account"))
            assert (answer.status_code, OFFICER in answer.text) == (200, True)
        assert len(set(upstreams)) == 2
        assert all(here != after for here, after in pairwise(upstreams))
        # Over TLS, as the proxy says: the session's cookie is for that alone.
        assert "__Host-session" in person.cookies
        # A token of nobody's is refused everywhere.
        answer = person.post("/sign-out", data={"csrf_token": "x"}, headers=origin)
        assert answer.status_code == 403
    site.servers.resume()
    site.servers.catch_up()


def test_requests_are_counted_together_and_only_the_proxy_says_whose_they_are(site: Site) -> None:
    with site.browser() as client:
        answers = [
            client.get(API, headers={"X-Forwarded-For": f"192.0.2.{number}"})
            for number in range(PER_MINUTE + 4)
        ]
    assert [answer.status_code for answer in answers] == [200] * PER_MINUTE + [429] * 4
    assert len({answer.headers["X-Upstream"] for answer in answers}) == 2


def test_the_proxy_says_that_it_speaks_tls_and_keeps_figures_to_itself(site: Site) -> None:
    with site.browser() as client:
        assert "Strict-Transport-Security" in client.get("/health/live").headers
        assert client.get("/metrics").status_code == 404
        health = client.get("/health/ready").json()
    assert (health["read_server"], health["redis"]) == ("ok", "ok")
    answer = httpx.get(f"{site.proxy.plain}/about?x=1", follow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (301, "https://127.0.0.1/about?x=1")
    # Past the proxy, on this machine: each server has figures of its own.
    for one in site.webs:
        assert "pdp_read_server_lag_seconds" in one.get("/metrics")[1]


def test_a_load_is_seen_by_every_process_once_it_was_replayed(site: Site) -> None:
    # A connection each, so that either process of a server may answer.
    versions = {VERSION.findall(one.get(PAGE)[1])[0] for one in site.webs for _ in range(8)}
    assert versions == {"1"}
    site.load("2025-05-22")
    site.servers.catch_up()
    versions = {VERSION.findall(one.get(PAGE)[1])[0] for one in site.webs for _ in range(8)}
    assert versions == {"2"}
    with site.browser() as client:
        assert {VERSION.findall(client.get(PAGE).text)[0] for _ in range(4)} == {"2"}


def test_a_server_that_is_killed_costs_no_reader_an_answer(site: Site) -> None:
    """The last test: of the two servers one is left."""
    statuses: list[int] = []
    slowest: list[float] = []
    end = threading.Event()

    def read() -> None:
        with site.browser() as client:
            while not end.is_set():
                began = time.monotonic()
                statuses.append(client.get(PAGE).status_code)
                slowest.append(time.monotonic() - began)
                time.sleep(0.02)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    time.sleep(0.5)
    before = len(statuses)
    master = psutil.Process(site.webs[0].process.pid)
    for process in (master, *master.children()):
        process.kill()
    time.sleep(1)
    with site.browser() as person:
        # Also a form: it never reached the server that is away.
        for _ in range(3):
            token = token_on(person.get("/sign-in"))
            fields = {"csrf_token": token, "address": "nobody"}
            origin = {"Origin": site.proxy.address, "Sec-Fetch-Site": "same-origin"}
            answer = person.post("/sign-in", data=fields, headers=origin)
            assert answer.status_code < 500
    end.set()
    for reader in readers:
        reader.join()
    assert 0 < before < len(statuses)
    assert set(statuses) == {200}
    assert max(slowest) < 10
