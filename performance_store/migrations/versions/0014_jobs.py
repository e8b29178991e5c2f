"""The queue of jobs: the tables and functions of procrastinate 3.10, word for word.

They stand beside the store's own tables, where every connection finds them without a search path of
its own, which a pooler would not let through. A later edition of the library brings its changes as
files of SQL: each becomes a revision of ours (a test says when there is one).
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql" / "0014_jobs.sql"


def upgrade() -> None:
    # Past SQLAlchemy, which would take `%)` in it for the place of a parameter.
    op.get_bind().connection.cursor().execute(SQL.read_text(encoding="utf-8"))
    # What watches the queue asks for these again and again, among a month of those that ended well.
    op.execute(
        "CREATE INDEX procrastinate_jobs_open ON procrastinate_jobs (task_name) "
        "WHERE status IN ('todo', 'doing', 'failed', 'aborted')"
    )
    op.execute(LET_GO)
    op.execute(
        "CREATE TRIGGER let_go_of_queueing_lock BEFORE UPDATE ON procrastinate_jobs FOR EACH ROW "
        "WHEN (OLD.status = 'doing' AND NEW.status = 'todo') "
        "EXECUTE FUNCTION jobs_let_go_of_queueing_lock()"
    )


def downgrade() -> None:
    op.execute(
        "DROP TABLE procrastinate_events, procrastinate_periodic_defers, procrastinate_jobs, "
        "procrastinate_workers CASCADE"
    )
    op.execute(
        """
        DO $$
        DECLARE
            name regprocedure;
        BEGIN
            FOR name IN
                SELECT oid FROM pg_proc
                WHERE (proname LIKE 'procrastinate%' OR proname LIKE 'jobs_let_go%') AND pronamespace = 'public'::regnamespace
            LOOP
                EXECUTE 'DROP FUNCTION ' || name;
            END LOOP;
        END
        $$
        """
    )
    op.execute(
        "DROP TYPE procrastinate_job_to_defer_v1, procrastinate_job_event_type, "
        "procrastinate_job_status"
    )


# A job that is tried again could not go back where another one with its queueing lock waits by now:
# it would count as being done for ever.
LET_GO = """
CREATE FUNCTION jobs_let_go_of_queueing_lock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.queueing_lock := NULL;
    RETURN NEW;
END
$$
"""
