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
    EXECUTE format($f$
        WITH place AS (
            SELECT as_at, row_number() OVER (ORDER BY as_at) AS n
            FROM snapshot WHERE kind = $1 AND as_at BETWEEN $3 AND $4
        ), near AS (
            DELETE FROM %1$s WHERE snapshot_kind = $1 AND from_on <= $4 AND to_on >= $3
            RETURNING *
        ), days AS (
            SELECT %3$s, p.n, CASE WHEN p.as_at = $3 THEN t.from_on ELSE p.as_at END AS from_on,
                CASE WHEN p.as_at = $4 THEN t.to_on ELSE p.as_at END AS to_on
            FROM near t
            JOIN place p ON p.as_at BETWEEN t.from_on AND t.to_on AND p.as_at <> ALL ($2)
            UNION ALL
            SELECT %3$s, p.n, p.as_at, p.as_at FROM %2$s s JOIN place p USING (as_at)
        ), islands AS (
            -- By a number made of the columns, which is sorted in a fraction of the time: where two
            -- rows had the same, one would be kept as two intervals, and still be true.
            SELECT *, n - row_number() OVER (
                PARTITION BY hash_record_extended(ROW(%3$s), 0) ORDER BY n) AS island
            FROM days
        )
        INSERT INTO %1$s (snapshot_kind, %3$s, from_on, to_on)
        SELECT $1, %3$s, min(from_on), max(to_on) FROM islands GROUP BY %3$s, island
    $f$, target, source, names) USING of_kind, dates, before, after;
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
