"""What those are called whom submissions name."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dashboard.data.door import ask
from performance_store.queries import choices, organisations
from providers.submissions.rows import Submission


def of_datasets() -> Callable[[str], str]:
    """What a dataset is called; its own reference where the store does not have it."""
    names = {row.dataset: row.name for row in ask(choices.datasets)}
    return lambda dataset: names.get(dataset) or dataset


def of_organisations(rows: Sequence[Submission]) -> Callable[[str], str]:
    """What the organisations of some submissions are called."""
    codes = tuple(sorted({row.organisation for row in rows}))
    names = {row.organisation: row.name for row in ask(organisations.names, organisations=codes)}
    return lambda organisation: names.get(organisation) or organisation
