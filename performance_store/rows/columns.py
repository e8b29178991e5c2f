"""What columns mean that several rows have. A column of one row alone says so at its field."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, get_args, get_type_hints

OrganisationReference = Annotated[
    str,
    "Reference (CURIE) of the organisation, such as local-authority:LBH.",
]
DatasetReference = Annotated[str, "Reference of the dataset."]
StatusReasons = Annotated[
    tuple[str, ...],
    "Why the status is what it is. With endpoint_not_processed, an address is registered that the "
    "platform does not process.",
]
FreshnessBand = Annotated[
    str,
    "Age of the newest content of any active endpoint: fresh (182 days or less), ageing, stale "
    "(more than a year) or unknown.",
]
AsAt = Annotated[date, "The date of the snapshot: what was known on that day."]
FirstAsAt = Annotated[date, "The first snapshot that says so."]
LastAsAt = Annotated[date, "The last snapshot in a row that says so."]
SnapshotsInARow = Annotated[int, "How many snapshots in a row say so."]
Name = Annotated[str, "Its name."]
OrganisationName = Annotated[str, "Name of the organisation."]
CohortReference = Annotated[str, "Reference of the programme’s cohort it is in."]
ContentChangedOn = Annotated[
    date,
    "The day on which the content last changed; of several active endpoints the newest.",
]
Status = Annotated[
    str,
    "One of live, needs_improving, error, processing, not_submitted and unknown.",
]
RegionCode = Annotated[str, "ONS code of the region; `none` where none is assigned."]
DatasetName = Annotated[str, "Name of the dataset."]
DatasetOrAll = Annotated[str, "Reference of the dataset; blank: all of them together."]
DatasetNameOrAll = Annotated[str, "Name of the dataset; blank: all of them together."]
SnapshotKind = Annotated[
    str,
    "Where the figures come from: platform, odp-reports, registers or sample.",
]
ProblemsToFix = Annotated[
    int,
    "Problems of severity critical or error that the organisation has to fix. A row with two "
    "problems counts twice.",
]
RowsToFix = Annotated[
    int,
    "Rows with a problem of severity critical or error that the organisation has to fix. A row "
    "counts once, however many problems it has. Blank where only problems are known.",
]
PlatformProblems = Annotated[
    int,
    "Problems of severity critical or error that the platform’s team is dealing with. The "
    "organisation has nothing to do.",
]
RegionName = Annotated[str, "Name of the region."]
RowsWithIssue = Annotated[
    int,
    "Rows that have the issue, each counted once. Blank where only problems are known.",
]
ProblemsOfIssue = Annotated[int, "How often the issue occurs; a row can have it more than once."]
AccessBand = Annotated[
    str,
    "Whether the data can be collected: ok, failing (less than 5 days), broken (5 days or more), "
    "long_broken (more than 30 days) or never. Of the best active endpoint.",
]
ProvidedUnknown = Annotated[int, "Provided provisions for which this is not known."]
ProvidedInAll = Annotated[int, "Provided provisions in all."]
Collection = Annotated[str, "Collection of the platform that the dataset is in."]
CohortName = Annotated[str, "Name of the cohort."]
ProvisionsOfRow = Annotated[int, "Provisions (an organisation’s dataset each) that the row counts."]
OfLastGood = Annotated[
    bool,
    "Whether the issues are those of the last good file, because the endpoint fails now.",
]
IsLpa = Annotated[bool, "Whether it is a local planning authority."]
ProjectReference = Annotated[str, "Reference of the project it takes part in."]
ProjectName = Annotated[str, "Name of the project."]
ActiveEndpoints = Annotated[int, "Active endpoints."]
FailingEndpoints = Annotated[int, "Active endpoints that failed when last tried."]
Problems = Annotated[
    int,
    "Problems of severity critical, error, warning or notice, whoever has to fix them. A row with "
    "two problems counts twice.",
]
FieldsOfSpecification = Annotated[int, "Fields of the specification."]
FieldsMatched = Annotated[
    int,
    "Fields of the specification that are supplied under the standard column name.",
]
FieldsSupplied = Annotated[int, "Fields of the specification that are supplied."]
Label = Annotated[str, "Name of what the counts are of."]
Expected = Annotated[
    int,
    "Provisions (an organisation’s dataset each) in the set: what the counts are of.",
]
WithEndpoint = Annotated[
    int,
    "Provisions (an organisation’s dataset each) with an active endpoint: those that are provided.",
]
Reachable = Annotated[
    int,
    "Provisions (an organisation’s dataset each) provided, that could be collected in the 5 days "
    "before.",
]
Collected = Annotated[
    int,
    "Provisions (an organisation’s dataset each) reachable, whose newest attempt worked and "
    "whose file is current.",
]
ErrorFree = Annotated[
    int,
    "Provisions (an organisation’s dataset each) collected, without errors that the organisation "
    "has to fix.",
]
Fresh = Annotated[
    int,
    "Provisions (an organisation’s dataset each) whose content changed in the 182 days before.",
]
Organisations = Annotated[int, "Organisations in the set."]
OrganisationsSome = Annotated[
    int,
    "Organisations that provide something of what is expected of them.",
]
OrganisationsAll = Annotated[int, "Organisations that provide everything expected of them."]
StatusByRule = Annotated[
    bool,
    "Whether the status is another than at the comparison only because a rule changed.",
]
Description = Annotated[str, "What it is, in a sentence or two."]
Typology = Annotated[str, "Kind of dataset."]
IssueType = Annotated[str, "Type of issue, by the platform’s name."]
IssueTypeName = Annotated[str, "Name of the type of issue."]
Severity = Annotated[str, "How bad it is: critical, error, warning, notice or info."]
Responsibility = Annotated[
    str,
    "Who has to fix it: external (the organisation) or internal (the platform).",
]
OrganisationType = Annotated[str, "Kind of organisation."]
LocalAuthorityType = Annotated[str, "Type of local authority."]
AreaCode = Annotated[str, "ONS code of its area."]
EndDate = Annotated[date, "The day on which it ended."]
Successor = Annotated[str, "Reference of the organisation that came after it."]
SuccessorName = Annotated[str, "Name of the organisation that came after it."]
FormerNames = Annotated[tuple[str, ...], "Names it had before."]
ProvisionReason = Annotated[
    str,
    "Why it is expected: statutory, expected, encouraged, prospective …",
]


def meaning(row: type[Any], column: str) -> str:
    """What a column of a row means, as its field says; blank for one that nobody has described."""
    hint = get_type_hints(row, include_extras=True)[column]
    for part in (hint, *get_args(hint)):
        for note in getattr(part, "__metadata__", ()):
            return str(note)
    return ""
