"""What is in the sample's data: records, fields supplied, and the issues found in them.

Issues are sticky: a new version of the content mends few of them and brings few. Counts are
log-normal, so a few provisions hold most of the rows, as in the wild.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from math import exp, log
from random import Random

from performance_store.sample.calendar import OPEN, TODAY, Calendar
from performance_store.sample.feeds import Feed, Step
from performance_store.sample.issue_types import (
    DEFAULT_ROW_COUNT,
    DRAW_DATASETS,
    ISSUE_TYPE,
    ROW_COUNTS,
    RULE_CHANCE,
    RULE_TYPE,
    candidate_fields,
    chances,
)
from performance_store.sample.specification import COLUMN_ALIASES, SPEC, DatasetSpec

IssueRow = tuple[str, str | None, str | None, str | None, str]

MOST_ROWS = 4000
"""Most issue rows of one type and field, the one special case aside."""
_CLEARS, _CHANGES, _APPEARS = 0.05, 0.15, 0.04
_PER_NORMAL_DECILE = 1.2816
_INHERITED = 0.85
"""Share of replaced endpoints whose data have the same issues as before."""


class Budget:
    """Issue rows that may still be given out: a first start must load them all in seconds."""

    def __init__(self, rows: int) -> None:
        self._left = rows

    def take(self, rows: int) -> int:
        """Grant the rows asked for, or few when the budget is spent."""
        granted = rows if rows <= self._left else min(rows, 12)
        self._left -= granted
        return granted


@cache
def _chances(dataset: str) -> tuple[tuple[str, float], ...]:
    return chances(dataset)


@cache
def _fields(dataset: str, issue_type: str) -> tuple[str | None, ...]:
    spec = SPEC[dataset]
    return candidate_fields(issue_type, spec.fields, spec.required, spec.geometry)


def issue(issue_type: str, field: str | None, rows: int) -> IssueRow:
    """One issue of a step, with the severity and responsibility of the register."""
    spec = ISSUE_TYPE.get(issue_type)
    if spec is None:
        return issue_type, field, None, None, str(rows)
    return issue_type, field, spec.severity, spec.responsibility, str(rows)


def fill(feed: Feed, calendar: Calendar, budget: Budget, random: Random) -> None:
    """Give an endpoint's versions their records, issues and columns."""
    if not feed.versions:
        return
    changes = 0 if feed.mechanical else len(feed.versions) - 1
    for dataset in feed.datasets:
        spec = SPEC[dataset]
        step = _first_step(feed, spec, budget, random)
        steps = [step]
        for _ in range(changes):
            step = _next_step(step, spec, random)
            steps.append(step)
        feed.steps[dataset] = steps
        feed.columns[dataset] = _columns(spec, random)
        if dataset in DRAW_DATASETS and random.random() < RULE_CHANCE:
            fewest = min(int(step.records) for step in steps)
            rows = min(fewest, round(random.lognormvariate(2.4, 1.3)) + 1)
            mended = random.random() < 0.3
            until = random.randint(min(calendar.rule + 14, TODAY), TODAY) if mended else OPEN
            feed.rule[dataset] = (str(rows), until)


def _first_step(feed: Feed, spec: DatasetSpec, budget: Budget, random: Random) -> Step:
    before = feed.replaces.steps.get(spec.dataset) if feed.replaces else None
    if before and random.random() < _INHERITED:
        return before[-1]
    records = _records(spec, random)
    issues = []
    for issue_type, chance in _chances(spec.dataset):
        if random.random() < chance:
            issues += _draw_issue(spec, issue_type, records, budget, random)
    return Step(str(records), tuple(issues))


def _records(spec: DatasetSpec, random: Random) -> int:
    tenth, median, ninetieth, most = spec.entries
    if tenth == ninetieth:
        return median
    spread = (log(ninetieth) - log(tenth)) / (2 * _PER_NORMAL_DECILE)
    return max(1, min(most, round(random.lognormvariate(log(median), spread))))


def _draw_issue(
    spec: DatasetSpec, issue_type: str, records: int, budget: Budget, random: Random
) -> list[IssueRow]:
    """One type of issue, in one field or (one time in five, where several fit) in two."""
    fields = _fields(spec.dataset, issue_type)
    number = 2 if len(fields) > 1 and random.random() < 0.2 else 1
    mean, spread = ROW_COUNTS.get(issue_type, DEFAULT_ROW_COUNT)
    issues = []
    for field in random.sample(fields, number):
        rows = min(records, MOST_ROWS, max(1, round(exp(random.gauss(mean, spread)))))
        issues.append(issue(issue_type, field, budget.take(rows)))
    return issues


def _next_step(step: Step, spec: DatasetSpec, random: Random) -> Step:
    """The next version: a few records more, some issues changed, few mended, fewer new."""
    records = int(step.records)
    if random.random() < 0.5:
        records = max(1, min(spec.entries[3], records + round(records * random.gauss(0.01, 0.02))))
    issues = []
    for row in step.issues:
        draw = random.random()
        if draw < _CLEARS:
            continue
        rows = int(row[4])
        if draw < _CLEARS + _CHANGES:
            rows = round(rows * random.uniform(0.6, 1.15))
        rows = max(1, min(rows, records, MOST_ROWS))
        issues.append((*row[:4], str(rows)))
    if random.random() < _APPEARS:
        issue_type, field = _new_issue(spec, random)
        if issue_type and all(row[0] != issue_type for row in issues):
            rows = min(records, round(random.lognormvariate(1.5, 1.0)) + 1)
            issues.append(issue(issue_type, field, rows))
    return Step(str(records), tuple(issues))


def _new_issue(spec: DatasetSpec, random: Random) -> tuple[str, str | None]:
    """A type that comes with new content, by how common it is; ``''`` for none."""
    weights = _chances(spec.dataset)
    if not weights:
        return "", None
    (issue_type,) = random.choices(
        [kind for kind, _ in weights], [chance for _, chance in weights], k=1
    )
    return issue_type, random.choice(_fields(spec.dataset, issue_type))


def _columns(spec: DatasetSpec, random: Random) -> tuple[tuple[str, str], ...]:
    """Column and field for each field supplied; some columns have a name of the provider's own."""
    fields = spec.supply_fields
    tenth, median, ninetieth = spec.supplied
    ladder = ((0.0, tenth * 0.8), (0.1, tenth), (0.5, median), (0.9, ninetieth), (1.0, ninetieth))
    draw, share = random.random(), ninetieth
    for (low, at_low), (high, at_high) in pairwise(ladder):
        if low <= draw <= high:
            share = at_low + (at_high - at_low) * (draw - low) / (high - low)
            break
    number = max(1, round(share * len(fields)))
    order = sorted(fields, key=lambda field: (field not in spec.required) + random.random() * 1.3)
    supplied = set(order[:number])
    own_names = random.random() < 0.25
    columns = []
    for field in fields:
        if field in supplied:
            renamed = own_names and random.random() < 0.16
            columns.append((_alias(field) if renamed else field, field))
    return tuple(columns)


def _alias(field: str) -> str:
    return COLUMN_ALIASES.get(field, f"our_{field.replace('-', '_').lower()}")


# --------------------------------------------------------------------------------------------------
# Individual issues
# --------------------------------------------------------------------------------------------------

_MESSAGES = {
    "missing value": "value missing",
    "reference values are not unique": "reference is not unique",
    "unknown entity": "no entity found for reference",
    RULE_TYPE: "reference is missing",
    "missing associated entity": "no record with this reference",
    "invalid category value": "not in the list of categories",
}
_WORDS = ("TBC", "n/a", "unknown", "see file", "various", "??", "none")
_DATES = ("31/02/2021", "TBC", "c. 1974", "1987 (revised)", "2023-13-01", "12 Sept", "unknown")
_ROW_LEVEL = frozenset({"unknown entity", RULE_TYPE, "reference values are not unique"})

Detail = tuple[int, int, int | None, str | None, str | None]


def individual_issues(
    issue_row: IssueRow, records: int, number: int, odd: tuple[str, ...] = ()
) -> Iterator[Detail]:
    """The rows of one type and field: line, entry, entity, value, message.

    Lines are spread evenly over the records. ``number`` varies entities and values from one
    endpoint to the next without a draw for each row; ``odd`` values take the place of usual ones.
    """
    issue_type, field, _, _, count = issue_row
    rows = int(count)
    message = _MESSAGES.get(issue_type)
    row_level = issue_type in _ROW_LEVEL or field == "reference"
    pool = odd or _values(issue_type, field, number)
    size = len(pool)
    stride = max(1, records // rows)
    entity_base = 70_000_000 + number * 15_000
    for row in range(rows):
        entry = 1 + row * stride
        entity = None if row_level else entity_base + entry
        yield entry + 1, entry, entity, pool[row % size], message


def _values(issue_type: str, field: str | None, number: int) -> tuple[str | None, ...]:
    """Plausible values for issues of a type; what was blank or a shape has none."""
    numbers = range(number % 89, number % 89 + 60)
    if issue_type in ("missing value", RULE_TYPE) or issue_type.startswith("invalid geometry"):
        return (None,)
    if issue_type.startswith("OSGB"):
        return tuple(f"{400000 + n * 731 % 90000},{150000 + n * 977 % 90000}" for n in numbers)
    if issue_type.startswith(("WGS84", "Mercator")):
        return tuple(f"{-3 - n % 7}.{n * 37 % 1000:03d},{48 + n % 3}.{n:03d}" for n in numbers)
    if issue_type in ("invalid date", "far-past-date", "future entry-date"):
        return _DATES if issue_type == "invalid date" else ("0202-04-11", "2109-01-01")
    if issue_type == "reference values are not unique":
        return tuple(f"REF/{1000 + n // 2}" for n in numbers)
    if issue_type in ("unknown entity", "missing associated entity", "default-value", "patch"):
        return tuple(f"{(field or 'ref')[:3].upper()}-{number % 997}-{n}" for n in numbers)
    if issue_type in ("invalid URI", "removed URI prefix"):
        return tuple(f"www.example .org/doc {n}" for n in numbers)
    if issue_type in ("too small", "too large", "invalid decimal", "invalid integer"):
        return ("-250", "£1,200", "1.2.3", "about 40", "9999999", "12 units")
    return _WORDS


def step_of(feed: Feed, dataset: str, version: int) -> Step:
    """What a version of an endpoint's content holds of a dataset: mechanical changes change
    nothing that counts."""
    return feed.steps[dataset][0 if feed.mechanical else version]
