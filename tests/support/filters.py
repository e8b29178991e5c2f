"""Filters by chance, and an independent count by pandas of what they leave."""

from __future__ import annotations

import pandas as pd
from hypothesis import strategies as st

from performance_store.definitions.vocabulary import RESPONSIBILITIES, SEVERITIES
from performance_store.queries.filters import Narrow

VALUES = {
    "region": st.sampled_from(("E12000001", "E12000005", "E12000007", "E12000009", "none")),
    "cohort": st.sampled_from(("innovation-round-1", "none", "no-such-cohort")),
    "dataset": st.sampled_from(("tree", "conservation-area", "brownfield-land", "nothing")),
    "typology": st.sampled_from(("geography", "document", "legal-instrument")),
    "reason": st.sampled_from(("statutory", "expected", "encouraged", "prospective")),
    "status": st.sampled_from(("live", "needs_improving", "error", "not_submitted")),
    "severity": st.sampled_from(SEVERITIES),
    "responsibility": st.sampled_from(RESPONSIBILITIES),
}


@st.composite
def narrows(draw: st.DrawFn) -> Narrow:
    """Any filters: up to two fields, most often, with one or more values each."""
    names = draw(st.sets(st.sampled_from(sorted(VALUES)), min_size=1, max_size=3))
    values = {
        name: tuple(sorted(draw(st.sets(VALUES[name], min_size=1, max_size=3)))) for name in names
    }
    return Narrow(**values)


def fitting(cells: pd.DataFrame, narrow: Narrow, denominator: str) -> pd.DataFrame:
    """The rows that filters ask for, by pandas."""
    rows = cells[cells[f"in_{denominator}"]]
    columns_of = {"reason": "provision_reason"}
    for field in ("region", "cohort", "dataset", "typology", "reason", "status"):
        values = getattr(narrow, field)
        if values:
            rows = rows[rows[columns_of.get(field, field)].fillna("none").isin(values)]
    if narrow.severity or narrow.responsibility:
        columns = [
            f"{severity}_{responsibility}"
            for severity in narrow.severity or SEVERITIES
            for responsibility in narrow.responsibility or RESPONSIBILITIES
        ]
        rows = rows[rows[columns].fillna(0).sum(axis=1) > 0]
    return rows
