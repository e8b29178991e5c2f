"""What each field holds, in which form, with an example. Names and places in them are invented."""

from __future__ import annotations

from dataclasses import dataclass

from performance_store.definitions.specifications import Requirement

LIST = "Several values are separated by semicolons."
_SITE = "https://www.council.example/planning"
_POLYGON = "MULTIPOLYGON(((-1.1602 52.9540,-1.1590 52.9540,-1.1590 52.9551,-1.1602 52.9540)))"
FORMS = {
    "text": "Text.",
    "reference": "Text that stays the same for ever. No two rows have the same.",
    "url": "A web address that begins with https:// or http://.",
    "date": "A date as year-month-day: YYYY-MM-DD.",
    "number": "A whole number, without commas or units.",
    "decimal": "A number with a point, without commas or units.",
    "money": "Pounds as a number, without a pound sign or commas.",
    "flag": "yes, or blank.",
    "polygon": "A polygon or multipolygon as WKT, in degrees (WGS84, EPSG:4326), longitude first.",
    "point": "A point as WKT, in degrees (WGS84, EPSG:4326), longitude first.",
    "longitude": "Degrees east as a decimal number (WGS84, EPSG:4326): in England from -7 to 2.",
    "latitude": "Degrees north as a decimal number (WGS84, EPSG:4326): in England from 49 to 56.",
    "organisations": "The references of authorities, as in the list of organisations.",
    "ownership": "One of: owned by a public authority, not owned by a public authority, mixed "
    "ownership, unknown ownership.",
    "planning-status": "One of: permissioned, not permissioned, pending decision.",
    "permission": "One of: full planning permission, outline planning permission, reserved matters "
    "approval, permission in principle, technical details consent, planning permission granted "
    "under an order, other.",
    "document-type": "One of: area-appraisal, area-map, design-guidance, designation-report, "
    "management-plan, notice.",
    "zone-type": "One of: area, group, woodland.",
    "rights": "Part and class of the General Permitted Development Order, as 3MA for part 3, "
    "class MA.",
    "agreement-type": "One of: section-106, section-278, community-infrastructure-levy.",
    "purpose": "One of 22 purposes, such as affordable-housing, education, green-infrastructure, "
    "health, highways, open-space or other.",
    "funding": "One of: secured, received, allocated, transferred, spent.",
    "event": "The name of a stage, in lower case with hyphens.",
    "dataset": "The name of the dataset itself.",
    "uprn": "The unique property reference number: up to 12 digits.",
    "list-entry": "The number in the National Heritage List for England: 7 digits.",
}

# Field: its form, what it holds, an example.
_FIELDS = {
    "reference": ("reference", "Your own reference for it.", "REF-0012"),
    "name": ("text", "The name that people know it by.", "Mill Lane"),
    "description": ("text", "What it is, in a sentence or two.", "All land within the ring road"),
    "documentation-url": (
        "url",
        "The page on your website that tells people about it.",
        f"{_SITE}/mill-lane",
    ),
    "document-url": ("url", "The document itself.", f"{_SITE}/mill-lane.pdf"),
    "notes": (
        "text",
        "Anything else that helps whoever uses the data.",
        "Redrawn from an old map",
    ),
    "entry-date": ("date", "The day on which this row was last changed.", "2026-05-14"),
    "start-date": ("date", "The day from which it applies.", "2019-03-04"),
    "end-date": ("date", "The day on which it ceased to apply; blank while it does.", "2025-11-30"),
    "geometry": ("polygon", "Its boundary.", _POLYGON),
    "point": ("point", "Where it stands.", "POINT(-1.1602 52.9540)"),
    "uprn": ("uprn", "The property that it stands on.", "100012345678"),
    "uprns": ("uprn", "The properties in it.", "100012345678;100012345679"),
    "address-text": ("text", "The address, as people write it.", "12 Mill Lane, Exton"),
    "address-texts": ("text", "The addresses in it.", "12 Mill Lane, Exton;14 Mill Lane, Exton"),
    # Article 4 directions
    "article-4-direction": ("text", "The reference of its direction.", "A4D-07"),
    "permitted-development-rights": ("rights", "The rights that are taken away.", "1A;3MA"),
    # Brownfield land
    "OrganisationURI": (
        "url",
        # The register's own form: it names, and is not to be opened.
        "What names your authority in the list of organisations on Planning Data: with http, not "
        "https.",
        "http://opendatacommunities.org/id/district-council/exton",
    ),
    "SiteReference": ("reference", "Your own reference for the site.", "BLR-031"),
    "SiteNameAddress": ("text", "The site’s name and address.", "Former dairy, Mill Lane, Exton"),
    "GeoX": ("longitude", "Where the site is, from west to east.", "-1.160200"),
    "GeoY": ("latitude", "Where the site is, from south to north.", "52.954000"),
    "SiteplanURL": ("url", "A plan that shows the site’s boundary.", f"{_SITE}/blr-031.pdf"),
    "Hectares": ("decimal", "The site’s area in hectares.", "0.25"),
    "OwnershipStatus": ("ownership", "Who owns the site.", "not owned by a public authority"),
    "PlanningStatus": ("planning-status", "Whether it may be built on.", "permissioned"),
    "PermissionType": ("permission", "The newest permission.", "outline planning permission"),
    "PermissionDate": ("date", "The day of the newest permission.", "2024-06-18"),
    "PlanningHistory": ("url", "Pages of its planning applications.", f"{_SITE}/app/24-00123"),
    "Deliverable": ("flag", "Whether homes can be expected on it within 5 years.", "yes"),
    "NetDwellingsRangeFrom": ("number", "The least number of homes that it can hold.", "8"),
    "NetDwellingsRangeTo": ("number", "The greatest number of homes that it can hold.", "12"),
    "HazardousSubstances": ("flag", "Whether it needs consent for hazardous substances.", "yes"),
    "Notes": ("text", "Anything else that helps whoever uses the data.", "Access from Mill Lane"),
    "FirstAddedDate": ("date", "The day on which the site came onto the register.", "2017-12-20"),
    "LastUpdatedDate": ("date", "The day on which the entry was last reviewed.", "2026-10-02"),
    "EndDate": ("date", "The day on which the site left the register.", "2026-03-31"),
    # Heritage
    "designation-date": ("date", "The day on which it was designated.", "1974-09-02"),
    "conservation-area": ("text", "The reference of its conservation area.", "CA-04"),
    "document-type": ("document-type", "What kind of document it is.", "area-appraisal"),
    "listed-building": ("list-entry", "The building’s entry in the national list.", "1234567"),
    # Trees
    "made-date": ("date", "The day on which the order was made.", "1998-02-11"),
    "confirmed-date": ("date", "The day on which the order was confirmed.", "1998-07-06"),
    "tree-preservation-order": ("text", "The reference of its order.", "TPO-1998-03"),
    "tree-preservation-zone-type": ("zone-type", "What kind of zone the order says.", "group"),
    "felled-date": ("date", "The day on which the tree was felled.", "2025-01-20"),
    # Money
    "developer-agreement-type": ("agreement-type", "What kind of agreement it is.", "section-106"),
    "planning-application": ("text", "The application’s reference.", "24/00123/FUL"),
    "developer-agreement": ("text", "The reference of its agreement.", "S106-2024-09"),
    "contribution-purpose": ("purpose", "What the contribution is for.", "education"),
    "amount": ("money", "How much money, where it is money.", "125000.00"),
    "units": ("number", "How many, where it is no money: homes, for example.", "6"),
    "developer-agreement-contribution": (
        "text",
        "The reference of its contribution.",
        "S106-2024-09-C2",
    ),
    "contribution-funding-status": ("funding", "What happened to it.", "received"),
    "period-start-date": ("date", "The first day that it is for.", "2025-04-01"),
    "period-end-date": ("date", "The last day that it is for.", "2026-03-31"),
    # Plans
    "plan": ("text", "The reference of the plan.", "local-plan-2043"),
    "plan-event": ("event", "Which stage of the plan it is.", "plan-adopted"),
    "event-date": ("date", "The day that is planned for it.", "2027-09-30"),
    "actual-date": ("date", "The day on which it came; blank until then.", "2027-10-14"),
    "dataset": ("dataset", "Which kind of plan the row is of.", "local-plan"),
    "local-planning-authorities": (
        "organisations",
        "The authorities that the plan is for, where they are several.",
        "local-authority:EXT;local-authority:WYE",
    ),
    "minerals-and-waste-planning-authorities": (
        "organisations",
        "The authorities that the plan is for, where they are several.",
        "local-authority:EXT;local-authority:WYE",
    ),
    "required-housing": ("number", "How many homes the plan has to provide for.", "9600"),
    "document-count": ("number", "How many documents the plan is made of.", "3"),
}

# Where a field of that name holds something of its own.
_EXAMPLES = {
    ("article-4-direction", "reference"): "A4D-07",
    ("article-4-direction", "name"): "Mill Lane offices",
    ("article-4-direction", "description"): "Offices may not become homes without permission",
    ("article-4-direction-area", "reference"): "A4D-07-1",
    ("conservation-area", "reference"): "CA-04",
    ("conservation-area-document", "reference"): "CA-04-APP-2019",
    ("conservation-area-document", "name"): "Mill Lane appraisal 2019",
    ("listed-building-outline", "reference"): "LBO-1234567",
    ("listed-building-outline", "name"): "The Old Dairy",
    ("tree-preservation-order", "reference"): "TPO-1998-03",
    ("tree-preservation-zone", "reference"): "TPO-1998-03-G1",
    ("tree-preservation-zone", "name"): "G1, limes along Mill Lane",
    ("tree", "reference"): "TPO-1998-03-T2",
    ("tree", "name"): "T2, oak",
    ("developer-agreement", "reference"): "S106-2024-09",
    ("developer-agreement-contribution", "reference"): "S106-2024-09-C2",
    ("developer-agreement-transaction", "reference"): "S106-2024-09-C2-1",
    ("infrastructure-funding-statement", "reference"): "IFS-2026",
    ("infrastructure-funding-statement", "name"): "Infrastructure funding statement 2025 to 2026",
    ("plan-timetable", "reference"): "local-plan-2043-adoption",
    ("local-plan", "reference"): "local-plan-2043",
    ("local-plan", "name"): "Exton local plan 2023 to 2043",
    ("local-plan", "period-start-date"): "2023-04-01",
    ("local-plan", "period-end-date"): "2043-03-31",
    ("minerals-plan", "reference"): "minerals-plan-2041",
    ("minerals-plan", "name"): "Exton minerals plan 2021 to 2041",
    ("minerals-plan", "dataset"): "minerals-plan",
    ("minerals-plan", "period-end-date"): "2041-03-31",
    ("waste-plan", "reference"): "waste-plan-2041",
    ("waste-plan", "name"): "Exton waste plan 2021 to 2041",
    ("waste-plan", "dataset"): "waste-plan",
    ("waste-plan", "period-end-date"): "2041-03-31",
    ("supplementary-plan", "reference"): "station-quarter",
    ("supplementary-plan", "name"): "Station quarter supplementary plan",
    ("supplementary-plan", "dataset"): "supplementary-plan",
}


@dataclass(frozen=True, slots=True)
class FieldGuide:
    """A field: what it holds, in which form, and an example."""

    meaning: str
    form: str
    example: str


def field_guide(dataset: str, requirement: Requirement) -> FieldGuide:
    """The words for a field of a dataset. Raises KeyError for a field that no guide has."""
    form, meaning, example = _FIELDS[requirement.field]
    sentences = [FORMS[form]]
    if requirement.refers_to and form == "text":
        sentences = [f"The reference of a row in the dataset {requirement.refers_to}."]
    if requirement.several:
        sentences.append(LIST)
    return FieldGuide(
        meaning, " ".join(sentences), _EXAMPLES.get((dataset, requirement.field), example)
    )
