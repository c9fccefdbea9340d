-- A typed table.

-- to
CREATE TYPE point3 AS (x int, y int, z int);
CREATE TABLE points OF point3 (PRIMARY KEY (x, y));

-- expect
CREATE TYPE point3 AS (
    x integer,
    y integer,
    z integer
);

CREATE TABLE points OF point3 (
    PRIMARY KEY (x, y)
);
