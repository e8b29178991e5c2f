"""What each figure means, in what unit, and how it is worked out.

Pages show these words behind "How is this worked out?"; tests hold the figures to them. A measure
is looked up by its id: ``MEASURES["coverage"]``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure: what it is called, what it counts, and how.

    ``unit`` is what one of it is, in the plural; ``of`` what it is a part of, None for a plain
    count. ``working`` is one sentence for each rule that decides what counts.
    """

    id: str
    name: str
    unit: str
    of: str | None
    working: tuple[str, ...]


_PROVISION = (
    "A provision is one dataset that one authority is expected to provide. Which are expected "
    "depends on the set chosen and on what applied on the date shown."
)
_NESTED = "Only provisions that passed the stages before this one count."

_ALL = (
    Measure(
        "coverage",
        "Provided",
        "provisions",
        "expected provisions",
        (
            _PROVISION,
            "It counts as provided when it has at least one active endpoint: a web address "
            "registered by the date shown and not ended. Whether the address works is a separate "
            "figure.",
        ),
    ),
    Measure(
        "authorities_some",
        "Authorities providing something",
        "authorities",
        "authorities in the set",
        ("An authority counts when at least one dataset expected of it has an active endpoint.",),
    ),
    Measure(
        "authorities_all",
        "Authorities providing everything",
        "authorities",
        "authorities in the set",
        ("An authority counts when every dataset expected of it has an active endpoint.",),
    ),
    Measure(
        "reachable",
        "Reachable",
        "provisions",
        "provided",
        (
            "A provision counts when its data could be collected at least once in the 5 days up "
            "to the date shown.",
            "One good endpoint is enough, however many others fail. A web page that answers but "
            "gives no data is not a success.",
        ),
    ),
    Measure(
        "collected",
        "Collected",
        "provisions",
        "reachable",
        (
            _NESTED,
            "The newest attempt must have worked, and its data must be the data in use.",
        ),
    ),
    Measure(
        "error_free",
        "Error-free",
        "provisions",
        "collected",
        (
            _NESTED,
            "There must be no open issue of severity error or critical that the authority has to "
            "fix. Warnings, and errors that are for the platform to fix, do not count.",
        ),
    ),
    Measure(
        "conformant",
        "Conformant",
        "provisions",
        "error-free",
        (
            _NESTED,
            "At least 80% of the fields in the dataset’s specification must be supplied, under "
            "any column name. Fields that the platform adds by itself are left out.",
        ),
    ),
    Measure(
        "fresh",
        "Fresh",
        "provisions",
        "provided",
        (
            "A provision is fresh when its content changed in the 6 months (182 days) up to the "
            "date shown; ageing up to a year; stale beyond that.",
            "Collecting the same content again does not make it fresh. Of several active "
            "endpoints the newest content counts. Where no content was ever collected, the age is "
            "not known.",
        ),
    ),
    Measure(
        "newly_provided",
        "Newly provided",
        "provisions",
        None,
        (
            "Provisions that gained their first active endpoint between the two dates. They count "
            "once a snapshot in which that happened.",
            "Authorities that joined or left in between are left out: an authority that is new "
            "to a list has gained or lost nothing.",
        ),
    ),
    Measure(
        "newly_broken",
        "Newly broken",
        "provisions",
        None,
        (
            "Provisions whose data could still be collected, and then could not for 5 days or "
            "more, between the two dates. Recovered is the reverse.",
            "Its status is Error from the first failure on, so more provisions can have changed to "
            "Error than are newly broken.",
            "A provision that is no longer provided at all is lost, not broken.",
        ),
    ),
    Measure(
        "live",
        "Live",
        "datasets",
        "provided",
        (
            "A dataset is live when the newest attempt to collect each of its endpoints worked, "
            "and no issue of severity error or critical is open that the authority has to fix.",
            "Old data, warnings and a missing licence do not change it. They are shown beside it.",
        ),
    ),
    Measure(
        "failing",
        "Error",
        "datasets",
        "provided",
        (
            "A dataset counts when the newest attempt failed at every endpoint it has. That is "
            "the status Error.",
        ),
    ),
    Measure(
        "needs_improving",
        "Needs improving",
        "datasets",
        "provided",
        (
            "A dataset counts when it is collected, but some endpoint fails, or there are issues "
            "of severity error or critical for the authority to fix.",
        ),
    ),
    Measure(
        "to_fix",
        "Rows and problems to fix",
        "rows or problems",
        None,
        (
            "Problems of severity critical or error that the authority has to fix. A row counts "
            "once, however many such problems it has. Where the figures do not say which row has "
            "which problem (weekly reports), we count problems.",
            "A row is a line of a file; where the line is not known, an entry.",
            "A problem counts once, however many endpoints lead to the same file.",
            "When an endpoint fails, the problems of the last good data stay. They no longer "
            "count when it has failed for more than 30 days and another endpoint works.",
            "Problems that the platform’s team is dealing with are not counted here.",
        ),
    ),
    Measure(
        "records",
        "Records",
        "records",
        None,
        (
            "How many entries of the data became records on the platform. It is not known where "
            "the platform’s files do not say.",
        ),
    ),
    Measure(
        "fields",
        "Fields supplied and matched",
        "fields",
        "fields of the specification",
        (
            "Supplied: a column of the data gives the field, under whatever name. Matched: the "
            "column already has the field’s own name, spaces, hyphens and case aside.",
            "Fields that the platform adds by itself are left out. A dataset’s list of fields is "
            "the same whatever the figures come from. The newest endpoint counts.",
        ),
    ),
    Measure(
        "availability",
        "Days that worked",
        "days",
        "days on which we tried",
        (
            "We try to collect every night. A day works when the last attempt of the day got an "
            "answer with data in it.",
        ),
    ),
    Measure(
        "changes",
        "What changed",
        "datasets",
        None,
        (
            "We compare the status, and the rows or problems to fix, of each dataset on the two "
            "dates shown, and nothing in between.",
            "A change can come from a new rule and not from the data. Changed rules are listed "
            "under the history.",
        ),
    ),
    Measure(
        "expected",
        "Expected",
        "provisions",
        None,
        (_PROVISION,),
    ),
)

STATES = {
    "live": ("status", "live"),
    "failing": ("status", "error"),
    "needs_improving": ("status", "needs_improving"),
    "fresh": ("freshness", "fresh"),
    "newly_provided": ("event", "newly_provided"),
    "newly_broken": ("event", "newly_broken"),
}
"""Measures that count what is in one state: the state's family and name. The rest are words of
their own."""

MEASURES: dict[str, Measure] = {measure.id: measure for measure in _ALL}
