"""What can be asked for: query parameters, validated and documented by the same classes."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from performance_store.queries.narrow import Narrow

Kind = Literal["platform", "odp-reports", "registers", "sample"]
Denominator = Literal["programme", "statutory", "any", "all-lpas"]
Values = Annotated[tuple[str, ...], Field(max_length=100)]


class Parameters(BaseModel):
    """What every list takes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: int = Field(100, ge=1, le=1000, description="How many rows a page has.")
    cursor: str | None = Field(
        None,
        max_length=200,
        description="Where the page begins: `next` of the page before. Data that was loaded "
        "meanwhile ends it with a 409.",
    )
    format: Literal["json", "csv"] = Field(
        "json", description="CSV holds every row, without pages."
    )


class AtDate(Parameters):
    """A question about one snapshot."""

    as_at: date | None = Field(
        None,
        description="The date of the snapshot; the newest by default.",
        examples=["2026-11-24"],
    )
    kind: Kind | None = Field(
        None, description="Where the figures come from; the richest of a date by default."
    )


class Cells(AtDate):
    """Rows of organisations and datasets."""

    organisation: str | None = Field(None, max_length=200, description="Only this CURIE.")
    dataset: str | None = Field(None, max_length=200, description="Only this dataset.")


class IssueRows(Parameters):
    """Individual issues of one type, of the newest snapshot."""

    issue_type: str = Field(max_length=200, description="The type of issue.",
                            examples=["invalid date"])  # fmt: skip
    field: str | None = Field(None, max_length=200, description="The field; none: without one.")
    q: str = Field("", max_length=100, description="Letters of the value, or a line number.")


class Narrowed(AtDate):
    """A set of provisions, narrowed: values of a field are alternatives, fields add up."""

    denominator: Denominator = Field("programme", description="Which provisions are counted.")
    region: Values = Field((), description="ONS codes of regions; may be repeated.")
    cohort: Values = Field((), description="Cohorts of the programme; may be repeated.")
    project: Values = Field((), description="Projects; may be repeated.")
    dataset: Values = Field((), description="Datasets; may be repeated.")
    typology: Values = Field((), description="Kinds of dataset; may be repeated.")
    reason: Values = Field((), description="Provision reasons; may be repeated.")
    type: Values = Field((), description="Kinds of organisation; may be repeated.")
    status: Values = Field((), description="Statuses; may be repeated.")
    severity: Values = Field((), description="Has an open issue of it; may be repeated.")
    responsibility: Values = Field((), description="Has an open issue of it; may be repeated.")

    def narrow(self) -> Narrow:
        """The filters as queries take them."""
        return Narrow(
            **{name: tuple(sorted(getattr(self, name))) for name in Narrow.__dataclass_fields__}
        )


class Dimension(Narrowed):
    """n of N in a set, by one dimension or all."""

    dimension: Literal["all", "dataset", "region", "cohort"] | None = Field(
        None, description="Only these rows: all together, or by dataset, region or cohort."
    )


class Events(Narrowed):
    """Events of a period."""

    since: date | None = Field(
        None,
        description="After this date; by default the snapshot before.",
        examples=["2026-11-17"],
    )


class Lines(Narrowed):
    """Lines through time, up to the snapshot."""

    by: Literal["dataset", "region", "cohort"] = Field("dataset", description="A line for each.")
    basis: Literal["expected", "basket"] = Field(
        "expected", description="As expected at the time, or the same provisions throughout."
    )
