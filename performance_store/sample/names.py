"""Invented places: names, references, codes and coordinates of the sample's authorities.

No name here may be, or contain, that of a real council: nobody should read an invented failure as a
fact about a real place. The regions are England's, and lie where they lie.
"""

from __future__ import annotations

import unicodedata
from random import Random
from string import ascii_uppercase

Point = tuple[float, float]

REGIONS: tuple[tuple[str, str, int], ...] = (
    ("E12000008", "South East", 63),
    ("E12000006", "East of England", 45),
    ("E12000004", "East Midlands", 33),
    ("E12000007", "London", 33),
    ("E12000002", "North West", 33),
    ("E12000005", "West Midlands", 30),
    ("E12000009", "South West", 26),
    ("E12000003", "Yorkshire and The Humber", 14),
    ("E12000001", "North East", 12),
)
"""ONS code, name, and the number of authorities measured there."""

LONDON = "E12000007"


def _outline(text: str) -> tuple[Point, ...]:
    """Read ``longitude latitude`` pairs parted by commas."""
    pairs = (pair.split() for pair in text.split(","))
    return tuple((float(x), float(y)) for x, y in pairs)


_OUTLINES: dict[str, tuple[Point, ...]] = {
    code: _outline(text)
    for code, text in (
        ("E12000001", "-2.5 55.1, -1.9 55.7, -1.3 54.7, -1.0 54.55, -1.8 54.5"),
        ("E12000002", "-3.3 54.3, -2.9 54.95, -2.3 54.7, -2.1 53.5, -2.3 53.1, -3.0 53.2"),
        ("E12000003", "-2.3 54.1, -1.6 54.45, -0.5 54.3, -0.1 53.65, -1.2 53.4, -1.9 53.5"),
        ("E12000004", "-1.8 53.4, -0.8 53.4, 0.2 53.3, 0.1 52.75, -0.9 52.1, -1.4 52.6"),
        ("E12000005", "-3.0 52.9, -2.1 53.1, -1.7 52.7, -1.3 52.3, -2.2 51.95, -2.9 52.0"),
        ("E12000006", "-0.6 52.0, 0.2 52.7, 1.2 52.9, 1.6 52.5, 0.9 51.75, 0.1 51.75"),
        ("E12000007", "-0.42 51.45, -0.3 51.62, -0.05 51.66, 0.2 51.58, 0.1 51.38, -0.2 51.35"),
        ("E12000008", "-1.6 51.7, -0.8 52.1, -0.6 51.3, 1.2 51.3, 0.7 50.95, -1.3 50.8"),
        ("E12000009", "-5.2 50.2, -4.4 51.0, -2.9 51.3, -1.8 51.9, -1.9 50.75, -3.6 50.4"),
    )
}
"""Rough outlines (longitude, latitude) within which a region's authorities are placed."""

_FIRST = (
    "Alver", "Ansel", "Averil", "Bellan", "Birch", "Brindle",
    "Catter", "Clover", "Corran", "Crane", "Dallow", "Darrow", "Elder", "Ember", "Fallow",
    "Farrow", "Fennel", "Ferrin", "Gander", "Garrow", "Gilder", "Hazel", "Heron", "Hollin",
    "Holm", "Jessop", "Juniper", "Kestrel", "Lark", "Laven", "Linnet", "Lorrin", "Mallow", "Marl",
    "Merrin", "Nettle", "Orrin", "Osier", "Otter", "Pallin", "Pebble", "Perrin", "Quill", "Raven",
    "Rowan", "Saffer", "Sallow", "Sedge", "Sorrel", "Swallow", "Tansy", "Tarrin", "Thistle",
    "Umber", "Varrow", "Willow", "Yarrow",
)  # fmt: skip
_SECOND = (
    "beck", "bridge", "combe", "cote", "croft", "dale", "fell", "fleet",
    "ford", "garth", "gate", "grave", "holt", "leigh", "ley", "mere", "mouth", "ney", "stead",
    "stoke", "stow", "thorpe", "thwaite", "wick", "wold", "worth",
)  # fmt: skip
AWKWARD_NAMES: tuple[tuple[str, str], ...] = (
    ("E12000005", "Llanwŷn a'r Bryn"),
    ("E12000009", "St Averil's Cross"),
    ("E12000004", "Abbot's Varrow"),
    ("E12000007", "Queen's Fallow"),
    ("E12000006", "Mallow-on-the-Marl"),
    ("E12000008", "Orrinstead and Yarrowmere"),
    ("E12000002", "The Vale of Sorrel"),
)
"""Region and place: apostrophes, Welsh letters, hyphens and length, which pages must survive."""

_FORMS: dict[str, tuple[str, ...]] = {
    "NMD": (*["{} District Council"] * 4, *["{} Borough Council"] * 3, "{} City Council"),
    "MD": (*["{} Metropolitan Borough Council"] * 3, "{} City Council"),
    "UA": ("{} Council", "{} Borough Council"),
    "LBO": ("London Borough of {}",),
    "CC": ("{}shire County Council",),
    "national-park-authority": (
        "{} Hills National Park Authority",
        "{} Moors National Park Authority",
        "{} Fells National Park Authority",
    ),
    "development-corporation": ("{} Development Corporation",),
}
_SHORT_FORMS = ("CC", "national-park-authority")


class Places:
    """A supply of invented names and references, each given out once."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._towns = [first + second for first in _FIRST for second in _SECOND]
        self._counties = list(_FIRST)
        random.shuffle(self._towns)
        random.shuffle(self._counties)
        self._references: set[str] = set()

    def take(self, form: str) -> str:
        """The next unused place for a local authority type, or kind, of authority."""
        if form in _SHORT_FORMS and self._counties:
            return self._counties.pop()
        return self._towns.pop()

    def full_name(self, place: str, form: str) -> str:
        """The name of the authority of a place."""
        return self._random.choice(_FORMS[form]).format(place)

    def reference(self, place: str) -> str:
        """An unused reference: X, then three letters of the place if they will do. No real one
        begins with X."""
        own = [letter for letter in slug(place).upper() if letter.isalpha()]
        rest = own[1:] + list(ascii_uppercase)
        for second in range(len(rest)):
            for third in range(second + 1, len(rest)):
                candidate = f"X{own[0]}{rest[second]}{rest[third]}"
                if candidate not in self._references:
                    self._references.add(candidate)
                    return candidate
        raise ValueError(f"no reference left for {place}")


def slug(name: str) -> str:
    """A host name label for a place: plain letters and hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii").lower()
    label = "".join(letter if letter.isalnum() else "-" for letter in plain.replace("'", ""))
    return "-".join(part for part in label.split("-") if part)


def region_counts(authorities: int) -> list[tuple[str, int]]:
    """Spread a number of authorities over the regions as measured; the counts add up to it."""
    total = sum(count for _, _, count in REGIONS)
    shares = [(code, authorities * count / total) for code, _, count in REGIONS]
    counts = {code: int(share) for code, share in shares}
    by_remainder = sorted(shares, key=lambda item: (int(item[1]) - item[1], item[0]))
    for code, _ in by_remainder[: authorities - sum(counts.values())]:
        counts[code] += 1
    return [(code, counts[code]) for code, _, _ in REGIONS]


def place_in(region: str, others: list[Point], random: Random) -> Point:
    """A point of the region well away from the ``others`` already placed there."""
    outline = _OUTLINES[region]
    best, best_distance = outline[0], -1.0
    for _ in range(10):
        point = _random_point(outline, random)
        distance = min(
            ((point[0] - x) * 0.6) ** 2 + (point[1] - y) ** 2 for x, y in others or [(0.0, 0.0)]
        )
        if distance > best_distance:
            best, best_distance = point, distance
    return round(best[0], 4), round(best[1], 4)


def _random_point(outline: tuple[Point, ...], random: Random) -> Point:
    west, east = min(x for x, _ in outline), max(x for x, _ in outline)
    south, north = min(y for _, y in outline), max(y for _, y in outline)
    while True:
        point = (random.uniform(west, east), random.uniform(south, north))
        if _inside(point, outline):
            return point


def _inside(point: Point, outline: tuple[Point, ...]) -> bool:
    """Whether a ray going east from the point crosses the outline an odd number of times."""
    x, y = point
    inside = False
    for (x1, y1), (x2, y2) in zip(outline, outline[1:] + outline[:1], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside
