-- Functions that read input, more forgiving of how a value is written, and stricter about its size.

-- step: curie
-- A prefix is the same in any case, and 'local-authority-eng:X' means 'local-authority:X'.
CREATE OR REPLACE FUNCTION curie(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT CASE WHEN v ~ ':' THEN regexp_replace(
        lower(btrim(split_part(v, ':', 1))) || ':' || btrim(substr(v, strpos(v, ':') + 1)),
        '^([a-z-]+)-eng:', '\1:')
    ELSE v END
    FROM (SELECT nullif(btrim(value, E' \t\r\n'), '') AS v) x $$;

-- step: days to UTC
-- By how many days a time of another zone is earlier (-1) or later (1) in UTC. In: what follows the
-- date in a timestamp.
CREATE FUNCTION days_to_utc(value text) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT CASE WHEN value ~ '[+-]' AND is_time(value)
    THEN (('2000-01-02' || value)::timestamptz AT TIME ZONE 'UTC')::date - DATE '2000-01-02'
    ELSE 0 END $$;

-- step: iso_date
CREATE OR REPLACE FUNCTION iso_date(value text) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT CASE
    WHEN value ~ '^(1[0-9]|2[0-9])[0-9][0-9]-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])([T ]|$)'
        AND substr(value, 9, 2)::int <= extract(day FROM
            make_date(substr(value, 1, 4)::int, substr(value, 6, 2)::int, 1)
            + interval '1 month' - interval '1 day')
    THEN make_date(substr(value, 1, 4)::int, substr(value, 6, 2)::int, substr(value, 9, 2)::int)
        + CASE WHEN length(value) > 16 THEN days_to_utc(substr(value, 11)) ELSE 0 END
    END $$;

-- step: number
CREATE OR REPLACE FUNCTION number(value text) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT CASE WHEN value ~ '^\s*-?[0-9]{1,15}([.][0-9]{0,30})?\s*$'
    THEN btrim(value, E' \t\r\n')::double precision END $$;

-- step: whole numbers that a column can hold
CREATE FUNCTION whole(value text, most bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT CASE WHEN whole(value) BETWEEN -most AND most THEN whole(value) END $$;

-- step: places
-- A box around the United Kingdom: metres, swapped and mistyped degrees lie outside.
CREATE FUNCTION in_kingdom(longitude double precision, latitude double precision)
RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT coalesce(longitude BETWEEN -9.5 AND 2.5 AND latitude BETWEEN 49 AND 61.5, false) $$;
