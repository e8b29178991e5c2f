-- History that costs what changes, and the public name of a task.

-- step: keep as intervals
-- What some dates say, in a table of intervals over the ordered snapshots of one kind: a row stands
-- for as long as nothing of it changes. `source` is a table of the same columns with `as_at` in
-- place of `snapshot_kind`, `from_on` and `to_on`; `dates` are those that it speaks of, of which
-- what was kept before is forgotten. A date between two others splits what they shared, and one
-- that is no snapshot any more joins what stood on either side: the outcome is the same in
-- whatever order dates come.
CREATE FUNCTION record_intervals(target regclass, source regclass, of_kind text, dates date[])
RETURNS void LANGUAGE plpgsql AS $$
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
    -- First worked out, then taken out, then put in: in one statement nothing says what comes first.
    EXECUTE format($f$
        CREATE TEMP TABLE t_interval ON COMMIT DROP AS
        WITH place AS (
            SELECT as_at, row_number() OVER (ORDER BY as_at) AS n
            FROM snapshot WHERE kind = %4$L AND as_at BETWEEN %6$L AND %7$L
        ), days AS (
            SELECT %3$s, p.n, CASE WHEN p.as_at = %6$L THEN t.from_on ELSE p.as_at END AS from_on,
                CASE WHEN p.as_at = %7$L THEN t.to_on ELSE p.as_at END AS to_on
            FROM %1$s t
            JOIN place p ON p.as_at BETWEEN t.from_on AND t.to_on AND p.as_at <> ALL (%5$L::date[])
            WHERE t.snapshot_kind = %4$L AND t.from_on <= %7$L AND t.to_on >= %6$L
            UNION ALL
            SELECT %3$s, p.n, p.as_at, p.as_at FROM %2$s s JOIN place p USING (as_at)
        ), islands AS (
            -- By a number made of the columns, which is sorted in a fraction of the time: where two
            -- rows had the same, one would be kept as two intervals, and still be true.
            SELECT *, n - row_number() OVER (
                PARTITION BY hash_record_extended(ROW(%3$s), 0) ORDER BY n) AS island
            FROM days
        )
        SELECT %4$L AS snapshot_kind, %3$s, min(from_on) AS from_on, max(to_on) AS to_on
        FROM islands GROUP BY %3$s, island
    $f$, target, source, names, of_kind, dates, before, after);
    EXECUTE format('DELETE FROM %s WHERE snapshot_kind = $1 AND from_on <= $3 AND to_on >= $2', target)
    USING of_kind, before, after;
    EXECUTE format('INSERT INTO %1$s (snapshot_kind, %2$s, from_on, to_on) '
        'SELECT snapshot_kind, %2$s, from_on, to_on FROM t_interval', target, names);
    DROP TABLE t_interval;
END
$$;

-- step: public name of a task
-- Opaque, and the same in every store: it is made of the codes that name the task.
CREATE FUNCTION task_id(organisation text, dataset text, kind text, code text, field text,
    subject text)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT left(encode(sha256(convert_to(concat_ws(chr(31), organisation, dataset, kind, code, field,
    subject), 'UTF8')), 'hex'), 16)
$$;
