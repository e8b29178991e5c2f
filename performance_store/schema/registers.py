"""Registers: what exists and who owes what. Any load enriches them, none deletes."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Computed,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from performance_store.schema.base import id_column, metadata
from performance_store.schema.intervals import by_date, span

region = Table(
    "region",
    metadata,
    Column("region", Text, primary_key=True, comment="ONS code E12..., or 'none': not assigned"),
    Column("name", Text, nullable=False),
    Column("slug", Text, nullable=False, unique=True),
)

organisation = Table(
    "organisation",
    metadata,
    id_column(),
    Column("organisation", Text, nullable=False, unique=True, comment="CURIE, -eng prefix removed"),
    Column("name", Text, comment="null when no source names it"),
    Column(
        "type", Text, nullable=False, comment="prefix of the CURIE: local-authority, company ..."
    ),
    Column("entity", BigInteger),
    Column("region", Text, ForeignKey("region.region"), nullable=False, server_default="none"),
    Column("local_authority_type", Text),
    Column("statistical_geography", Text, comment="ONS code, E06... to E09..."),
    Column("start_date", Date),
    Column("end_date", Date),
    Column("successor", Text, comment="CURIE of the organisation that took over"),
    Column("former_names", ARRAY(Text), nullable=False, server_default="{}"),
    Column("longitude", Float),
    Column("latitude", Float),
    Column("website", Text, comment="as a source gives it; null: none does"),
    Column("members", ARRAY(Text), nullable=False, server_default="{}", comment="of a group"),
    Column("listed_as_lpa", Boolean, nullable=False, server_default=text("false")),
    Column(
        "authority_rank",
        SmallInteger,
        nullable=False,
        server_default="0",
        comment="who said so: 3 organisations CSV, 2 platform, 1 report, 0 only a name in a row",
    ),
    Column(
        "search",
        Text,
        Computed(
            "lower(coalesce(name, '') || ' ' || organisation || ' ' || "
            "coalesce(statistical_geography, ''))",
            persisted=True,
        ),
    ),
    Index("ix_organisation_region", "region"),
)

organisation_boundary = Table(
    "organisation_boundary",
    metadata,
    Column("organisation_id", Integer, ForeignKey("organisation.id"), primary_key=True),
    Column("geojson", JSONB, nullable=False, comment="a GeoJSON geometry, WGS84"),
)

outline = Table(
    "outline",
    metadata,
    Column(
        "organisation_id",
        Integer,
        ForeignKey("organisation_boundary.organisation_id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column(
        "height",
        SmallInteger,
        nullable=False,
        comment="of its own drawing, in pixels; all are 1000 wide",
    ),
    Column("x_zero", Float, nullable=False, comment="pixels from the left at longitude 0"),
    Column("y_zero", Float, nullable=False, comment="pixels from the top at latitude 0"),
    Column("x_per_degree", Float, nullable=False, comment="pixels eastwards"),
    Column("y_per_degree", Float, nullable=False, comment="pixels northwards"),
    Column("path", Text, nullable=False, comment="of an SVG drawing, in whole pixels"),
    Column("tile", Text, comment="the path on the map of England; null: too small to be seen"),
    comment="Boundaries ready to draw (outlines.py)",
)

hexagon = Table(
    "hexagon",
    metadata,
    Column("organisation_id", Integer, ForeignKey("organisation.id"), primary_key=True),
    Column("across", SmallInteger, nullable=False, comment="from the west; odd rows half one on"),
    Column("down", SmallInteger, nullable=False, comment="from the north"),
    Column("longitude", Float, nullable=False, comment="what it was worked out from"),
    Column("latitude", Float, nullable=False),
    UniqueConstraint("across", "down"),
    comment="Where each authority stands on a map of equal hexagons (hexagons.py)",
)

role = Table(
    "role",
    metadata,
    Column("role", Text, primary_key=True),
    Column("name", Text),
    Column("description", Text),
)

role_organisation = Table(
    "role_organisation",
    metadata,
    Column("organisation_id", Integer, ForeignKey("organisation.id"), primary_key=True),
    Column("role", Text, primary_key=True),
    Column("start_date", Date),
    Column("end_date", Date),
)

dataset = Table(
    "dataset",
    metadata,
    id_column(),
    Column("dataset", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("plural", Text),
    Column("description", Text),
    Column("collection", Text),
    Column(
        "typology", Text, comment="geography, document, legal-instrument, metric, timetable ..."
    ),
    Column("end_date", Date, comment="first day on which it is a dataset no more; null: open"),
    Column("fresh_days", SmallInteger, nullable=False, server_default="182"),
    Column("ageing_days", SmallInteger, nullable=False, server_default="365"),
)

dataset_field = Table(
    "dataset_field",
    metadata,
    Column("dataset", Text, primary_key=True),
    Column("field", Text, primary_key=True),
    Column("expected", Boolean, nullable=False, comment="false: the pipeline adds it itself"),
)

provision_reason = Table(
    "provision_reason",
    metadata,
    Column("provision_reason", Text, primary_key=True),
    Column("name", Text),
    Column("description", Text),
    Column("priority", SmallInteger, nullable=False, server_default="0"),
)

issue_type = Table(
    "issue_type",
    metadata,
    id_column(),
    Column("issue_type", Text, nullable=False, unique=True),
    Column("name", Text),
    Column("description", Text),
    Column("severity", Text, nullable=False, server_default="unclassified"),
    Column("responsibility", Text, nullable=False, server_default="unclassified"),
    Column("quality_dimension", Text),
    Column("quality_criteria", Text),
    Column("quality_criteria_level", SmallInteger),
    Column(
        "listed", Boolean, nullable=False, server_default=text("false"), comment="in a register"
    ),
)

project = Table(
    "project",
    metadata,
    Column("project", Text, primary_key=True),
    Column("name", Text),
    Column("description", Text),
)

cohort = Table(
    "cohort",
    metadata,
    Column("cohort", Text, primary_key=True),
    Column("name", Text),
    Column("project", Text),
    Column("fund", Text),
    Column("intervention", Text),
    Column("start_date", Date),
    Column("end_date", Date),
)

cohort_alias = Table(
    "cohort_alias",
    metadata,
    Column("alias", Text, primary_key=True, comment="name used by the weekly reports"),
    Column("cohort", Text, nullable=False, comment="name in the register"),
)

provision_interval = Table(
    "provision_interval",
    metadata,
    *span(
        Column("organisation_id", Integer, primary_key=True),
        Column("dataset_id", Integer, primary_key=True),
        Column("content_key", UUID, primary_key=True, comment="md5 of all columns from here on"),
    ),
    Column("provision_reason", Text, nullable=False, server_default=""),
    Column("project", Text),
    Column("cohort", Text),
    Column("role", Text),
    Column("specification", Text),
    Column("start_date", Date, comment="start date, else entry date; null: always"),
    Column("end_date", Date, comment="first day on which it is not valid; null: open"),
    by_date("provision_interval"),
    comment="The list of provisions, as intervals over the snapshots that were made of it, read "
    "through the view provision",
)

endpoint = Table(
    "endpoint",
    metadata,
    id_column(),
    Column("endpoint", Text, nullable=False, unique=True, comment="sha256 of the URL"),
    Column("endpoint_url", Text),
    Column("plugin", Text),
    Column("entry_date", Date),
    Column("end_date", Date),
)

endpoint_use = Table(
    "endpoint_use",
    metadata,
    Column("organisation_id", Integer, ForeignKey("organisation.id"), primary_key=True),
    Column("dataset_id", Integer, ForeignKey("dataset.id"), primary_key=True),
    Column("endpoint_id", Integer, ForeignKey("endpoint.id"), primary_key=True),
    comment="Every endpoint that a dataset of an organisation ever had, ended ones included",
)

source = Table(
    "source",
    metadata,
    id_column(),
    Column("content_key", Text, nullable=False, unique=True, comment="md5 of all other columns"),
    Column("source", Text, nullable=False),
    Column("organisation_id", Integer, ForeignKey("organisation.id"), nullable=False),
    Column("endpoint_id", Integer, ForeignKey("endpoint.id")),
    Column("collection", Text),
    Column("licence", Text),
    Column("documentation_url", Text),
    Column("entry_date", Date),
    Column("end_date", Date),
    Index("ix_source_endpoint_id", "endpoint_id"),
    comment="Editions of sources: a changed licence makes a new row, so old snapshots stay true",
)

resource = Table(
    "resource",
    metadata,
    id_column(),
    Column("resource", Text, nullable=False, unique=True, comment="sha256 of the bytes"),
    Column("start_date", Date, comment="day on which these bytes were first seen"),
    Column("end_date", Date),
    Column("bytes", BigInteger),
    Column("mime_type", Text),
)

endpoint_run = Table(
    "endpoint_run",
    metadata,
    # No foreign keys here: checking them costs more than writing a national year of rows.
    Column("endpoint_id", Integer, primary_key=True, autoincrement=False),
    Column("to_day", Date, primary_key=True),
    Column("from_day", Date, nullable=False),
    Column("first_attempt_at", DateTime(timezone=True), comment="of from_day; null: not known"),
    Column("last_attempt_at", DateTime(timezone=True), comment="of to_day; null: not known"),
    Column("http_status", Text, comment="null: no answer, see exception"),
    Column("exception", Text),
    Column("resource_id", Integer),
    Column("success", Boolean, nullable=False, comment="a 2xx answer with a resource"),
    comment="The daily log: one row for as many days on end as an endpoint gives the same answer "
    "and the same resource. Of each day the last attempt counts",
)
