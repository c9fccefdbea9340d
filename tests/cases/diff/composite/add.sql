-- A composite type within another.

-- to
CREATE TYPE point2 AS (x double precision, y double precision);
CREATE TYPE box2 AS (low point2, high point2, label text COLLATE "C");
COMMENT ON COLUMN point2.x IS 'east';

-- expect
CREATE TYPE point2 AS (
    x double precision,
    y double precision
);

CREATE TYPE box2 AS (
    low point2,
    high point2,
    label text COLLATE "C"
);

COMMENT ON COLUMN point2.x IS 'east';
