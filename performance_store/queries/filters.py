"""Filters of the national picture: which provisions a question is about, as SQL conditions.

Values of one field are alternatives, fields add up: (region A or B) and (dataset C).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from performance_store.definitions.vocabulary import (
    OBLIGATIONS,
    RESPONSIBILITIES,
    SEVERITIES,
    STAGES,
    TO_PROVIDE,
)

NONE = "none"


@dataclass(frozen=True, slots=True)
class Narrow:
    """Which provisions; an empty field asks for nothing. ``none`` stands for "has none".

    ``typology`` is the kind of dataset, ``type`` that of organisation (see ``ORGANISATION_TYPE``),
    ``severity`` and ``responsibility`` those of issues that are open: with both, of one issue.
    """

    region: tuple[str, ...] = ()
    cohort: tuple[str, ...] = ()
    project: tuple[str, ...] = ()
    dataset: tuple[str, ...] = ()
    typology: tuple[str, ...] = ()
    reason: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    severity: tuple[str, ...] = ()
    responsibility: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in dataclasses.fields(self))


EVERYTHING = Narrow()

# What each field is in SQL: s is a summary, o its organisation, d its dataset.
ORGANISATION_TYPE = (
    "CASE WHEN o.type = 'local-authority' THEN coalesce(o.local_authority_type, o.type) "
    "ELSE o.type END"
)
COLUMNS = {
    "region": "o.region",
    "cohort": f"coalesce(s.cohort, '{NONE}')",
    "project": f"coalesce(s.project, '{NONE}')",
    "dataset": "d.dataset",
    "typology": f"coalesce(d.typology, '{NONE}')",
    "reason": f"coalesce(s.provision_reason, '{NONE}')",
    "type": ORGANISATION_TYPE,
    "status": "s.status",
}
PROBLEMS_TO_FIX = "s.critical_external + s.error_external"
PROBLEMS = " + ".join(
    f"s.{severity}_{responsibility}"
    for severity in SEVERITIES
    for responsibility in RESPONSIBILITIES
)


def _one_of(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


def at_least(stage: str) -> str:
    """The condition that a summary s got to this stage or further."""
    return _one_of("s.stage", STAGES[STAGES.index(stage) :])


# What an organisation must or is expected to provide, which its figures count; and the rest of
# what it may be asked for.
OWED = _one_of("s.provision_reason", TO_PROVIDE)
OPTIONAL = _one_of("s.provision_reason", OBLIGATIONS[len(TO_PROVIDE) :])


@dataclass(frozen=True, slots=True)
class Denominator:
    """A set of provisions: its title for readers, the condition in SQL of who is in it, and what it
    holds."""

    title: str
    condition: str
    meaning: str


SETS = {
    "programme": Denominator(
        "Open Digital Planning programme",
        "s.in_programme",
        "Datasets expected of a planning authority as a member of this programme.",
    ),
    "statutory": Denominator(
        "Statutory duties",
        "s.in_statutory",
        "Datasets that the law requires of a planning authority.",
    ),
    "to-provide": Denominator(
        "Statutory and expected datasets",
        "s.in_to_provide",
        "Datasets that the law requires, or a funding agreement expects, of a planning authority.",
    ),
    "any": Denominator(
        "All obligations",
        "s.in_any",
        "Statutory and expected datasets, and those that a planning authority can provide "
        "(encouraged or prospective).",
    ),
    "all-lpas": Denominator(
        "All planning authorities",
        "s.is_lpa",
        "Every dataset that any planning authority provides, for each of them, whether or not it "
        "is expected.",
    ),
}


# What all LPAs can be narrowed by: who owes nothing and provides nothing has no row, and so neither
# an obligation nor a status.
_OF_ALL = frozenset(("region", "dataset", "typology"))


def impossible(narrow: Narrow, denominator: str | None) -> tuple[str, ...]:
    """The fields that ask for something by which the denominator cannot be narrowed."""
    if denominator != "all-lpas":
        return ()
    fields = (field.name for field in dataclasses.fields(Narrow))
    return tuple(name for name in fields if name not in _OF_ALL and getattr(narrow, name))


def possible(narrow: Narrow, denominator: str) -> Narrow:
    """The narrowing without what is impossible."""
    return dataclasses.replace(narrow, **dict.fromkeys(impossible(narrow, denominator), ()))


def conditions(narrow: Narrow, denominator: str | None) -> tuple[str, dict[str, Any]]:
    """The WHERE clause (without its word) for summaries s, and its parameters. In: what of which
    set; None: of everything.

    Raises ValueError where the denominator cannot be narrowed so: n would be narrowed and N not.
    """
    if names := impossible(narrow, denominator):
        raise ValueError(f"{denominator} cannot be narrowed by {', '.join(names)}")
    parts = [SETS[denominator].condition] if denominator else []
    parameters: dict[str, Any] = {}
    for name, column in COLUMNS.items():
        values = getattr(narrow, name)
        if values:
            parts.append(f"{column} = ANY(:narrow_{name})")
            parameters[f"narrow_{name}"] = list(values)
    if narrow.severity or narrow.responsibility:
        # Both come from our own lists: what is not in them is left out.
        columns = [
            f"coalesce(s.{severity}_{responsibility}, 0)"
            for severity in SEVERITIES
            if not narrow.severity or severity in narrow.severity
            for responsibility in RESPONSIBILITIES
            if not narrow.responsibility or responsibility in narrow.responsibility
        ]
        parts.append(f"{' + '.join(columns) or '0'} > 0")
    return " AND ".join(parts) or "true", parameters
