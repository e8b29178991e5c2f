"""Pages that nobody has asked for: an authority's and a dataset's, on the sample.

Statements are counted in process. Times are those of a client on this machine, of the web server as
it is deployed, each page asked for once: what all pages share has been asked by then. Eight clients
at once ask for other pages than one does.
"""

from __future__ import annotations

import http.client
import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import islice
from pathlib import Path

from sqlalchemy import Engine, text

from bench.server import new_store, server, web
from bench.table import Section, conditions, percentile, ratio, verdict
from dashboard import create_app
from dashboard.data.wiring import read_state
from dashboard.urls import addresses
from performance_store.database import connect, make_engine
from performance_store.loading import load
from performance_store.sample.reader import Sample
from performance_store.settings import Settings
from tests.support.heard import heard

TITLE = "Pages never drawn"
PORT = 8118
AUTHORITIES, WARM, ALONE, CLIENTS = 12, 10, 60, 8
MOST, LIMIT_MS, TIMES = 8, 25.0, 4


def measure(section: Section) -> None:
    """Statements and times of first draws."""
    before = os.getloadavg()[0]
    with server() as running:
        url = new_store(running, "first_draws")
        engine = make_engine(url, application_name="bench", pool=None)
        load(engine, Sample(date.today()))
        pages = _pages(engine)
        _count(section, url, pages)
        _time(section, url, pages)
        engine.dispose()
    section.say(conditions(before))


def _pages(engine: Engine) -> dict[str, list[str]]:
    """Addresses of authorities and of datasets that they provide, in an order that has nothing to
    do with what they are like."""
    with engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT o.organisation, d.dataset "
                "FROM summary_of((SELECT id FROM current_snapshot)) s "
                "JOIN organisation o ON o.id = s.organisation_id "
                "JOIN dataset d ON d.id = s.dataset_id "
                "WHERE s.endpoint_count > 0 ORDER BY md5(o.organisation || d.dataset)"
            )
        ).all()
    authorities = dict.fromkeys(row.organisation for row in rows)
    return {
        "an authority": [addresses.organisation(one) for one in authorities],
        "a dataset": [addresses.dataset(row.organisation, row.dataset) for row in rows],
    }


def _count(section: Section, url: str, pages: dict[str, list[str]]) -> None:
    """Statements of a page, with nothing kept and with what all pages share."""
    engine = make_engine(url, application_name="bench")
    rows = []
    for name, paths in pages.items():
        empty, shared = [], []
        for path, other in zip(paths[:AUTHORITIES], paths[-AUTHORITIES:], strict=True):
            folder = Path(tempfile.mkdtemp(prefix="performance-bench-"))
            app = create_app(
                Settings(home=folder, downloads_per_minute=0),
                connect=lambda: connect(engine),
                read_state=read_state,
            )
            client = app.server.test_client()
            for address, counts in ((path, empty), (other, shared)):
                with heard(engine) as ears:
                    assert client.get(address).status_code == 200, address
                counts.append(len(ears.statements))
            shutil.rmtree(folder, ignore_errors=True)
        most = max(*empty, *shared)
        rows.append([name, str(max(empty)), str(max(shared)), f"{verdict(most, MOST)} ({MOST})"])
    section.say(
        "Statements to the database, the most that a page asked; BEGIN and ROLLBACK count, the "
        "limits that a BEGIN brings with it and the pool's empty message do not."
    )
    section.table(["page", "nothing kept", "other pages drawn", "limit"], rows)
    engine.dispose()


def _time(section: Section, url: str, pages: dict[str, list[str]]) -> None:
    rows = []
    with web(url, PORT, "app:server", "/health/live"):
        for name, paths in pages.items():
            fresh = iter(paths)
            _draw(list(islice(fresh, WARM)))
            alone = _draw(list(islice(fresh, ALONE)))
            again = _draw(paths[WARM : WARM + ALONE])
            shares = [list(islice(fresh, ALONE // 4)) for _ in range(CLIENTS)]
            with ThreadPoolExecutor(CLIENTS) as clients:
                crowd = [spent for times in clients.map(_draw, shares) for spent in times]
            rows += [
                _row(f"{name}, one client", alone, LIMIT_MS, percentile(again, 0.5)),
                _row(f"{name}, {CLIENTS} clients", crowd, LIMIT_MS * TIMES, percentile(alone, 0.5)),
            ]
    section.say(
        "Milliseconds until the whole answer is there. A ratio is the median beside that of the "
        f"same pages kept (one client), or beside one client's ({CLIENTS} clients)."
    )
    section.table(["page", "pages", "median", "p95", "ratio", "limit of the median"], rows)


def _row(name: str, times: Sequence[float], limit: float, baseline: float) -> list[str]:
    median = percentile(times, 0.5)
    return [
        name,
        str(len(times)),
        f"{median:.1f}",
        f"{percentile(times, 0.95):.1f}",
        ratio(median, baseline),
        f"{verdict(median, limit)} ({limit:.0f})",
    ]


def _draw(paths: Sequence[str]) -> list[float]:
    """What one client waits for each page, in milliseconds, one after the other."""
    times = []
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
    for path in paths:
        start = time.perf_counter()
        connection.request("GET", path, headers={"Accept-Encoding": "br, gzip"})
        answer = connection.getresponse()
        answer.read()
        times.append((time.perf_counter() - start) * 1000)
        assert answer.status == 200, path
    connection.close()
    return times
