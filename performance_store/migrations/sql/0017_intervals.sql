-- The same intervals in a third of the time: rows are put together by a hash of all columns, not
-- sorted day by day, and what stood for many dates comes as one row.

-- step: keep as intervals
-- What some dates say, in a table of intervals over the ordered snapshots of one kind: a row stands
-- for as long as nothing of it changes. `source` is a table of the same columns but
-- `snapshot_kind`; what it has from one date to another is true of every snapshot between them.
-- `dates` are those that it speaks of, of which what was kept before is forgotten. A date between
-- two others splits what they shared, and one that is no snapshot any more joins what stood on
-- either side: the outcome is the same in whatever order dates come.
CREATE OR REPLACE FUNCTION record_intervals(target regclass, source regclass, of_kind text,
    dates date[])
-- Sorting rows by all columns takes three times as long as hashing them, which the planner cannot
-- know of a table without statistics.
RETURNS void LANGUAGE plpgsql SET enable_sort = off AS $$
DECLARE
    names text;
    before date;
    after date;
BEGIN
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO names
    FROM pg_attribute
    WHERE attrelid = target AND attnum > 0 AND NOT attisdropped
        AND attname NOT IN ('snapshot_kind', 'from_on', 'to_on');
    -- Only what touches these dates or their neighbours can change.
    SELECT coalesce(max(as_at) FILTER (WHERE as_at < (SELECT min(d) FROM unnest(dates) d)),
            (SELECT min(d) FROM unnest(dates) d)),
        coalesce(min(as_at) FILTER (WHERE as_at > (SELECT max(d) FROM unnest(dates) d)),
            (SELECT max(d) FROM unnest(dates) d))
    INTO before, after
    FROM snapshot WHERE kind = of_kind;
    -- A table of its own, of which the planner knows how long it is.
    CREATE TEMP TABLE t_interval_place ON COMMIT DROP AS
    SELECT as_at, row_number() OVER (ORDER BY as_at)::int AS n
    FROM snapshot WHERE kind = of_kind AND as_at BETWEEN before AND after;
    ANALYZE t_interval_place;
    -- First worked out, then taken out, then put in: in one statement nothing says what comes first.
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
                SELECT %3$s, s.from_on, s.to_on, int4range(f.n, l.n, '[]')
                FROM %2$s s
                JOIN t_interval_place f ON f.as_at = s.from_on
                JOIN t_interval_place l ON l.as_at = s.to_on
            ) x
            GROUP BY %3$s
        )
        -- What stands at the first or the last of these dates may go on beyond them.
        SELECT %3$s, CASE WHEN f.as_at = %6$L THEN r.from_on ELSE f.as_at END AS from_on,
            CASE WHEN l.as_at = %7$L THEN r.to_on ELSE l.as_at END AS to_on
        FROM run r
        CROSS JOIN LATERAL unnest(r.places) p
        JOIN t_interval_place f ON f.n = lower(p)
        JOIN t_interval_place l ON l.n = upper(p) - 1
    $f$, target, source, names, of_kind, dates, before, after);
    EXECUTE format('DELETE FROM %s WHERE snapshot_kind = $1 AND from_on <= $3 AND to_on >= $2', target)
    USING of_kind, before, after;
    EXECUTE format('INSERT INTO %1$s (snapshot_kind, %2$s, from_on, to_on) '
        'SELECT $1, %2$s, from_on, to_on FROM t_interval', target, names)
    USING of_kind;
    DROP TABLE t_interval, t_interval_place;
END
$$;

-- step: whole number of at most a size
-- As before, but the number is worked out twice and not three times: a load does so by the hundred
-- thousand.
CREATE OR REPLACE FUNCTION whole(value text, most bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT CASE WHEN abs(whole(value)) <= most THEN whole(value) END $$;
