-- A range type with its subtype's difference.

-- needs
14

-- to
CREATE FUNCTION time_gap(a time, b time) RETURNS double precision LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT extract(epoch FROM (a - b))::double precision $$;
CREATE TYPE time_range AS RANGE (subtype = time, subtype_diff = time_gap, multirange_type_name = time_ranges);
CREATE TABLE shift (id int PRIMARY KEY, hours time_range, all_hours time_ranges);

-- expect
CREATE FUNCTION time_gap(a time without time zone, b time without time zone)
 RETURNS double precision
 LANGUAGE sql
 IMMUTABLE STRICT
AS $function$ SELECT extract(epoch FROM (a - b))::double precision $function$;

CREATE TYPE time_range AS RANGE (
    subtype = time without time zone,
    subtype_diff = time_gap,
    multirange_type_name = time_ranges
);

CREATE TABLE shift (
    id integer PRIMARY KEY,
    hours time_range,
    all_hours time_ranges
);
