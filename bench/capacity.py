"""How many requests a second one machine answers: doubled until it breaks, then halved between.

``python -m bench capacity``. The web server as deployed, with two workers, on the sample of the
whole country. Who asks (`bench/arrivals.py`) shares the two cores with it and with PostgreSQL, so
that what is measured is less than the machine could do for readers elsewhere.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from bench.arrivals import PATIENCE, Ask, Outcome, Plan
from bench.server import new_store, server, web
from bench.table import Section, conditions
from dashboard.urls import addresses
from performance_store.database import make_engine
from performance_store.loading import load
from performance_store.queries import organisations, snapshots
from performance_store.sample.reader import Sample

TITLE = "Requests a second"
PORT = 8395
WORKERS, AUTHORITIES = 2, 60
P99 = 0.250
FIRST, MOST = 25.0, 6_400.0
HALVINGS = 4
# Enough for both workers to have drawn every page.
WARMING = 8
SECONDS = float(os.environ.get("BENCH_CAPACITY_SECONDS", "10"))
CALLBACK = "/_dash-update-component"


@dataclass(frozen=True, slots=True)
class Address:
    """What is asked for, how often beside the others, the body of a POST, and its tag."""

    path: str
    weight: float
    body: str = ""
    tag: str = ""


def measure(section: Section) -> None:
    """Each mix of requests at rising rates, and the highest rate that is answered in time."""
    before = os.getloadavg()[0]
    with server() as postgres:
        url = new_store(postgres, "capacity")
        engine = make_engine(url, application_name="bench", pool=None)
        load(engine, Sample(date.today()))
        engine.dispose()
        pages, callbacks = _addresses(url)
        with web(url, PORT, "app:server", "/health/live"):
            pages, callbacks = _warm(pages), _warm(callbacks)
            _say(section, len(pages))
            mixes = {
                "pages and API": [_ask(one) for one in pages],
                "the same, by who has them (304)": [_ask(one, has_it=True) for one in pages],
                "with scripts: a page, then its data by POST": [
                    *(_ask(one) for one in pages),
                    *(_ask(one) for one in callbacks),
                ],
            }
            steps = {name: _break(asks) for name, asks in mixes.items()}
    _tell(section, steps)
    section.say(conditions(before))


def _say(section: Section, count: int) -> None:
    section.say(
        f"{count} addresses of the sample of the whole country: authorities' pages 4 in 10, their "
        "datasets 3, national pages 2, the API 1; kept pages warm in both workers, bodies in "
        "brotli, limits on clients off. Requests arrive at random moments, whether or not those "
        f"before are answered, for {SECONDS:.0f} s at each rate; milliseconds count from when a "
        "request was due. Who asks shares the two cores with the web server and PostgreSQL."
    )


def _tell(section: Section, steps: dict[str, list[tuple[float, Outcome]]]) -> None:
    rows = []
    for name, every in steps.items():
        good = [(rate, outcome) for rate, outcome in every if is_met(outcome)]
        bad = [rate for rate, outcome in every if not is_met(outcome)]
        rate, best = max(good, key=lambda one: one[0], default=(0.0, every[0][1]))
        breaks = f"{min(bad):.0f}" if bad else "-"
        rows.append([name, f"{rate:.0f}", *_times(best), breaks])
    heads = ["requests", "a second", "p50 ms", "p95 ms", "p99 ms", "breaks at"]
    section.say(
        f"The most requests a second with p99 under {P99 * 1000:.0f} ms and no error, and the "
        "least that was too many:"
    )
    section.table(heads, rows)
    for name, every in steps.items():
        section.say(f"All rates, {name}:")
        section.table(
            ["a second", "requests", "p50 ms", "p95 ms", "p99 ms", "errors", "sent late ms"],
            [
                [
                    f"{rate:.0f}",
                    str(outcome.requests),
                    *_times(outcome),
                    str(errors(outcome)),
                    f"{outcome.late * 1000:.0f}",
                ]
                for rate, outcome in every
            ],
        )


def _times(outcome: Outcome) -> list[str]:
    return [f"{seconds * 1000:.0f}" for seconds in (outcome.p50, outcome.p95, outcome.p99)]


def errors(outcome: Outcome) -> int:
    """How many requests had no good answer."""
    return sum(count for status, count in outcome.statuses.items() if status not in ("200", "304"))


def is_met(outcome: Outcome) -> bool:
    """Whether all were answered in time."""
    return outcome.p99 < P99 and not errors(outcome)


def _break(asks: Sequence[Ask]) -> list[tuple[float, Outcome]]:
    """Every rate that was tried, in order, and what became of it."""
    steps: list[tuple[float, Outcome]] = []

    def holds(rate: float) -> bool:
        outcome = _at(rate, asks)
        steps.append((rate, outcome))
        print(f"  {rate:.0f}/s: p99 {outcome.p99 * 1000:.0f} ms, {errors(outcome)} errors")
        return is_met(outcome)

    good, rate = 0.0, FIRST
    while rate <= MOST and holds(rate):
        good, rate = rate, rate * 2
    for _ in range(HALVINGS if rate <= MOST else 0):
        middle = (good + rate) / 2
        if holds(middle):
            good = middle
        else:
            rate = middle
    return steps


def _at(rate: float, asks: Sequence[Ask]) -> Outcome:
    # What an overload left behind is over first.
    while not _is_quick():
        time.sleep(0.5)
    plan = Plan(PORT, rate, SECONDS, list(asks))
    run = subprocess.run(
        [sys.executable, "-m", "bench.arrivals"],
        input=json.dumps(asdict(plan)),
        check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return Outcome(**json.loads(run.stdout))


def _is_quick() -> bool:
    start = time.monotonic()
    _get(Address("/about", 1))
    return time.monotonic() - start < P99


def _addresses(url: str) -> tuple[list[Address], list[Address]]:
    """Pages and API, and the calls that bring the same pages to a browser."""
    engine = make_engine(url, application_name="bench", pool=None)
    with engine.connect() as connection:
        (now,) = snapshots.current(connection)
        every = organisations.with_counts(connection, snapshot_id=now.snapshot_id)
        codes = [row.organisation for row in every if row.is_lpa and row.provided]
        codes = codes[:: max(1, len(codes) // AUTHORITIES)][:AUTHORITIES]
        cells = [
            (code, row.dataset)
            for code in codes
            for row in organisations.datasets(
                connection, organisation=code, snapshot_id=now.snapshot_id
            )[:3]
        ]
    engine.dispose()
    national = ["/", "/organisations", "/national", "/national/coverage", "/national/trends"]
    national += ["/national/freshness", "/national/issues", "/national/changes", "/datasets"]
    api = [f"/api/v1/organisations/{code}/summary" for code in codes]
    pages = [
        *_shares(4, [addresses.organisation(code) for code in codes]),
        *_shares(3, [addresses.dataset(*cell) for cell in cells]),
        *_shares(2, national),
    ]
    calls = [Address(CALLBACK, one.weight, _call(one.path)) for one in pages]
    return [*pages, *_shares(1, api)], calls


def _shares(weight: float, paths: Sequence[str]) -> list[Address]:
    return [Address(path, weight / len(paths)) for path in paths]


def _call(path: str) -> str:
    """What a browser sends to draw a page."""
    outputs = [{"id": "page", "property": "children"}, {"id": "page-state", "property": "data"}]
    inputs = [
        {"id": "url", "property": "pathname", "value": path},
        {"id": "url", "property": "search", "value": ""},
    ]
    output = "..page.children...page-state.data.."
    request = {"output": output, "outputs": outputs, "inputs": inputs}
    return json.dumps(request | {"changedPropIds": ["url.pathname"]})


def _warm(every: Sequence[Address]) -> list[Address]:
    """The same addresses with their tags, once both workers have drawn them."""
    tags = [[_get(one) for _ in range(WARMING)][-1] for one in every]
    return [
        Address(one.path, one.weight, one.body, tag) for one, tag in zip(every, tags, strict=True)
    ]


def _get(one: Address) -> str:
    """Ask on a connection of its own, which either worker may take. Out: the tag."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30 + PATIENCE)
    try:
        headers = {"Accept-Encoding": "br", "Connection": "close"}
        method = "POST" if one.body else "GET"
        headers |= {"Content-Type": "application/json"} if one.body else {}
        connection.request(method, one.path, body=one.body or None, headers=headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{one.path}: {answer.status}")
        return answer.headers.get("ETag", "")
    finally:
        connection.close()


def _ask(one: Address, *, has_it: bool = False) -> Ask:
    """An address as a browser asks for it. In: whether it has it already."""
    lines = [f"{'POST' if one.body else 'GET'} {one.path} HTTP/1.1", f"Host: 127.0.0.1:{PORT}"]
    lines += ["Accept-Encoding: br", "Connection: keep-alive"]
    if one.body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(one.body)}"]
    if has_it and one.tag:
        lines.append(f"If-None-Match: {one.tag}")
    return Ask("\r\n".join(lines) + f"\r\n\r\n{one.body}", one.weight)
