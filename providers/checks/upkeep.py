"""What becomes of checks: originals, results and links go when their days are over, and what no
worker will end is ended."""

from __future__ import annotations

from sqlalchemy import text

from providers.checks import objects
from providers.checks.terms import Terms, Write


def purge(write: Write, terms: Terms) -> None:
    """Remove what is not to be kept any more. In: how to open a transaction."""
    _remove_uploads(write, terms)
    for statement in (_STUCK, _LINKS, _RESULTS, _NETWORKS, _MAPPINGS, _HOLDINGS):
        with write() as connection:
            connection.execute(text(statement))


def _remove_uploads(write: Write, terms: Terms) -> None:
    """Originals: from object storage first, so that none is left there that nobody knows of."""
    with write() as connection:
        rows = connection.execute(text(_OLD_UPLOADS)).all()
    for row in rows:
        if row.object_key is not None and terms.uploads_url is not None:
            objects.remove(terms.uploads_url, row.object_key)
        with write() as connection:
            connection.execute(
                text("DELETE FROM providers.check_upload WHERE id = :id"), {"id": row.id}
            )


# Of those whose days are over, those that came half, and those that no link leads to.
_OLD_UPLOADS = """
SELECT u.id, u.object_key FROM providers.check_upload u
WHERE u.keep_until < now() OR u.created_at < now() - interval '1 hour' AND (
    u.sha256 IS NULL OR NOT EXISTS (
        SELECT FROM providers.check_result r JOIN providers.check_request q ON q.check_id = r.id
        WHERE r.upload_id = u.id AND q.revoked_at IS NULL AND q.expires_at > now()))
    OR EXISTS (
        SELECT FROM providers.check_result r WHERE r.upload_id = u.id) AND NOT EXISTS (
        SELECT FROM providers.check_result r JOIN providers.check_request q ON q.check_id = r.id
        WHERE r.upload_id = u.id AND q.revoked_at IS NULL AND q.expires_at > now())
"""
_STUCK = """
UPDATE providers.check_result r
SET state = 'failed', finished_at = now(), failure_code = 'ours',
    failure_sentence = 'Something went wrong on our side, not with your file. Try again.'
WHERE state IN ('waiting', 'running') AND created_at < now() - interval '1 hour' AND NOT EXISTS (
    SELECT FROM procrastinate_jobs j WHERE j.id = r.job_id AND j.status IN ('todo', 'doing'))
"""
_LINKS = "DELETE FROM providers.check_request WHERE expires_at < now() OR revoked_at IS NOT NULL"
_RESULTS = """
DELETE FROM providers.check_result r
WHERE NOT EXISTS (SELECT FROM providers.check_request q WHERE q.check_id = r.id)
"""
_NETWORKS = """
UPDATE providers.check_request SET client_hash = NULL
WHERE client_hash IS NOT NULL AND created_at < now() - interval '2 days'
"""
_MAPPINGS = """
DELETE FROM providers.check_mapping
WHERE at < now() - CASE WHEN client_hash = '' THEN interval '2 years' ELSE interval '30 days' END
"""
_HOLDINGS = "DELETE FROM providers.check_holdings WHERE at < now() - interval '1 day'"
