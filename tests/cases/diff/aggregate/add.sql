-- An aggregate with its functions.

-- to
CREATE FUNCTION longer(a text, b text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN length(a) >= length(b) THEN a ELSE b END $$;
CREATE AGGREGATE longest(text) (SFUNC = longer, STYPE = text, INITCOND = '', PARALLEL = safe);
COMMENT ON AGGREGATE longest(text) IS 'the longest';

-- expect
CREATE FUNCTION longer(a text, b text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$ SELECT CASE WHEN length(a) >= length(b) THEN a ELSE b END $function$;

CREATE AGGREGATE longest(text) (
    SFUNC = longer,
    STYPE = text,
    INITCOND = '',
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE longest(text) IS 'the longest';
