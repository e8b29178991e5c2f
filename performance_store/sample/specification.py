"""What the sample's 20 datasets are: names, fields, obligations and how much of each is provided.

The datasets and their fields are those of the published specifications, so that pages written for
real data have real fields to show. Shares and volumes are the measured ones of 2025 and 2026.
"""

from __future__ import annotations

from dataclasses import dataclass

COMMON_DATES = ("entry-date", "start-date", "end-date")
ADDED_BY_PIPELINE = ("entity", "organisation", "prefix")
"""Fields which the pipeline adds itself; ``point`` too, except for trees."""


@dataclass(frozen=True, slots=True)
class DatasetSpec:
    """One dataset: how it is named, what it holds, and the volumes seen in the wild.

    ``entries`` are the 10th percentile, median, 90th percentile and maximum of records an authority
    provides. ``supplied`` are the same percentiles of the share of its fields that are supplied.
    """

    dataset: str
    name: str
    plural: str
    collection: str
    typology: str
    description: str
    fields: tuple[str, ...]
    required: tuple[str, ...]
    entries: tuple[int, int, int, int]
    supplied: tuple[float, float, float] = (0.7, 0.95, 1.0)

    @property
    def supply_fields(self) -> tuple[str, ...]:
        """The fields a provider may supply, which conformance is measured against."""
        if self.dataset == "tree":
            return self.fields
        return tuple(field for field in self.fields if field != "point")

    @property
    def all_fields(self) -> tuple[str, ...]:
        """All fields of the dataset, those added by the pipeline included."""
        return self.fields + ADDED_BY_PIPELINE

    @property
    def geometry(self) -> str | None:
        """The field that holds the shape, if the dataset has one."""
        return next((f for f in ("geometry", "point", "GeoX") if f in self.fields), None)


def _spec(
    dataset: str,
    collection: str,
    typology: str,
    description: str,
    fields: str,
    entries: tuple[int, int, int, int],
    supplied: tuple[float, float, float] = (0.7, 0.95, 1.0),
    plural: str | None = None,
) -> DatasetSpec:
    """Read one dataset from its field list: required fields are marked with ``*``, ``~`` stands for
    the three dates that every record has."""
    words: list[str] = []
    for word in fields.split():
        words.extend(COMMON_DATES if word == "~" else (word,))
    name = dataset.replace("-", " ").capitalize()
    return DatasetSpec(
        dataset=dataset,
        name=name,
        plural=plural or f"{name}s",
        collection=collection,
        typology=typology,
        description=description,
        fields=tuple(word.rstrip("*") for word in words),
        required=tuple(word[:-1] for word in words if word.endswith("*")),
        entries=entries,
        supplied=supplied,
    )


_PLAN = (
    "reference* name* dataset* description* period-start-date* period-end-date "
    "{authorities} documentation-url* document-url {extra} entry-date* notes"
)
_PLAN_ENTRIES = (1, 2, 4, 9)

DATASETS: tuple[DatasetSpec, ...] = (
    _spec(
        "article-4-direction",
        "article-4-direction",
        "legal-instrument",
        "Orders that take away permitted development rights in part of an area.",
        "reference* name* description documentation-url* document-url* notes ~",
        (3, 14, 84, 480),
        (0.89, 1.0, 1.0),
    ),
    _spec(
        "article-4-direction-area",
        "article-4-direction",
        "geography",
        "The land that an article 4 direction covers.",
        "reference* name* article-4-direction* permitted-development-rights* uprns address-texts "
        "geometry* point notes ~",
        (3, 18, 113, 1614),
        (0.45, 0.82, 0.85),
    ),
    _spec(
        "brownfield-land",
        "brownfield-land",
        "geography",
        "Sites that were developed before and may suit new homes.",
        "OrganisationURI* SiteReference* SiteNameAddress* GeoX* GeoY* SiteplanURL Hectares "
        "OwnershipStatus PlanningStatus PermissionType PermissionDate PlanningHistory Deliverable "
        "NetDwellingsRangeFrom NetDwellingsRangeTo HazardousSubstances Notes FirstAddedDate "
        "LastUpdatedDate EndDate",
        (17, 76, 261, 1731),
        (0.6, 0.9, 1.0),
        plural="Brownfield land",
    ),
    _spec(
        "conservation-area",
        "conservation-area",
        "geography",
        "Areas whose character or appearance is protected.",
        "reference* name* designation-date document-url documentation-url geometry* point notes ~",
        (10, 29, 92, 594),
        (0.3, 0.9, 1.0),
    ),
    _spec(
        "conservation-area-document",
        "conservation-area",
        "document",
        "Appraisals, management plans and maps of conservation areas.",
        "reference* conservation-area* name* documentation-url* document-url* document-type* "
        "notes ~",
        (8, 29, 111, 250),
        (0.89, 1.0, 1.0),
    ),
    _spec(
        "developer-agreement",
        "developer-contributions",
        "document",
        "Agreements in which a developer promises money or works.",
        "reference* name developer-agreement-type planning-application document-url notes ~",
        (7, 68, 394, 1756),
    ),
    _spec(
        "developer-agreement-contribution",
        "developer-contributions",
        "metric",
        "What a developer promised in an agreement.",
        "reference* developer-agreement contribution-purpose amount units notes ~",
        (24, 136, 1334, 7666),
    ),
    _spec(
        "developer-agreement-transaction",
        "developer-contributions",
        "metric",
        "Money received, allocated, spent or handed on.",
        "reference* developer-agreement-contribution contribution-funding-status amount units "
        "notes ~",
        (44, 201, 1372, 9000),
    ),
    _spec(
        "infrastructure-funding-statement",
        "infrastructure-funding-statement",
        "document",
        "Yearly statements of developer contributions.",
        "reference* name document-url documentation-url period-start-date period-end-date notes ~",
        (1, 3, 6, 10),
    ),
    _spec(
        "listed-building-outline",
        "listed-building",
        "geography",
        "Outlines of listed buildings as the authority draws them.",
        "reference* name* listed-building* geometry* description notes uprns ~",
        (206, 977, 2756, 9000),
        (0.5, 1.0, 1.0),
    ),
    _spec(
        "local-plan",
        "local-plan",
        "legal-instrument",
        "The authority's plan for development in its area.",
        _PLAN.format(authorities="local-planning-authorities*", extra="required-housing"),
        _PLAN_ENTRIES,
    ),
    _spec(
        "minerals-plan",
        "local-plan",
        "legal-instrument",
        "Where minerals may be dug, and how.",
        _PLAN.format(
            authorities="minerals-and-waste-planning-authorities*", extra="document-count*"
        ),
        _PLAN_ENTRIES,
    ),
    _spec(
        "plan-timetable",
        "local-plan",
        "timetable",
        "Past and coming milestones in making a plan.",
        "reference* plan* plan-event* event-date* actual-date entry-date* notes",
        (10, 15, 25, 41),
    ),
    _spec(
        "supplementary-plan",
        "local-plan",
        "legal-instrument",
        "Plans that add to a local plan for one place or theme.",
        _PLAN.format(authorities="local-planning-authorities*", extra=""),
        _PLAN_ENTRIES,
    ),
    _spec(
        "tree",
        "tree-preservation-order",
        "geography",
        "Single trees protected by an order.",
        "reference* name tree-preservation-order* uprn address-text point* geometry* notes "
        "felled-date ~",
        (1230, 2563, 6967, 11781),
        (0.33, 0.75, 0.92),
    ),
    _spec(
        "tree-preservation-order",
        "tree-preservation-order",
        "legal-instrument",
        "Orders that protect trees or woodland.",
        "reference* name documentation-url* document-url* made-date confirmed-date notes ~",
        (216, 722, 4114, 11000),
        (0.6, 1.0, 1.0),
    ),
    _spec(
        "tree-preservation-zone",
        "tree-preservation-order",
        "geography",
        "Areas, groups and woodlands that an order covers.",
        "reference* name tree-preservation-order* tree-preservation-zone-type geometry* point "
        "notes ~",
        (171, 661, 3145, 11002),
        (0.56, 0.89, 1.0),
    ),
    _spec(
        "waste-plan",
        "local-plan",
        "legal-instrument",
        "Where waste is handled, and how.",
        _PLAN.format(
            authorities="minerals-and-waste-planning-authorities*", extra="document-count*"
        ),
        _PLAN_ENTRIES,
    ),
    _spec(
        "listed-building",
        "listed-building",
        "geography",
        "The national list of buildings of special interest.",
        "reference* name* documentation-url geometry point notes listed-building-grade ~",
        (9000, 9000, 9000, 9000),
    ),
    _spec(
        "flood-risk-zone",
        "flood-risk-zone",
        "geography",
        "National zones by probability of flooding.",
        "reference* flood-risk-level flood-risk-type geometry* notes ~",
        (9500, 9500, 9500, 9500),
    ),
)

SPEC = {spec.dataset: spec for spec in DATASETS}

NATIONAL = ("listed-building", "flood-risk-zone")
PROGRAMME = (
    "conservation-area",
    "article-4-direction-area",
    "article-4-direction",
    "listed-building-outline",
    "conservation-area-document",
    "tree-preservation-zone",
    "tree",
    "tree-preservation-order",
)
"""The programme's eight datasets, in the order in which authorities tend to provide them."""

TREES = frozenset({"tree", "tree-preservation-zone", "tree-preservation-order"})
ARTICLE_4 = frozenset({"article-4-direction", "article-4-direction-area"})
AGREEMENTS = (
    "developer-agreement",
    "developer-agreement-contribution",
    "developer-agreement-transaction",
)

OTHER_SHARES = {
    "brownfield-land": 0.89,
    "developer-agreement": 0.15,
    "infrastructure-funding-statement": 0.03,
    "local-plan": 0.22,
    "plan-timetable": 0.27,
    "minerals-plan": 0.08,
    "waste-plan": 0.08,
    "supplementary-plan": 0.01,
}
"""Share of authorities that provide what is not part of the programme (minerals and waste: of those
who must)."""

PLAN_DATASETS = (
    "local-plan",
    "plan-timetable",
    "minerals-plan",
    "waste-plan",
    "supplementary-plan",
)

PROVISION_REASONS: tuple[tuple[str, str, str, str], ...] = (
    ("experimental", "Experimental", "A trial that may change or stop at any time.", "1"),
    ("alternative", "Alternative source", "Provided in place of the responsible body.", "2"),
    ("authoritative", "Authoritative source", "Provided by the body that answers for it.", "3"),
    ("prospective", "Prospective data", "May be provided while the standard is tried out.", "4"),
    ("expected", "Expected data", "Promised as a member of the programme.", "5"),
    ("encouraged", "Encouraged data", "There is a standard; following it is a choice.", "6"),
    ("statutory", "Statutory data", "The law says that it must be provided.", "7"),
)

COLUMN_ALIASES = {
    "reference": "ref_no",
    "name": "title",
    "geometry": "wkt_geom",
    "point": "location",
    "notes": "comments",
    "description": "details",
    "documentation-url": "web_page",
    "document-url": "link_to_file",
    "entry-date": "last_edited",
    "start-date": "date_from",
    "end-date": "date_to",
    "designation-date": "designated_on",
    "made-date": "date_made",
    "confirmed-date": "date_confirmed",
    "address-text": "full_address",
    "uprn": "property_number",
    "tree-preservation-order": "tpo_ref",
    "conservation-area": "ca_ref",
    "article-4-direction": "direction_ref",
    "GeoX": "easting_or_long",
    "GeoY": "northing_or_lat",
    "SiteReference": "site_id",
}
"""Names under which providers supply a field when they do not use its own."""
