"""Checks of files before they are published: how many there were, and what they found most."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dash.development.base_component import Component

from dashboard.components.design import tables
from dashboard.components.words import formatting
from dashboard.components.words.issue_words import issue_words
from providers.checks.counts import DatasetCount, FindingCount

Name = Callable[[str], str]


def by_dataset(rows: Sequence[DatasetCount], name: Name) -> Component:
    """A row for each dataset: checks that ended, and those after which nothing had to be fixed."""
    return tables.table(
        "Checks by dataset",
        [
            tables.Column("Dataset"),
            tables.Column("Checks", numeric=True),
            tables.Column("With nothing that must be fixed", numeric=True),
        ],
        [
            [name(row.dataset), formatting.number(row.checks), formatting.number(row.clean)]
            for row in rows
        ],
        caption_hidden=True,
    )


def findings(rows: Sequence[FindingCount], name: Name) -> Component:
    """A row for what a rule found in a field of a dataset, in most checks first."""
    return tables.table(
        "What checks found most often",
        [
            tables.Column("What"),
            tables.Column("Field"),
            tables.Column("Dataset"),
            tables.Column("Checks", numeric=True),
            tables.Column("Rows", numeric=True),
        ],
        [
            [
                issue_words(row.rule).title,
                row.field,
                name(row.dataset),
                formatting.number(row.checks),
                formatting.number(row.rows),
            ]
            for row in rows
        ],
        caption_hidden=True,
    )
