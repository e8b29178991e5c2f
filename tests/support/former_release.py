"""A store as the release before intervals kept it: one row a snapshot, one a day."""

from __future__ import annotations

from alembic import command
from sqlalchemy import Engine, text

from performance_store import database

REVISION = "0020"
# Tables that became views, columns_there from them; what the former release had besides.
_FORMER = {
    "summary": "SELECT {columns} FROM summary",
    "issue_summary": "SELECT {columns} FROM issue_summary",
    "past_issue": "SELECT {columns} FROM past_issue",
    "coverage": "SELECT {columns} FROM coverage",
    "endpoint_state": (
        "SELECT {columns} FROM (SELECT *, (last_attempt_on + time '12:00') AT TIME ZONE 'UTC' "
        "AS last_attempt_at FROM endpoint_state) s"
    ),
    "provision_register": (
        "SELECT {columns} FROM (SELECT snapshot_id AS id, snapshot_id::text AS fingerprint, "
        "count(*) AS row_count FROM provision GROUP BY 1) r"
    ),
    "provision": (
        "SELECT {columns} FROM (SELECT *, snapshot_id AS provision_register_id, "
        "row_number() OVER () AS id FROM provision) p"
    ),
    "snapshot": (
        "SELECT {columns} FROM (SELECT *, CASE WHEN EXISTS (SELECT FROM provision p "
        "WHERE p.snapshot_id = s.id) THEN id END AS provision_register_id FROM snapshot s) s"
    ),
    "endpoint_log": (
        "SELECT {columns} FROM (SELECT r.endpoint_id, d::date AS day, CASE d::date "
        "WHEN to_day THEN last_attempt_at WHEN from_day THEN first_attempt_at "
        "ELSE d + interval '12h' END AS attempted_at, 1 AS attempts, http_status, exception, "
        "resource_id, success "
        "FROM endpoint_run r, generate_series(from_day, to_day, '1 day') d) l"
    ),
    **{
        table: (
            "SELECT {columns} FROM (SELECT t.*, least(to_on, (SELECT max(as_at) FROM snapshot n "
            f"WHERE n.kind = t.snapshot_kind)) AS last_on FROM {table} t) t"
        )
        for table in ("task_observation", "task_judgement")
    },
}


def downgraded(source: Engine, target: Engine) -> None:
    """Fill an empty database, as the former release would have it, with what a store has."""
    with target.connect() as connection:
        command.upgrade(database._alembic_config(connection), REVISION)
    with target.connect() as into, source.connect() as out:
        into.execute(text("SET session_replication_role = replica"))
        tables = into.execute(
            text(
                "SELECT c.relname, array_agg(a.attname ORDER BY a.attnum) FROM pg_class c "
                "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 "
                "AND NOT a.attisdropped AND a.attgenerated = '' "
                "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' "
                "AND c.relname <> 'alembic_version' AND c.relname NOT LIKE 'procrastinate%' "
                "GROUP BY 1"
            )
        ).all()
        for table, columns in tables:
            names = ", ".join(f'"{name}"' for name in columns)
            columns_there = names
            if table.startswith("task_o") or table.startswith("task_j"):
                columns_there = names.replace('"to_on"', '"last_on"')
            select = _FORMER.get(table, "SELECT {columns} FROM " + f'"{table}"').format(
                columns=columns_there
            )
            into.execute(text(f'DELETE FROM "{table}"'))
            reading = out.connection.cursor().copy(f"COPY ({select}) TO STDOUT")
            writing = into.connection.cursor().copy(f'COPY "{table}" ({names}) FROM STDIN')
            with reading as rows, writing as copy:
                for block in rows:
                    copy.write(block)
        into.commit()
