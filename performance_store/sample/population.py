"""Who lives in the sample: authorities, ended ones and their successors, groups, companies."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from performance_store.sample.calendar import OPEN, Calendar
from performance_store.sample.names import (
    AWKWARD_NAMES,
    LONDON,
    Places,
    Point,
    place_in,
    region_counts,
    slug,
)

MEASURED_AUTHORITIES = 311
_PARKS, _CORPORATIONS, _PARK_MEMBERS = 10, 5, 6
_PARK_REGIONS = ("E12000002", "E12000003", "E12000009", "E12000008", "E12000004", "E12000001")
_CORPORATION_REGIONS = ("E12000001", "E12000007", "E12000008")

_TYPE_WEIGHTS: dict[str, tuple[int, int, int, int]] = {
    "E12000001": (5, 60, 35, 0),
    "E12000002": (40, 17, 37, 6),
    "E12000003": (10, 33, 57, 0),
    "E12000004": (75, 14, 0, 11),
    "E12000005": (58, 13, 21, 8),
    "E12000006": (77, 12, 0, 11),
    "E12000008": (76, 17, 0, 7),
    "E12000009": (42, 48, 0, 10),
}
"""Weights of districts (NMD), unitaries (UA), metropolitan districts (MD) and counties (CC)."""

_CODES = {"NMD": "E0799", "UA": "E0699", "MD": "E0899", "LBO": "E0999", "CC": "E1099"}
_STARTS = {
    "NMD": "1974-04-01",
    "MD": "1974-04-01",
    "CC": "1974-04-01",
    "LBO": "1965-04-01",
    "UA": "1998-04-01",
}
_OTHER_CODES = {"national-park-authority": "E2699", "development-corporation": "E5199"}
_OTHER_STARTS = {
    "national-park-authority": "1997-04-01",
    "development-corporation": "2017-04-01",
}

MEMBER_COHORTS: tuple[tuple[str, float], ...] = (
    ("software-partners", 20 / 311),
    ("improvement-round-1", 40 / 311),
    ("improvement-round-2", 46 / 311),
    ("innovation-round-1", 40 / 311),
    ("improvement-round-3", 67 / 311),
)
"""Cohorts of the programme and the share of all authorities in each; the last joins late."""
NEW_COHORT = "improvement-round-3"
SUPPLIER_COHORT = "suppliers-round-1"


@dataclass(slots=True)
class Body:
    """An organisation of the sample."""

    organisation: str
    name: str
    slug: str
    kind: str
    """Prefix of its reference: local-authority, company ..."""
    region: str | None = None
    authority_type: str | None = None
    geography: str | None = None
    point: Point | None = None
    start_date: str | None = None
    start_day: int = -OPEN
    end_day: int = OPEN
    successor: str | None = None
    former_name: str | None = None
    members: tuple[str, ...] = ()
    is_lpa: bool = False
    cohort: str | None = None

    @property
    def plans_minerals(self) -> bool:
        """Whether minerals and waste plans are its duty: not of districts."""
        return self.is_lpa and (
            self.authority_type in ("UA", "MD", "LBO", "CC")
            or self.kind == "national-park-authority"
        )


@dataclass(slots=True)
class Population:
    """All bodies. ``authorities`` are the active planning authorities."""

    authorities: list[Body]
    former: list[Body] = field(default_factory=list)
    groups: list[Body] = field(default_factory=list)
    companies: list[Body] = field(default_factory=list)
    national: list[Body] = field(default_factory=list)

    @property
    def all(self) -> list[Body]:
        return self.authorities + self.former + self.groups + self.companies + self.national


def populate(authorities: int, calendar: Calendar, seed: int) -> Population:
    """Invent the bodies of a sample of so many active authorities."""
    random = Random(f"{seed}/population")
    places = Places(random)
    population = Population(_authorities(authorities, places, random))
    _join_programme(population.authorities, random)
    population.former = _former(population.authorities, places, calendar, random)
    _rename_some(population.authorities)
    population.groups = _groups(population.authorities, places)
    population.companies = [
        _other("company:X0000001", "Plotwright Software Ltd (sample)"),
        _other("company:X0000002", "Mapmongers Ltd (sample)"),
    ]
    for company in population.companies:
        company.cohort = SUPPLIER_COHORT
    population.national = [
        _other("government-organisation:XN01", "National Heritage Registry (sample)"),
        _other("government-organisation:XN02", "Flood Survey Office (sample)"),
    ]
    return population


def _other(reference: str, name: str) -> Body:
    kind = reference.partition(":")[0]
    return Body(reference, name, slug(name.removesuffix(" (sample)")), kind)


def _slots(count: int, random: Random) -> list[tuple[str, str]]:
    """Region and type (or kind) of each authority: parks and corporations as many as measured."""
    parks = max(1, round(count * _PARKS / MEASURED_AUTHORITIES))
    corporations = max(1, round(count * _CORPORATIONS / MEASURED_AUTHORITIES))
    special = [(_PARK_REGIONS[i % 6], "national-park-authority") for i in range(parks)]
    special += [
        (_CORPORATION_REGIONS[i % 3], "development-corporation") for i in range(corporations)
    ]
    slots: list[tuple[str, str]] = []
    for region, number in region_counts(count):
        here = [slot for slot in special if slot[0] == region][:number]
        for _ in range(number - len(here)):
            if region == LONDON:
                here.append((region, "LBO"))
            else:
                kinds = random.choices(("NMD", "UA", "MD", "CC"), _TYPE_WEIGHTS[region])
                here.append((region, kinds[0]))
        slots += here
    return slots


def _authorities(count: int, places: Places, random: Random) -> list[Body]:
    awkward = dict(AWKWARD_NAMES)
    placed: dict[str, list[Point]] = {}
    numbers: dict[str, int] = {}
    bodies: list[Body] = []
    for region, form in _slots(count, random):
        ordinary = form in ("NMD", "UA", "LBO")
        place = awkward.pop(region) if ordinary and region in awkward else places.take(form)
        body = _authority(place, form, region, places, numbers)
        body.point = place_in(region, placed.setdefault(region, []), random)
        placed[region].append(body.point)
        bodies.append(body)
    return bodies


def _authority(place: str, form: str, region: str, places: Places, numbers: dict[str, int]) -> Body:
    """One authority. ``form`` is its local authority type, else its kind."""
    authority_type = form if form in _CODES else None
    kind = "local-authority" if authority_type else form
    prefix = _CODES.get(form) or _OTHER_CODES[form]
    numbers[prefix] = numbers.get(prefix, 0) + 1
    return Body(
        organisation=f"{kind}:{places.reference(place)}",
        name=places.full_name(place, form),
        slug=slug(place),
        kind=kind,
        region=region,
        authority_type=authority_type,
        geography=f"{prefix}{numbers[prefix]:04d}",
        start_date=_STARTS.get(form) or _OTHER_STARTS[form],
        is_lpa=True,
    )


def _join_programme(bodies: list[Body], random: Random) -> None:
    """Give members their cohort. No development corporation and not every park is a member."""
    parks = [body for body in bodies if body.kind == "national-park-authority"]
    park_members = parks[: max(1, round(len(parks) * _PARK_MEMBERS / _PARKS))]
    councils = [body for body in bodies if body.kind == "local-authority"]
    random.shuffle(councils)
    queue = park_members + councils
    shuffled_head = queue[: len(queue) * 2 // 3]
    random.shuffle(shuffled_head)
    candidates = iter(shuffled_head + queue[len(shuffled_head) :])
    for cohort, share in MEMBER_COHORTS:
        for _ in range(round(share * len(bodies))):
            next(candidates).cohort = cohort


def _former(bodies: list[Body], places: Places, calendar: Calendar, random: Random) -> list[Body]:
    """Eight ended authorities: five long gone, three merged during the series."""
    councils = [body for body in bodies if body.kind == "local-authority"]
    unitaries = [body for body in councils if body.authority_type == "UA"]
    heirs = unitaries if len(unitaries) > 2 else councils
    merged = ([body for body in heirs if body.cohort is None] or heirs)[-1]
    older = [body for body in heirs if body is not merged][:: max(1, len(heirs) // 6)][:2]
    former: list[Body] = []
    numbers = {"E0799": 9000}
    plan = [(merged, calendar.merger, 3), (older[0], calendar.first - 1200, 3)]
    plan.append((older[-1], calendar.first - 2000, 2))
    for heir, day, count in plan:
        heir.start_day = day
        heir.start_date = calendar.iso[day]
        for _ in range(count):
            assert heir.region is not None
            assert heir.point is not None
            body = _authority(places.take("NMD"), "NMD", heir.region, places, numbers)
            x, y = heir.point
            body.point = (
                round(x + random.uniform(-0.1, 0.1), 4),
                round(y + random.uniform(-0.08, 0.08), 4),
            )
            body.end_day, body.successor = day, heir.organisation
            former.append(body)
    return former


def _rename_some(bodies: list[Body]) -> None:
    """Some boroughs have become cities and kept a record of their former name."""
    cities = [body for body in bodies if body.name.endswith(" City Council")]
    for body in cities[:4]:
        body.former_name = body.name.replace(" City ", " Borough ")
    if len(cities) > 1:
        names = [str(cities[1].former_name), f"Corporation of {cities[1].slug.title()}"]
        # In the order that the store keeps them in.
        cities[1].former_name = ";".join(sorted(names))


def _groups(bodies: list[Body], places: Places) -> list[Body]:
    """Three joint planning groups of two to four neighbours."""
    groups = []
    districts = [body for body in bodies if body.authority_type in ("NMD", "UA")]
    for number, size in enumerate((2, 3, 4), start=1):
        members = districts[number * 5 : number * 5 + size] or districts[:size]
        place = places.take("NMD")
        group = _other(f"local-planning-group:XG0{number}", f"{place} Joint Planning Group")
        group.members = tuple(member.organisation for member in members)
        groups.append(group)
    return groups
