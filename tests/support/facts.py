"""What a store says of every date, told in codes and dates, so that two stores can be compared."""

from __future__ import annotations

from sqlalchemy import Engine, text

VIEWS = ("summary", "endpoint_state", "issue_summary", "past_issue", "coverage", "provision")
# Numbers that a store counts up for itself, and the table and column that say what they stand for.
_CODES = {
    "organisation_id": ("organisation", "organisation"),
    "dataset_id": ("dataset", "dataset"),
    "issue_type_id": ("issue_type", "issue_type"),
    "endpoint_id": ("endpoint", "endpoint"),
    "resource_id": ("resource", "resource"),
    "source_id": ("source", "source"),
}


def facts(engine: Engine) -> dict[str, list[str]]:
    """The rows of every view of facts, each as text with all its columns by name, sorted."""
    with engine.connect() as connection:
        return {
            view: list(connection.scalars(text(_statement(view, columns))))
            for view, columns in (
                (view, tuple(connection.execute(text(f"SELECT * FROM {view} LIMIT 0")).keys()))
                for view in VIEWS
            )
        }


def _statement(view: str, columns: tuple[str, ...]) -> str:
    codes = {name: code for name, code in _CODES.items() if name in columns}
    joins = " ".join(
        f"LEFT JOIN {table} {name} ON {name}.id = v.{name}" for name, (table, _) in codes.items()
    )
    values = ", ".join(
        f"'{column}', {column}.{codes[column][1]}" if column in codes else f"'{column}', v.{column}"
        for column in columns
        if column != "snapshot_id"
    )
    # In two objects, since a function takes a hundred arguments.
    pairs = values.split(", ")
    half = len(pairs) // 4 * 2
    first, second = ", ".join(pairs[:half]), ", ".join(pairs[half:])
    return (
        f"SELECT concat_ws(' ', n.kind, n.as_at, jsonb_build_object({first}), "
        f"jsonb_build_object({second})) AS line FROM {view} v "
        f"JOIN snapshot n ON n.id = v.snapshot_id {joins} ORDER BY line"
    )
