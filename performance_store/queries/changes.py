"""What changed between two dates: events by kind, those that a changed rule caused apart from
them, one by one in pages, and how provisions moved between statuses."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from performance_store.queries.fetch import fetch
from performance_store.queries.filters import EVERYTHING, SETS, Narrow, conditions
from performance_store.queries.national import EVENT, EVENTS
from performance_store.rows import ChangedByRule, ChangeKind, Event, Flow

_OF_STATE = ("status", "severity", "responsibility")
# Reasons to need improving that no check has to do with (loading/sql/80_events.sql).
_OF_AUTHORITIES = "ARRAY['some_endpoints_failing', 'outside_boundary']"

# Whether a rule alone made a summary s have another status than its comparison b.
STATUS_BY_RULE = """
EXISTS (
    SELECT FROM event e
    JOIN snapshot n ON n.id = e.snapshot_id
    JOIN snapshot m ON m.id = s.snapshot_id AND n.kind = m.kind AND n.as_at <= m.as_at
    JOIN snapshot l ON l.id = b.snapshot_id AND n.as_at > l.as_at
    WHERE e.organisation_id = s.organisation_id AND e.dataset_id = s.dataset_id AND e.by_rule
        AND e.kind = 'status_changed' AND (e.before, e.after) = (b.status, s.status)
)
"""

# How many more problems there are to fix in a summary s than in its comparison b only because the
# platform's checks changed. Of a type that a new check finds it is all; of one that is now the
# organisation's to fix, and was not, what was there before.
TO_FIX_BY_RULE = """
coalesce((
    SELECT sum(CASE
        WHEN t.blocks AND NOT t.blocked THEN CASE WHEN t.is_new THEN t.now ELSE t.before END
        WHEN t.blocked AND NOT t.blocks THEN CASE WHEN t.is_gone THEN -t.before ELSE -t.now END
        ELSE 0 END)
    FROM (
        SELECT coalesce(sum(x.problems) FILTER (WHERE NOT x.then), 0) AS now,
            coalesce(sum(x.problems) FILTER (WHERE x.then), 0) AS before,
            coalesce(bool_or(x.to_fix) FILTER (WHERE NOT x.then), false) AS blocks,
            coalesce(bool_or(x.to_fix) FILTER (WHERE x.then), false) AS blocked,
            -- Said with what is read already: planning takes most of the time, and more with each
            -- function of a snapshot.
            NOT EXISTS (SELECT FROM issue_interval i WHERE i.snapshot_kind = x.old_kind
                AND i.from_on <= x.old_day AND i.to_on >= x.old_day
                AND i.issue_type_id = x.issue_type_id) AS is_new,
            NOT EXISTS (SELECT FROM issue_interval i WHERE i.snapshot_kind = x.kind
                AND i.from_on <= x.day AND i.to_on >= x.day
                AND i.issue_type_id = x.issue_type_id) AS is_gone
        FROM (
            SELECT i.issue_type_id, i.problems, i.then, n.kind, n.as_at AS day,
                l.kind AS old_kind, l.as_at AS old_day,
                i.severity IN ('critical', 'error') AND i.responsibility = 'external' AS to_fix
            FROM (
                SELECT *, false AS then FROM issue_summary_of(:snapshot_id)
                UNION ALL SELECT *, true FROM issue_summary_of(:compare_id)
            ) i
            JOIN snapshot n ON n.id = s.snapshot_id
            JOIN snapshot l ON l.id = b.snapshot_id
            JOIN issue_type k ON k.id = i.issue_type_id
            WHERE i.organisation_id = s.organisation_id AND i.dataset_id = s.dataset_id
                AND EXISTS (SELECT FROM annotation a WHERE a.kind = 'rule' AND a.scope = n.kind
                    AND a.subject = k.issue_type AND a.on_date > l.as_at AND a.on_date <= n.as_at)
        ) x
        GROUP BY x.issue_type_id, x.kind, x.day, x.old_kind, x.old_day
    ) t
), 0)::int
"""


def kinds(
    connection: Connection,
    *,
    kind: str,
    denominator: str,
    after: date,
    until: date,
    narrow: Narrow = EVERYTHING,
) -> tuple[ChangeKind, ...]:
    """How many events of each kind, of how many authorities; what a rule caused is left out."""
    where, parameters = conditions(narrow, denominator)
    return fetch(
        connection,
        ChangeKind,
        f"SELECT e.kind, count(*) AS events, count(DISTINCT e.organisation_id) AS organisations "
        f"{EVENTS.format(where=where)} AND NOT e.by_rule GROUP BY e.kind ORDER BY e.kind",
        kind=kind,
        denominator=denominator,
        after=after,
        until=until,
        **parameters,
    )


def by_rule(
    connection: Connection,
    *,
    kind: str,
    denominator: str,
    after: date,
    until: date,
    narrow: Narrow = EVERYTHING,
) -> tuple[ChangedByRule, ...]:
    """The events that changed rules caused, by the date of the rule and what they changed."""
    where, parameters = conditions(narrow, denominator)
    return fetch(
        connection,
        ChangedByRule,
        "SELECT n.as_at, e.kind, e.before, e.after, count(*) AS events, "
        "count(DISTINCT e.organisation_id) AS organisations "
        f"{EVENTS.format(where=where)} AND e.by_rule "
        "GROUP BY n.as_at, e.kind, e.before, e.after "
        "ORDER BY n.as_at, e.kind DESC, e.before, e.after",
        kind=kind,
        denominator=denominator,
        after=after,
        until=until,
        **parameters,
    )


def events(
    connection: Connection,
    *,
    kind: str,
    denominator: str,
    after: date,
    until: date,
    narrow: Narrow = EVERYTHING,
    kinds: Sequence[str] = (),
    by_rule: bool | None = False,
    offset: int = 0,
    limit: int = 10_000_000,
) -> tuple[Event, ...]:
    """Events of some kinds (none given: of all), newest first, one page of them.

    ``by_rule``: only those that a rule caused, only those that none did, or (None) both.
    """
    where, parameters = conditions(narrow, denominator)
    return fetch(
        connection,
        Event,
        f"""
{EVENT}
{EVENTS.format(where=where)}
AND (CAST(:kinds AS text[]) = '{{}}' OR e.kind = ANY(:kinds))
AND (CAST(:by_rule AS boolean) IS NULL OR e.by_rule = :by_rule)
ORDER BY n.as_at DESC, e.kind, o.name, o.organisation, t.name, e.before, e.after, e.id
LIMIT :limit OFFSET :offset
""",
        kind=kind,
        denominator=denominator,
        after=after,
        until=until,
        kinds=list(kinds),
        by_rule=by_rule,
        offset=offset,
        limit=limit,
        **parameters,
    )


def feed(
    connection: Connection,
    *,
    kind: str,
    after: date,
    until: date,
    organisation: str | None = None,
    dataset: str | None = None,
    kinds: Sequence[str] = (),
    by_rule: bool | None = None,
    offset: int = 0,
    limit: int = 50,
) -> tuple[Event, ...]:
    """Events of an organisation, of a dataset or of both, newest first, one page of them: whether
    or not anybody expects the data. Of who is counted, only what has to be provided.

    ``by_rule`` as in `events`.
    """
    return fetch(
        connection,
        Event,
        f"""
{EVENT}
FROM event e
JOIN snapshot n ON n.id = e.snapshot_id AND n.kind = :kind AND n.as_at > :after
    AND n.as_at <= :until
JOIN organisation o ON o.id = e.organisation_id
LEFT JOIN dataset t ON t.id = e.dataset_id
WHERE (CAST(:organisation AS text) IS NULL OR o.organisation = :organisation)
AND (CAST(:dataset AS text) IS NULL OR t.dataset = :dataset)
AND (e.kind NOT IN ('joined_denominator', 'left_denominator')
    OR coalesce(e.after, e.before) = 'to-provide')
AND (CAST(:kinds AS text[]) = '{{}}' OR e.kind = ANY(:kinds))
AND (CAST(:by_rule AS boolean) IS NULL OR e.by_rule = :by_rule)
ORDER BY n.as_at DESC, e.kind, o.name, o.organisation, t.name, e.before, e.after, e.id
LIMIT :limit OFFSET :offset
""",
        kind=kind,
        after=after,
        until=until,
        organisation=organisation,
        dataset=dataset,
        kinds=list(kinds),
        by_rule=by_rule,
        offset=offset,
        limit=limit,
    )


def flow(
    connection: Connection,
    *,
    snapshot_id: int,
    compare_id: int,
    denominator: str,
    narrow: Narrow = EVERYTHING,
) -> tuple[Flow, ...]:
    """How many provisions had one status in the earlier snapshot and which in the later.

    ``by_rule`` counts those that went to or from live only because a rule changed: judged
    by the two dates alone, so that what a rule took and gave back is in neither. None: the
    provision was not in the denominator then, or is not now. Where a status or issues
    are asked for, a provision counts that has them in either snapshot. In the set all-lpas what
    has no row is not submitted; what is so in both is not in the answer.
    """
    lasting = dataclasses.replace(narrow, **dict.fromkeys(_OF_STATE, ()))
    where, parameters = conditions(lasting, denominator)
    of_state = Narrow(**{name: getattr(narrow, name) for name in _OF_STATE})
    fits, more = conditions(of_state, denominator)
    fits = fits.removeprefix(SETS[denominator].condition).removeprefix(" AND ") or "true"
    missing = "'not_submitted'" if denominator == "all-lpas" else "NULL"
    side = f"""
SELECT s.organisation_id, s.dataset_id, s.status, s.reasons, {fits} AS fits
FROM summary_of({{snapshot}}) s
JOIN organisation o ON o.id = s.organisation_id
JOIN dataset d ON d.id = s.dataset_id
WHERE {where}
"""
    return fetch(
        connection,
        Flow,
        f"""
SELECT coalesce(b.status, {missing}) AS before, coalesce(n.status, {missing}) AS after,
    count(*) AS provisions, count(*) FILTER (WHERE
        b.status = 'live' AND n.status = 'needs_improving' AND e.effect = -1
            AND NOT n.reasons && {_OF_AUTHORITIES}
        OR b.status = 'needs_improving' AND n.status = 'live' AND e.effect = 1
            AND NOT b.reasons && {_OF_AUTHORITIES}) AS by_rule
FROM ({side.format(snapshot=":then")}) b
FULL JOIN ({side.format(snapshot=":now")}) n USING (organisation_id, dataset_id)
LEFT JOIN rule_effects(:now, :then) e USING (organisation_id, dataset_id)
WHERE n.fits OR b.fits
GROUP BY 1, 2 ORDER BY before, after
""",
        now=snapshot_id,
        then=compare_id,
        **parameters,
        **more,
    )
