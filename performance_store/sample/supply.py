"""Who provides what in the sample, and since when.

Breadth is U-shaped, as measured: authorities provide nothing, one dataset, or nearly all. It is
drawn first and the datasets follow in a typical order with conservation areas in front, so datasets
are correlated as in the wild. Members begin some ten to twelve months after their cohort did.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import log
from random import Random

from performance_store.sample.calendar import TODAY, Calendar
from performance_store.sample.population import NEW_COHORT, Body, Population
from performance_store.sample.specification import (
    AGREEMENTS,
    ARTICLE_4,
    NATIONAL,
    OTHER_SHARES,
    PLAN_DATASETS,
    PROGRAMME,
    TREES,
)

_BREADTHS = (164, 23, 10, 10, 11, 19, 10, 16, 48)
"""Authorities that provide 0, 1, ... 8 of the programme's datasets, of 311."""

COHORT_STARTS = {
    "software-partners": 1400,
    "improvement-round-1": 760,
    "improvement-round-2": 420,
    "innovation-round-1": 250,
}
"""Days before the first snapshot on which the older cohorts began."""

_REGION_LEAN = {
    "E12000008": 0.4,
    "E12000004": -1.6,
    "E12000005": -0.4,
    "E12000002": -0.2,
    "E12000001": -0.2,
}
_ONSET_MEDIAN_DAYS, _ONSET_SPREAD = 300, 0.5
_SAME_DAY = 0.55
"""Share of further datasets that come on the day of the one before."""
_ONE_FILE_FOR_TWO = 0.16
_TREE_PAIR = ("tree-preservation-order", "tree-preservation-zone")


@dataclass(frozen=True, slots=True)
class Supply:
    """A body begins to provide datasets from one endpoint (or several in parallel) on a day."""

    body: Body
    datasets: tuple[str, ...]
    day: int
    parallel: int = 1
    ends: int | None = None


def draw_supplies(population: Population, calendar: Calendar, seed: int) -> list[Supply]:
    """Everything that is provided in the sample, by body in their order.

    The first authority without the programme's data provides nothing at all.
    """
    random = Random(f"{seed}/supply")
    supplies: list[Supply] = []
    nothing_yet = True
    for body, breadth in zip(
        population.authorities, _breadths(population.authorities, random), strict=True
    ):
        if breadth == 0 and nothing_yet and body.cohort and body.cohort != NEW_COHORT:
            nothing_yet = False
            continue
        if breadth:
            supplies += _programme(body, breadth, calendar, random)
        supplies += _brownfield(body, random)
        supplies += _others(body, breadth, calendar, random)
    supplies = _seven_files(supplies) + _added_today(population.authorities, supplies)
    for body in population.former:
        supplies.append(Supply(body, ("brownfield-land",), body.end_day - 900, ends=body.end_day))
    for body in population.groups[:1]:
        supplies.append(Supply(body, ("local-plan",), TODAY - 200))
    for body, dataset in zip(population.national, NATIONAL, strict=True):
        supplies.append(Supply(body, (dataset,), 4000))
    return supplies


def _seven_files(supplies: list[Supply]) -> list[Supply]:
    """One authority gives a dataset in seven files, as one does."""
    dataset = ("article-4-direction-area",)
    for at, supply in enumerate(supplies):
        if supply.datasets == dataset and supply.day < TODAY - 200:
            return [*supplies[:at], replace(supply, parallel=7), *supplies[at + 1 :]]
    return supplies


def _added_today(bodies: list[Body], supplies: list[Supply]) -> list[Supply]:
    """Two new members added their first endpoint today: nobody has tried it yet."""
    providing = {supply.body.organisation for supply in supplies if supply.datasets[0] in PROGRAMME}
    beginners = [
        body for body in bodies if body.cohort == NEW_COHORT and body.organisation not in providing
    ]
    return [Supply(body, ("conservation-area",), TODAY) for body in beginners[:2]]


def cohort_start(cohort: str, calendar: Calendar) -> int:
    """Day on which a cohort began; the newest one begins during the series."""
    if cohort in COHORT_STARTS:
        return calendar.first - COHORT_STARTS[cohort]
    return calendar.cohort


def _breadths(bodies: list[Body], random: Random) -> list[int]:
    """Number of the programme's datasets that each authority comes to provide by today."""
    total = sum(_BREADTHS)
    ladder: list[int] = []
    for breadth in range(8, 0, -1):
        ladder += [breadth] * round(_BREADTHS[breadth] * len(bodies) / total)
    lean = {body.organisation: _propensity(body) + random.gauss(0, 1) for body in bodies}
    ranked = sorted(bodies, key=lambda body: (-lean[body.organisation], body.organisation))
    breadths = dict.fromkeys(lean, 0)
    for body, breadth in zip(ranked, ladder, strict=False):
        breadths[body.organisation] = breadth
    return [breadths[body.organisation] for body in bodies]


def _propensity(body: Body) -> float:
    region = _REGION_LEAN.get(body.region or "", 0.0)
    if body.kind == "development-corporation":
        return -3.0
    if body.cohort is None:
        return region - 0.9
    return region + (0.0 if body.cohort == NEW_COHORT else 1.5)


def _order(random: Random) -> list[str]:
    """The order in which an authority comes to the datasets: trees and directions cluster."""
    trees, directions = random.gauss(0, 0.8), random.gauss(0, 0.7)
    place = {}
    for rank, dataset in enumerate(PROGRAMME):
        together = trees if dataset in TREES else directions if dataset in ARTICLE_4 else 0.0
        place[dataset] = rank * 0.4 + together + random.gauss(0, 0.4)
    place["conservation-area"] -= 1.2
    return sorted(PROGRAMME, key=lambda dataset: place[dataset])


def _onset(body: Body, calendar: Calendar, random: Random) -> int:
    """Day of an authority's first endpoint."""
    latest = TODAY - 8
    if body.cohort is None or (body.cohort == NEW_COHORT and random.random() < 0.3):
        return random.randint(calendar.first - 400, latest)
    begun = cohort_start(body.cohort, calendar)
    day = begun + round(random.lognormvariate(log(_ONSET_MEDIAN_DAYS), _ONSET_SPREAD))
    return day if day <= latest else random.randint(min(begun + 20, latest), latest)


def _programme(body: Body, breadth: int, calendar: Calendar, random: Random) -> list[Supply]:
    """The programme's datasets of one authority: a first burst, then more in lumps."""
    day = _onset(body, calendar, random)
    days: dict[str, int] = {}
    for rank, dataset in enumerate(_order(random)[:breadth]):
        if rank and random.random() > _SAME_DAY:
            day = min(day + 1 + round(random.expovariate(1 / 70)), TODAY - random.randint(2, 40))
        days[dataset] = day
    supplies = []
    for pair in (("article-4-direction-area", "article-4-direction"), _TREE_PAIR):
        together = all(dataset in days for dataset in pair) and days[pair[0]] == days[pair[1]]
        if together and random.random() < _ONE_FILE_FOR_TWO:
            supplies.append(Supply(body, pair, days.pop(pair[0])))
            del days[pair[1]]
    supplies += [
        Supply(body, (dataset,), day, parallel=2 if random.random() < 0.018 else 1)
        for dataset, day in days.items()
    ]
    return supplies


def _brownfield(body: Body, random: Random) -> list[Supply]:
    """Brownfield registers: long provided, often one file a year beside the older ones."""
    if random.random() > OTHER_SHARES["brownfield-land"]:
        return []
    parallel = 1
    while parallel < 10 and random.random() < 0.47:
        parallel += 1
    latest = TODAY - random.randint(1, 1500)
    return [Supply(body, ("brownfield-land",), latest - 365 * (parallel - 1), parallel)]


def _others(body: Body, breadth: int, calendar: Calendar, random: Random) -> list[Supply]:
    """Plans, agreements and statements; likelier where the programme's data are provided."""
    boost = 1.5 if breadth else 0.55
    supplies = []
    if random.random() < OTHER_SHARES["developer-agreement"] * boost:
        day = TODAY - random.randint(100, 1900)
        supplies += [Supply(body, (dataset,), day) for dataset in AGREEMENTS]
    if random.random() < OTHER_SHARES["infrastructure-funding-statement"] * boost:
        day = TODAY - random.randint(20, 900)
        supplies.append(Supply(body, ("infrastructure-funding-statement",), day))
    for dataset in PLAN_DATASETS:
        if dataset in ("minerals-plan", "waste-plan") and not body.plans_minerals:
            continue
        if random.random() < OTHER_SHARES[dataset] * boost:
            day = max(TODAY - 3 - round(random.expovariate(1 / 200)), calendar.first - 200)
            supplies.append(Supply(body, (dataset,), day))
    return supplies
