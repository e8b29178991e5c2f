-- Small functions that the derivation reads input with. All return null for what they cannot read.

-- step: blank
CREATE FUNCTION blank(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT nullif(btrim(value, E' \t\r\n'), '') $$;

-- step: curie
-- 'local-authority-eng:X' means 'local-authority:X': only the prefix is rewritten.
CREATE FUNCTION curie(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT regexp_replace(nullif(btrim(value, E' \t\r\n'), ''), '^([a-z-]+)-eng:', '\1:') $$;

-- step: iso_date
CREATE FUNCTION iso_date(value text) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT CASE
    WHEN value ~ '^(1[0-9]|2[0-9])[0-9][0-9]-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])([T ]|$)'
        AND substr(value, 9, 2)::int <= extract(day FROM
            make_date(substr(value, 1, 4)::int, substr(value, 6, 2)::int, 1)
            + interval '1 month' - interval '1 day')
    THEN make_date(substr(value, 1, 4)::int, substr(value, 6, 2)::int, substr(value, 9, 2)::int)
    END $$;

-- step: bad_date
CREATE FUNCTION bad_date(value text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT blank(value) IS NOT NULL AND iso_date(blank(value)) IS NULL $$;

-- step: is_time
-- What may follow the date in a timestamp: nothing, or a time with or without its zone.
CREATE FUNCTION is_time(value text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT coalesce(value ~ ('^([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?'
    '(Z|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)?)?$'), false) $$;

-- step: whole
CREATE FUNCTION whole(value text) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT CASE WHEN value ~ '^\s*-?[0-9]{1,15}([.]0*)?\s*$'
    THEN split_part(btrim(value), '.', 1)::bigint END $$;

-- step: number
CREATE FUNCTION number(value text) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT CASE WHEN value ~ '^\s*-?[0-9]{1,15}([.][0-9]{1,15})?\s*$'
    THEN btrim(value)::double precision END $$;

-- step: parts
CREATE FUNCTION parts(value text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT coalesce(array_agg(btrim(x)) FILTER (WHERE btrim(x) <> ''), '{}')
    FROM unnest(string_to_array(value, ';')) x $$;

-- step: bare
CREATE FUNCTION bare(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT regexp_replace(lower(value), '[ _-]', '', 'g') $$;

-- step: plain_name
CREATE FUNCTION plain_name(slug text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT upper(left(slug, 1)) || replace(substr(slug, 2), '-', ' ') $$;
