"""What each dataset's specification asks of each of its fields: facts, as data.

This is the one list that conformance is measured against, whatever a snapshot is made of: what a
provider can supply, so without what the pipeline adds itself (entity, organisation, prefix and, but
for trees, point). Of the register's list only these fields count; of datasets that are not here,
all that the pipeline does not add.

Taken from the platform's published specifications (``specification-field``, ``schema-field`` and
``dataset-field`` give fields, levels, lists and references), from the columns that the Check
service insists on, and from the values that the pipeline insists on. The three do not agree with
each other; all are kept, and ``Requirement.level`` is the strictest.

One word a field::

    name[:letters][[]][>dataset][/other]

    C  the check insists on the column     V  the pipeline insists on a value
    M  must    S  should    A  may    I  if it applies (as published; none: no level is published)
    []  several values may be given        >  names a record of that dataset
    /  that field will do in its place     ~  the three dates that every record has
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

Level = Literal["required", "should", "if_applies", "optional"]


@dataclass(frozen=True, slots=True)
class Requirement:
    """What is asked of one field.

    ``column``: data without this column is not accepted. ``value``: a blank is an issue.
    ``published``: must, should, may or if_applies, None where no level is published. ``several``:
    it is a list. ``refers_to``: the dataset whose records it names. ``instead``: a field that will
    do in its place. ``also``: names that the platform's pipeline gives to the same thing.
    """

    field: str
    column: bool = False
    value: bool = False
    published: str | None = None
    several: bool = False
    refers_to: str | None = None
    instead: str | None = None
    also: tuple[str, ...] = ()

    @property
    def level(self) -> Level:
        """How much it is asked for, by whoever asks most."""
        if self.column or self.value or self.published == "must":
            return "required"
        if self.published in ("should", "if_applies"):
            return "should" if self.published == "should" else "if_applies"
        return "optional"


_PLAN = (
    "reference:CVM name:CVM dataset:V>dataset description:CVM period-start-date:CVM "
    "period-end-date:CM {} documentation-url:CVM document-url:CM {} entry-date:CVM notes:A"
)
_AUTHORITIES = "local-planning-authorities:CVI[]"
_MINERALS = "minerals-and-waste-planning-authorities:CVI[]", "document-count:CVI"

_FIELDS = {
    "article-4-direction": "reference:CV name:CV description documentation-url:CV document-url:CV "
    "notes ~",
    "article-4-direction-area": "reference:CV name:CV article-4-direction:V>article-4-direction "
    "permitted-development-rights:CV[]>permitted-development-right uprns[] address-texts[] "
    "geometry:CV notes ~",
    "brownfield-land": "OrganisationURI:CVS SiteReference:CVM SiteNameAddress:CVM GeoX:CVM "
    "GeoY:CVM SiteplanURL:M Hectares:M OwnershipStatus:M PlanningStatus:M PermissionType:S "
    "PermissionDate:S PlanningHistory:S[] Deliverable:M NetDwellingsRangeFrom:M "
    "NetDwellingsRangeTo:M HazardousSubstances:S Notes:A FirstAddedDate:M LastUpdatedDate:M "
    "EndDate:A",
    "conservation-area": "reference:CV name:CV designation-date document-url documentation-url "
    "geometry:CV notes ~",
    "conservation-area-document": "reference:CV conservation-area:CV>conservation-area name:CV "
    "documentation-url:CV document-url:CV document-type:CV>conservation-area-document-type "
    "notes ~",
    # As the programme counts it since March 2025. Its specification has gained two since then,
    # which nobody has to have: description and uprns.
    "listed-building-outline": "reference:CV name:CV listed-building:CV>listed-building "
    "geometry:CV notes ~",
    "tree-preservation-order": "reference:CV name documentation-url:CV document-url:CV made-date "
    "confirmed-date notes ~",
    "tree-preservation-zone": "reference:CV name tree-preservation-order:V>tree-preservation-order "
    "tree-preservation-zone-type>tree-preservation-zone-type geometry:CV notes ~",
    "tree": "reference:CV name tree-preservation-order:V>tree-preservation-order uprn>uprn "
    "address-text point:CV/geometry geometry:CV/point notes felled-date ~",
    "infrastructure-funding-statement": "reference:CV name document-url documentation-url "
    "period-start-date period-end-date notes ~",
    "developer-agreement": "reference:CV name developer-agreement-type>developer-agreement-type "
    "planning-application>planning-application document-url notes ~",
    "developer-agreement-contribution": "reference:CV developer-agreement>developer-agreement "
    "contribution-purpose>contribution-purpose amount units notes ~",
    "developer-agreement-transaction": "reference:CV "
    "developer-agreement-contribution>developer-agreement-contribution "
    "contribution-funding-status>contribution-funding-status amount units notes ~",
    "plan-timetable": "reference:CVM plan:CVM>plan plan-event:CVM>plan-event event-date:CVM "
    "actual-date:I entry-date:CVM notes:A",
    "local-plan": _PLAN.format(_AUTHORITIES, "required-housing:CI"),
    "minerals-plan": _PLAN.format(*_MINERALS),
    "waste-plan": _PLAN.format(*_MINERALS),
    "supplementary-plan": _PLAN.format(_AUTHORITIES, ""),
}

# The brownfield standard has names of its own, which the pipeline turns into the platform's.
_ALSO = {
    "OrganisationURI": ("organisation",),
    "SiteReference": ("reference", "site"),
    "SiteNameAddress": ("site-address", "name"),
    "GeoX": ("longitude", "point", "geometry"),
    "GeoY": ("latitude", "point", "geometry"),
    "SiteplanURL": ("site-plan-url",),
    "Hectares": ("hectares",),
    "OwnershipStatus": ("ownership-status",),
    "PlanningStatus": ("planning-permission-status",),
    "PermissionType": ("planning-permission-type",),
    "PermissionDate": ("planning-permission-date",),
    "PlanningHistory": ("planning-permission-history",),
    "Deliverable": ("deliverable",),
    "NetDwellingsRangeFrom": ("minimum-net-dwellings", "MinNetDwellings"),
    "NetDwellingsRangeTo": ("maximum-net-dwellings",),
    "HazardousSubstances": ("hazardous-substances",),
    "Notes": ("notes",),
    "FirstAddedDate": ("start-date",),
    "LastUpdatedDate": ("entry-date",),
    "EndDate": ("end-date",),
}
_DATES = "entry-date start-date end-date"
_PUBLISHED = {"M": "must", "S": "should", "A": "may", "I": "if_applies"}
_WORD = re.compile(
    r"(?P<field>[\w-]+)(:(?P<letters>[CVMSAI]+))?(?P<several>\[\])?"
    r"(>(?P<refers_to>[\w-]+))?(/(?P<instead>[\w-]+))?"
)


@cache
def requirements(dataset: str) -> tuple[Requirement, ...]:
    """What is asked of each field of a dataset, in the order of its specification.

    Empty where we know of no levels.
    """
    words = _FIELDS.get(dataset, "").replace("~", _DATES).split()
    return tuple(_read(word) for word in words)


def names_of_fields() -> Iterator[tuple[str, str, str]]:
    """Each dataset, field and name that stands for the field in the platform's data, in any order:
    the field's own, and those that the pipeline gives to the same thing."""
    for dataset in _FIELDS:
        for item in requirements(dataset):
            for name in (item.field, *item.also):
                yield dataset, item.field, name


def required_fields() -> Iterator[tuple[str, str, int, bool, list[str], str | None]]:
    """Each dataset and required field with its place in the list, whether data without it are not
    accepted, the fields that will do (itself among them), and the other one of these."""
    for dataset in _FIELDS:
        for place, item in enumerate(requirements(dataset)):
            if item.level == "required":
                names = [item.field, *([item.instead] if item.instead else [])]
                yield dataset, item.field, place, item.column, names, item.instead


def _read(word: str) -> Requirement:
    match = _WORD.fullmatch(word)
    if match is None:
        raise ValueError(f"not a requirement: {word}")
    letters = match["letters"] or ""
    return Requirement(
        field=match["field"],
        column="C" in letters,
        value="V" in letters,
        published=next((_PUBLISHED[letter] for letter in letters if letter in _PUBLISHED), None),
        several=match["several"] is not None,
        refers_to=match["refers_to"],
        instead=match["instead"],
        also=_ALSO.get(match["field"], ()),
    )
