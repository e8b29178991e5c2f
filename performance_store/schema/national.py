"""n of N through time, and what changed between snapshots."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    text,
)

from performance_store.definitions.vocabulary import DENOMINATORS, EVENT_KINDS
from performance_store.schema.base import metadata, one_of
from performance_store.schema.intervals import by_date, span

COVERAGE_COUNTS = (
    "expected",
    "endpoint",
    "reachable",
    "collected",
    "error_free",
    "conformant",
    "answering",
    "not_submitted",
    "processing",
    "error",
    "unknown",
    "needs_improving",
    "live",
    "fresh",
    "ageing",
    "stale",
    "organisations",
    "organisations_some",
    "organisations_all",
)

coverage_interval = Table(
    "coverage_interval",
    metadata,
    *span(
        Column("denominator", Text, primary_key=True),
        Column("dimension", Text, primary_key=True),
        Column("value", Text, primary_key=True, comment="of the dimension; '' for all"),
        Column("dataset", Text, primary_key=True, comment="'' over all datasets"),
    ),
    *(Column(name, Integer, nullable=False) for name in COVERAGE_COUNTS),
    CheckConstraint(one_of("denominator", DENOMINATORS), "denominator"),
    by_date("coverage_interval"),
    comment="n of N by denominator and dimension, as intervals, read through the view coverage: "
    "the national lines",
)

event = Table(
    "event",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("snapshot_id", Integer, ForeignKey("snapshot.id"), nullable=False),
    Column("previous_snapshot_id", Integer, ForeignKey("snapshot.id"), nullable=False),
    Column("organisation_id", Integer, nullable=False),
    Column("dataset_id", Integer, comment="null: the whole organisation"),
    Column("kind", Text, nullable=False),
    Column("before", Text),
    Column("after", Text),
    Column("by_rule", Boolean, nullable=False, server_default=text("false")),
    CheckConstraint(one_of("kind", EVENT_KINDS), "kind"),
    Index("ix_event_snapshot_id", "snapshot_id", "kind"),
    Index("ix_event_organisation_id", "organisation_id", "dataset_id", "snapshot_id"),
    Index("ix_event_previous_snapshot_id", "previous_snapshot_id"),
)
