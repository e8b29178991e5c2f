"""What can be asked for: query parameters, validated and documented by the same classes."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from performance_store.definitions.vocabulary import (
    Denominator,
    Kind,
    Responsibility,
    Severity,
    Status,
    TaskKind,
    Urgency,
)
from performance_store.queries.filters import Narrow

# What no database can hold is no text here.
TEXT = r"^[^\x00]*$"
Text = Annotated[str, Field(max_length=200, pattern=TEXT)]
MOST_OF_COUNTRY = 200_000
"""Rows on a page of a list about the country: five years of nights with a hundred lines."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _as_written(value: Any) -> Any:
    """The text of a date. Raises ValueError for a number, which would count as seconds of 1970."""
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise ValueError("write it as 2026-08-14")
    return value


Day = Annotated[date, BeforeValidator(_as_written)]
Values = Annotated[tuple[Text, ...], Field(max_length=100)]
Statuses = Annotated[tuple[Status, ...], Field(max_length=100)]
Severities = Annotated[tuple[Severity, ...], Field(max_length=100)]
Responsibilities = Annotated[tuple[Responsibility, ...], Field(max_length=100)]


class Form(BaseModel):
    """What everything takes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["json", "csv"] | None = Field(
        None,
        description="CSV holds every row, without pages. By default what `Accept` prefers of "
        "the two, and JSON where it prefers neither.",
        examples=["json"],
    )


class Parameters(Form):
    """What every list takes."""

    limit: int = Field(100, ge=1, le=1000, description="How many rows a page has.", examples=[2])
    cursor: str | None = Field(
        None,
        max_length=200,
        pattern=r"^[0-9a-z]+\.[0-9]{1,9}$",
        description="Where the page begins: `next` of the page before. Data that was loaded "
        "meanwhile ends it with a 409.",
    )


class Dated(BaseModel):
    """A question about one snapshot."""

    as_at: Day | None = Field(
        None,
        description="The date of the snapshot; the newest by default.",
        examples=["2026-08-14"],
    )
    kind: Kind | None = Field(
        None,
        description="Where the figures come from; the richest of a date by default.",
        examples=["sample"],
    )


class OneAtDate(Dated, Form):
    """A question about one thing in one snapshot."""


class AtDate(Dated, Parameters):
    """A list of one snapshot."""


class Cells(AtDate):
    """Rows of organisations and datasets."""

    organisation: Text | None = Field(
        None, description="Only this CURIE.", examples=["local-authority:XROW"]
    )
    dataset: Text | None = Field(
        None, description="Only this dataset.", examples=["tree-preservation-zone"]
    )


class IssueRows(Parameters):
    """Individual issues of one type, of the newest snapshot."""

    issue_type: Text = Field(description="The type of issue.", examples=["missing value"])
    field: Text | None = Field(
        None,
        description="The field; none: issues that are in no field.",
        examples=["tree-preservation-order"],
    )
    q: str = Field(
        "",
        max_length=100,
        pattern=TEXT,
        description="Letters of the value, or a line number.",
        examples=["1"],
    )


class Narrowed(AtDate):
    """A set of provisions, narrowed: values of a field are alternatives, fields add up."""

    # What a figure shows is one page: through time that is a row a date and line.
    limit: int = Field(
        100, ge=1, le=MOST_OF_COUNTRY, description="How many rows a page has.", examples=[2]
    )

    denominator: Denominator = Field(
        "programme",
        description="Which provisions are counted. `to-provide` are statutory and expected ones, "
        "as on an organisation’s page. `all-lpas` can be narrowed by region, dataset and typology "
        "alone.",
        examples=["any"],
    )
    region: Values = Field(
        (),
        description="ONS codes of regions; may be repeated.",
        examples=[["E12000001"]],
    )
    cohort: Values = Field(
        (),
        description="Cohorts of the programme; may be repeated.",
        examples=[["improvement-round-1"]],
    )
    project: Values = Field(
        (),
        description="Projects; may be repeated.",
        examples=[["open-digital-planning"]],
    )
    dataset: Values = Field((), description="Datasets; may be repeated.", examples=[["tree"]])
    typology: Values = Field(
        (),
        description="Kinds of dataset; may be repeated.",
        examples=[["geography"]],
    )
    reason: Values = Field(
        (),
        description="Obligations (provision reasons); may be repeated.",
        examples=[["statutory"]],
    )
    type: Values = Field(
        (),
        description="Kinds of organisation; may be repeated.",
        examples=[["non-metropolitan-district"]],
    )
    status: Statuses = Field((), description="Statuses; may be repeated.", examples=[["live"]])
    severity: Severities = Field(
        (),
        description="Has an open issue of it; may be repeated.",
        examples=[["error"]],
    )
    responsibility: Responsibilities = Field(
        (),
        description="Has an open issue of it; may be repeated.",
        examples=[["external"]],
    )

    def narrow(self) -> Narrow:
        """The filters as queries take them."""
        return Narrow(
            **{name: tuple(sorted(getattr(self, name))) for name in Narrow.__dataclass_fields__}
        )


class Dimension(Narrowed):
    """n of N in a set, by one dimension or all."""

    dimension: Literal["all", "dataset", "region", "cohort"] | None = Field(
        None,
        description="Only these rows: all together, or by dataset, region or cohort.",
        examples=["all"],
    )


class Events(Narrowed):
    """Events of a period."""

    since: Day | None = Field(
        None,
        description="After this date; by default the snapshot before.",
        examples=["2026-08-07"],
    )


class Lines(Narrowed):
    """Lines through time, up to the snapshot."""

    by: Literal["dataset", "region", "cohort"] = Field(
        "dataset",
        description="A line for each. `all-lpas` has lines by dataset, and by region where it is "
        "not narrowed.",
        examples=["region"],
    )
    basis: Literal["expected", "basket"] = Field(
        "expected",
        description="As expected at the time, or the same provisions throughout (not for "
        "`all-lpas`).",
        examples=["basket"],
    )


class Tasks(Narrowed):
    """Tasks, open or closed."""

    # Parameters are frozen: a wider type does no harm.
    denominator: Denominator | None = Field(  # type: ignore[assignment]
        None,
        description="Only tasks of these provisions; by default of all, also of those that no "
        "snapshot asks for any more. `all-lpas` can be narrowed by region, dataset and typology "
        "alone.",
        examples=["any"],
    )
    organisation: Text | None = Field(
        None, description="Only of this CURIE.", examples=["local-authority:XROW"]
    )
    task_kind: TaskKind | None = Field(
        None, description="Only tasks of this sort.", examples=["fix"]
    )
    urgency: Urgency | None = Field(
        None, description="Only tasks of this group.", examples=["should"]
    )
    state: Literal["open", "closed"] | None = Field(
        None,
        description="Open on the date of the snapshot, or closed by then. By default open, and "
        "closed where `closed_after` is given.",
        examples=["open"],
    )
    closed_after: Day | None = Field(
        None,
        description="Only closed ones, and of them those that were closed after this date; none "
        "with `state=open`.",
        examples=["2026-07-31"],
    )
