-- What snapshots say, kept as intervals: a row stands for as long as nothing of it changes.

-- step: keep as intervals
-- What some dates say, in a table of intervals over the ordered snapshots of one kind: a row stands
-- for as long as nothing of it changes, and one that the newest snapshot has is open, so that a
-- night writes what it changed and nothing else. `source` has the columns of the table (others are
-- of no account); what it has from one date to another is true of every snapshot between them.
-- `dates` are those that it speaks of, of which what was kept before is forgotten. A date between
-- two others splits what they shared; one that is no snapshot any more joins what stood on either
-- side; other rules or another scope end everything. The outcome is the same in whatever order
-- dates come.
CREATE OR REPLACE FUNCTION record_intervals(target regclass, source regclass, of_kind text,
    dates date[])
-- Sorting rows by all columns takes three times as long as hashing them, which the planner cannot
-- know of a table without statistics.
RETURNS void LANGUAGE plpgsql SET enable_sort = off AS $$
DECLARE
    names text;
    before date;
    after date;
    newest date;
BEGIN
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO names
    FROM pg_attribute
    WHERE attrelid = target AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
        AND attname NOT IN ('snapshot_kind', 'from_on', 'to_on');
    -- Only what touches these dates or their neighbours can change.
    SELECT coalesce(max(as_at) FILTER (WHERE as_at < (SELECT min(d) FROM unnest(dates) d)),
            (SELECT min(d) FROM unnest(dates) d)),
        coalesce(min(as_at) FILTER (WHERE as_at > (SELECT max(d) FROM unnest(dates) d)),
            (SELECT max(d) FROM unnest(dates) d)),
        max(as_at)
    INTO before, after, newest
    FROM snapshot WHERE kind = of_kind;
    -- A table of its own, of which the planner knows how long it is. A number is left out where
    -- rules or scope change: no row reaches across it.
    CREATE TEMP TABLE t_interval_place ON COMMIT DROP AS
    SELECT as_at, (row_number() OVER (ORDER BY as_at)
        + count(*) FILTER (WHERE other) OVER (ORDER BY as_at))::int AS n
    FROM (
        SELECT as_at, (ruleset_version, scope) <> lag((ruleset_version, scope))
            OVER (ORDER BY as_at) AS other
        FROM snapshot WHERE kind = of_kind AND as_at BETWEEN before AND after
    ) s;
    ANALYZE t_interval_place;
    -- First worked out, then what is not there any more taken out, then what is new put in.
    EXECUTE format($f$
        CREATE TEMP TABLE t_interval ON COMMIT DROP AS
        WITH run AS (
            SELECT %3$s, min(from_on) AS from_on, max(to_on) AS to_on, range_agg(places) AS places
            FROM (
                SELECT %3$s, t.from_on, t.to_on, int4range(p.n, p.n, '[]') AS places
                FROM %1$s t
                JOIN t_interval_place p ON p.as_at BETWEEN t.from_on AND t.to_on
                    AND p.as_at <> ALL (%5$L::date[])
                WHERE t.snapshot_kind = %4$L AND t.from_on <= %7$L AND t.to_on >= %6$L
                UNION ALL
                -- Of a stretch in which there are other dates, those alone that it speaks of.
                SELECT %3$s, s.from_on, s.to_on, stretch
                FROM %2$s s
                JOIN t_interval_place f ON f.as_at = s.from_on
                JOIN t_interval_place l ON l.as_at = s.to_on
                CROSS JOIN LATERAL unnest(CASE WHEN f.n = l.n
                    THEN int4multirange(int4range(f.n, f.n, '[]'))
                    ELSE int4range(f.n, l.n, '[]')::int4multirange * (
                        SELECT range_agg(int4range(n, n, '[]')) FROM t_interval_place
                        WHERE as_at = ANY (%5$L::date[])) END) stretch
            ) x
            GROUP BY %3$s
        )
        SELECT %3$s, from_on, to_on, max(place) AS place, bool_or(place IS NULL) AS stays
        FROM (
            -- What stands at the first or the last of these dates may go on beyond them.
            SELECT %3$s, CASE WHEN f.as_at = %6$L THEN r.from_on ELSE f.as_at END AS from_on,
                CASE WHEN l.as_at = %8$L THEN 'infinity' WHEN l.as_at = %7$L THEN r.to_on
                    ELSE l.as_at END AS to_on, NULL::tid AS place
            FROM run r
            CROSS JOIN LATERAL unnest(r.places) p
            JOIN t_interval_place f ON f.n = lower(p)
            JOIN t_interval_place l ON l.n = upper(p) - 1
            UNION ALL
            SELECT %3$s, from_on, to_on, ctid FROM %1$s
            WHERE snapshot_kind = %4$L AND from_on <= %7$L AND to_on >= %6$L
        ) x
        GROUP BY %3$s, from_on, to_on
    $f$, target, source, names, of_kind, dates, before, after, newest);
    EXECUTE format('DELETE FROM %s t USING t_interval i WHERE t.ctid = i.place AND NOT i.stays',
        target);
    EXECUTE format('INSERT INTO %1$s (snapshot_kind, %2$s, from_on, to_on) '
        'SELECT $1, %2$s, from_on, to_on FROM t_interval WHERE place IS NULL', target, names)
    USING of_kind;
    DROP TABLE t_interval, t_interval_place;
END
$$;

-- step: days told by how long ago
-- A day that moves along with the snapshots, as that of the last attempt does, would end a row every
-- night: today and yesterday are told as 0 and 1, any other day as itself.
CREATE FUNCTION days_ago(day date, as_at date) RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT CASE WHEN as_at - day BETWEEN 0 AND 1 THEN (as_at - day)::smallint END $$;

-- step: days told as themselves
CREATE FUNCTION distant_day(day date, as_at date) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT CASE WHEN as_at - day NOT BETWEEN 0 AND 1 THEN day END $$;

-- step: carry over what some snapshots say
CREATE FUNCTION carry_over(of_kind text, dates date[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    CREATE TEMP TABLE t_carry ON COMMIT DROP AS
    SELECT n.as_at AS from_on, n.as_at AS to_on,
        s.organisation_id, s.dataset_id, s.is_lpa, s.in_denominator, s.in_programme,
        s.in_statutory, s.in_any, s.provision_reason, s.project, s.cohort, s.status, s.reasons,
        s.access_band, s.freshness_band, s.stage, s.endpoint_count, s.endpoint_attempted_count,
        s.endpoint_failing_count, s.endpoint_id, s.source_id, s.http_status, s.exception,
        distant_day(s.last_attempt_on, n.as_at) AS last_attempt_on,
        days_ago(s.last_attempt_on, n.as_at) AS last_attempt_ago,
        distant_day(s.last_success_on, n.as_at) AS last_success_on,
        days_ago(s.last_success_on, n.as_at) AS last_success_ago,
        distant_day(s.best_success_on, n.as_at) AS best_success_on,
        days_ago(s.best_success_on, n.as_at) AS best_success_ago, s.resource_id,
        s.resource_current, s.endpoint_updated_on, s.content_changed_on, s.issues_of_last_good,
        s.critical_external, s.critical_internal, s.error_external, s.error_internal,
        s.warning_external, s.warning_internal, s.notice_external, s.notice_internal,
        s.info_count, s.unclassified_count, s.issue_type_count, s.rows_critical_external,
        s.rows_critical_internal, s.rows_error_external, s.rows_error_internal,
        s.rows_warning_external, s.rows_warning_internal, s.rows_notice_external,
        s.rows_notice_internal, s.rows_to_fix, s.fields_total, s.fields_supplied,
        s.fields_matched, s.record_count, s.expectations_failed
    FROM snapshot n JOIN summary s ON s.snapshot_id = n.id
    WHERE n.kind = of_kind AND n.as_at = ANY (dates);
    PERFORM record_intervals('summary_interval', 't_carry', of_kind, dates);
    DROP TABLE t_carry;
    CREATE TEMP TABLE t_carry ON COMMIT DROP AS
    SELECT n.as_at AS from_on, n.as_at AS to_on,
        s.organisation_id, s.dataset_id, s.endpoint_id, s.source_id, s.is_primary, s.attempted,
        s.success, s.http_status, s.exception,
        distant_day((s.last_attempt_at AT TIME ZONE 'UTC')::date, n.as_at) AS last_attempt_on,
        days_ago((s.last_attempt_at AT TIME ZONE 'UTC')::date, n.as_at) AS last_attempt_ago,
        distant_day(s.last_success_on, n.as_at) AS last_success_on,
        days_ago(s.last_success_on, n.as_at) AS last_success_ago, s.failing_since, s.resource_id,
        s.resource_current, s.access_band, s.shared_with
    FROM snapshot n JOIN endpoint_state s ON s.snapshot_id = n.id
    WHERE n.kind = of_kind AND n.as_at = ANY (dates);
    PERFORM record_intervals('endpoint_interval', 't_carry', of_kind, dates);
    DROP TABLE t_carry;
    CREATE TEMP TABLE t_carry ON COMMIT DROP AS
    SELECT n.as_at AS from_on, n.as_at AS to_on,
        s.organisation_id, s.dataset_id, s.issue_type_id, s.field, s.severity, s.responsibility,
        s.problems, s.of_last_good, s.rows
    FROM snapshot n JOIN issue_summary s ON s.snapshot_id = n.id
    WHERE n.kind = of_kind AND n.as_at = ANY (dates);
    PERFORM record_intervals('issue_interval', 't_carry', of_kind, dates);
    DROP TABLE t_carry;
    CREATE TEMP TABLE t_carry ON COMMIT DROP AS
    SELECT n.as_at AS from_on, n.as_at AS to_on,
        s.organisation_id, s.dataset_id, s.resource_id, s.issue_type_id, s.field, s.severity,
        s.responsibility, s.problems, s.rows
    FROM snapshot n JOIN past_issue s ON s.snapshot_id = n.id
    WHERE n.kind = of_kind AND n.as_at = ANY (dates);
    PERFORM record_intervals('past_issue_interval', 't_carry', of_kind, dates);
    DROP TABLE t_carry;
    CREATE TEMP TABLE t_carry ON COMMIT DROP AS
    SELECT n.as_at AS from_on, n.as_at AS to_on,
        s.denominator, s.dimension, s.value, s.dataset, s.expected, s.endpoint, s.reachable,
        s.collected, s.error_free, s.conformant, s.answering, s.not_submitted, s.processing,
        s.error, s.unknown, s.needs_improving, s.live, s.fresh, s.ageing, s.stale,
        s.organisations, s.organisations_some, s.organisations_all
    FROM snapshot n JOIN coverage s ON s.snapshot_id = n.id
    WHERE n.kind = of_kind AND n.as_at = ANY (dates);
    PERFORM record_intervals('coverage_interval', 't_carry', of_kind, dates);
    DROP TABLE t_carry;
    CREATE TEMP TABLE t_carry ON COMMIT DROP AS
    SELECT n.as_at AS from_on, n.as_at AS to_on, s.organisation_id, s.dataset_id,
        md5(concat_ws('|', s.provision_reason, coalesce(s.project, '-'), coalesce(s.cohort, '-'),
            coalesce(s.role, '-'), coalesce(s.specification, '-'),
            coalesce(s.start_date::text, '-'), coalesce(s.end_date::text, '-'),
            row_number() OVER (PARTITION BY n.id, s.organisation_id, s.dataset_id,
                s.provision_reason, s.project, s.cohort, s.role, s.specification, s.start_date,
                s.end_date)))::uuid AS content_key,
        s.provision_reason, s.project, s.cohort, s.role, s.specification, s.start_date, s.end_date
    FROM snapshot n JOIN provision s USING (provision_register_id)
    WHERE n.kind = of_kind AND n.as_at = ANY (dates);
    PERFORM record_intervals('provision_interval', 't_carry', of_kind, dates);
    DROP TABLE t_carry;
    INSERT INTO carried SELECT id FROM snapshot WHERE kind = of_kind AND as_at = ANY (dates)
    ON CONFLICT DO NOTHING;
END
$$;

-- step: carry over the daily log
CREATE FUNCTION carry_log() RETURNS void LANGUAGE sql AS $$
DELETE FROM endpoint_run;
INSERT INTO endpoint_run (endpoint_id, to_day, from_day, first_attempt_at, last_attempt_at,
    http_status, exception, resource_id, success)
SELECT endpoint_id, max(day), min(day), (array_agg(attempted_at ORDER BY day))[1],
    (array_agg(attempted_at ORDER BY day DESC))[1], http_status, exception, resource_id, success
FROM (
    SELECT *, count(*) FILTER (WHERE is_new) OVER (PARTITION BY endpoint_id ORDER BY day) AS run
    FROM (
        SELECT *, (day - 1, http_status, exception, resource_id, success) IS DISTINCT FROM
            (lag(day) OVER w, lag(http_status) OVER w, lag(exception) OVER w,
                lag(resource_id) OVER w, lag(success) OVER w) AS is_new
        FROM endpoint_log
        WINDOW w AS (PARTITION BY endpoint_id ORDER BY day)
    ) x
) y
GROUP BY endpoint_id, run, http_status, exception, resource_id, success;
$$;
