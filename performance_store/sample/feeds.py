"""Endpoints of the sample and what happened to them: replaced, lost, failing, changing content.

Failures belong to hosts, so an authority's datasets fail together: blips of one to four days that
heal, and long failures. Content follows three habits: most never change, some now and then, a few
nearly every day. The rates are measured ones.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from hashlib import sha256
from random import Random
from typing import NamedTuple

from performance_store.sample.calendar import OPEN, TODAY, Calendar
from performance_store.sample.population import Body
from performance_store.sample.specification import SPEC, TREES
from performance_store.sample.supply import Supply

_REPLACED_A_DAY = 0.2 / 365
_LOST = 0.025
_WRONG_FIRST_URL = 0.03
_MENDED_BY_NEW_URL = 0.4
"""Share of long failures that end with a new endpoint."""
_LONG_FAILURE_A_DAY = 2.3e-4
_LONG_FAILURE_MEAN_DAYS = 190
_BLIP_A_DAY = 3.3e-3
_STATIC, _OCCASIONAL = 0.71, 0.94
_STATIC_MEAN_DAYS, _OCCASIONAL_MEAN_DAYS = 320, 70

_FAILURES: tuple[tuple[str | None, str | None], ...] = (
    *[("404", None)] * 10,
    *[(None, "EsriDownloadError")] * 5,
    *[(None, "ConnectionError")] * 2,
    (None, "ConnectTimeout"),
    *[("400", None)] * 2,
    ("500", None),
    ("503", None),
)
_URL_FORMS: tuple[tuple[int, str, str | None], ...] = (
    (26, "{dataset}.csv", None),
    (22, "arcgis/rest/services/{dataset}/FeatureServer/0/query?where=1=1&f=geojson", "arcgis"),
    (16, "opendata/{dataset}.geojson", None),
    (14, "wfs?service=WFS&request=GetFeature&typename={dataset}&outputFormat=json", "wfs"),
    (12, "download/{dataset}", None),
    (6, "api/{dataset}.json", None),
    (4, "files/{dataset}.gpkg", None),
    (1, "files/{dataset}.xlsx", None),
)
_LICENCES = (*["ogl3"] * 78, *[None] * 21, "odc-by")


class Failure(NamedTuple):
    """Attempts from ``start`` until before ``end`` failed, in one way."""

    start: int
    end: int
    status: str | None
    exception: str | None


class HostFailure(NamedTuple):
    """A failure of a host, of all the datasets there or of some."""

    failure: Failure
    host: str
    datasets: frozenset[str] | None


class Step(NamedTuple):
    """What one version of the content holds: records, and issue rows by type and field.

    An issue is (type, field, severity, responsibility, rows).
    """

    records: str
    issues: tuple[tuple[str, str | None, str | None, str | None, str], ...]


@dataclass(slots=True, eq=False)
class Feed:
    """One endpoint: its life, its failures, its versions and, week by week, where it stood."""

    url: str
    endpoint: str
    plugin: str | None
    licence: str | None
    documentation_url: str | None
    start: int
    end: int
    datasets: tuple[str, ...]
    owners: list[Body]
    replaces: Feed | None = None
    failures: list[Failure] = field(default_factory=list)
    mechanical: bool = False
    """Whether the bytes change nearly daily and nothing that counts does."""
    versions: list[int] = field(default_factory=list)
    """Day on which each version of the content was first seen."""
    resources: list[str] = field(default_factory=list)
    steps: dict[str, list[Step]] = field(default_factory=dict)
    """By dataset, what each version holds; a single one where changes are mechanical."""
    columns: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """By dataset, the columns of the data and the field that each supplies."""
    rule: dict[str, tuple[str, int]] = field(default_factory=dict)
    """By dataset, rows found by the new check and the day on which they were mended."""
    first_week: int = 0
    week_failure: array[int] = field(default_factory=lambda: array("h"))
    """Index of the failure of each week in which the endpoint was active, else -1."""
    week_version: array[int] = field(default_factory=lambda: array("i"))
    """Index of the current or last good version of each such week, else -1."""


def host_failures(body: Body, calendar: Calendar, random: Random) -> list[HostFailure]:
    """What went wrong at an authority's hosts from shortly before the series until today."""
    failures = []
    for host in ("maps", "www"):
        day = calendar.first - 60
        rate = _LONG_FAILURE_A_DAY + _BLIP_A_DAY
        while (day := day + 1 + int(random.expovariate(rate))) <= TODAY:
            if random.random() < _LONG_FAILURE_A_DAY / rate:
                days = 6 + round(random.expovariate(1 / _LONG_FAILURE_MEAN_DAYS))
            else:
                days = random.choices((1, 2, 3, 4), (50, 25, 15, 10))[0]
            status, exception = random.choice(_FAILURES)
            scope = random.choice((None, None, TREES, _one_of_host(host, random)))
            failures.append(HostFailure(Failure(day, day + days, status, exception), host, scope))
    return failures


def _one_of_host(host: str, random: Random) -> frozenset[str]:
    return frozenset({random.choice([name for name in sorted(SPEC) if host_of(name) == host])})


def host_of(dataset: str) -> str:
    """Label of the host that serves a dataset: maps, or the website with its documents and tables
    (brownfield registers are mostly files there)."""
    on_map = SPEC[dataset].typology == "geography" and dataset != "brownfield-land"
    return "maps" if on_map else "www"


def make_feeds(supply: Supply, troubles: list[HostFailure], random: Random) -> list[Feed]:
    """The endpoints of one supply, each replacing the one before; parallel ones a year apart."""
    feeds: list[Feed] = []
    if supply.parallel > 1:
        gap = 365 if supply.datasets[0] == "brownfield-land" else 7
        for number in range(supply.parallel):
            feeds.append(_feed(supply, supply.day + number * gap, OPEN, random))
        return [feed for feed in feeds if feed.start <= TODAY]
    start, replaces = supply.day, None
    host = host_of(supply.datasets[0])
    while True:
        end = _end_of_life(start, troubles, host, supply.datasets, random)
        if replaces is None and random.random() < _WRONG_FIRST_URL and start < TODAY - 40:
            end = min(end, start + random.randint(3, 30))
            feed = _feed(supply, start, end, random)
            feed.failures.append(Failure(start + 1, OPEN, "404", None))
        else:
            feed = _feed(supply, start, end, random)
        feed.replaces = replaces
        feeds.append(feed)
        if supply.ends is not None and end >= supply.ends:
            feed.end = supply.ends
            return feeds
        if end > TODAY:
            if random.random() < _LOST and start < TODAY - 90 and supply.ends is None:
                feed.end = random.randint(start + 60, TODAY)
            return feeds
        start, replaces = max(start + 1, end - random.randint(0, 9)), feed


def _end_of_life(
    start: int,
    troubles: list[HostFailure],
    host: str,
    datasets: tuple[str, ...],
    random: Random,
) -> int:
    """Day on which an endpoint is replaced, ``OPEN`` when it still serves."""
    end = start + 20 + round(random.expovariate(_REPLACED_A_DAY))
    for trouble in troubles:
        failure = trouble.failure
        if (
            failure.start > start
            and failure.end - failure.start > 30
            and _hit(trouble, host, datasets)
        ):
            if random.random() < _MENDED_BY_NEW_URL:
                end = min(end, failure.start + random.randint(15, 150))
            break
    return end if end <= TODAY else OPEN


def _hit(trouble: HostFailure, host: str, datasets: tuple[str, ...]) -> bool:
    return trouble.host == host and (
        trouble.datasets is None or not trouble.datasets.isdisjoint(datasets)
    )


def _feed(supply: Supply, start: int, end: int, random: Random) -> Feed:
    dataset = supply.datasets[0]
    weights = [form[0] for form in _URL_FORMS]
    _, form, plugin = random.choices(_URL_FORMS, weights)[0]
    site = f"{supply.body.slug}.example"
    scheme = "http" if random.random() < 0.02 else "https"
    path = form.format(dataset="+".join(supply.datasets))
    url = f"{scheme}://{host_of(dataset)}.{site}/{path}"
    url += ("&" if "?" in url else "?") + f"edition={TODAY - start:x}"
    documented = random.random() < 0.8
    return Feed(
        url=url,
        endpoint=sha256(url.encode()).hexdigest(),
        plugin=plugin,
        licence=random.choice(_LICENCES),
        documentation_url=f"https://www.{site}/planning/data/{dataset}" if documented else None,
        start=start,
        end=end,
        datasets=supply.datasets,
        owners=[supply.body],
    )


def apply_troubles(feed: Feed, troubles: list[HostFailure]) -> None:
    """Give an endpoint the failures of its host, within its life and without overlap.

    Those that had begun before it was added do not touch it: it is often what mended them.
    """
    host = host_of(feed.datasets[0])
    for trouble in troubles:
        if trouble.failure.start > feed.start and _hit(trouble, host, feed.datasets):
            feed.failures.append(trouble.failure)
    tidy: list[Failure] = []
    reached = feed.start + 1
    for failure in sorted(feed.failures, key=lambda item: (item.start, -item.end)):
        start, end = max(failure.start, reached), min(failure.end, feed.end)
        if start < end:
            tidy.append(failure._replace(start=start, end=end))
            reached = end
    feed.failures = tidy


def draw_versions(feed: Feed, calendar: Calendar, random: Random) -> None:
    """Draw the days on which the content changed. New content is first seen when all is well."""
    habit = random.random()
    feed.mechanical = habit >= _OCCASIONAL
    mean = _STATIC_MEAN_DAYS if habit < _STATIC else _OCCASIONAL_MEAN_DAYS
    day = _next_success(feed, feed.start + 1)
    last = min(feed.end - 1, TODAY)
    while day <= last:
        feed.versions.append(day)
        if feed.mechanical:
            day = max(day + random.randint(1, 4), calendar.first - 5)
        else:
            day += 1 + round(random.expovariate(1 / mean))
        day = _next_success(feed, day)
    feed.resources = [
        sha256(f"{feed.endpoint}/{number}".encode()).hexdigest()
        for number in range(len(feed.versions))
    ]


def _next_success(feed: Feed, day: int) -> int:
    for failure in feed.failures:
        if failure.start <= day < failure.end:
            day = failure.end
    return day


def trace_weeks(feed: Feed, weeks: list[int]) -> None:
    """Note, for every snapshot in which the endpoint is active, its failure and its version.

    Both are -1 when it has not been attempted: collection is at night, so an endpoint added on
    the day of a snapshot is still waiting.
    """
    failure_at, version_at = 0, -1
    failures, versions = feed.failures, feed.versions
    for week, day in enumerate(weeks):
        if day < feed.start:
            continue
        if day >= feed.end:
            break
        if not feed.week_failure:
            feed.first_week = week
        while version_at + 1 < len(versions) and versions[version_at + 1] <= day:
            version_at += 1
        while failure_at < len(failures) and failures[failure_at].end <= day:
            failure_at += 1
        failing = failure_at < len(failures) and failures[failure_at].start <= day
        feed.week_failure.append(failure_at if failing else -1)
        feed.week_version.append(version_at)
