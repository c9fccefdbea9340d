-- Another initial value means another aggregate.

-- from
CREATE AGGREGATE total(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');
CREATE VIEW v AS SELECT total(x) AS t FROM generate_series(1, 3) AS g(x);

-- to
CREATE AGGREGATE total(int) (SFUNC = int4pl, STYPE = int, INITCOND = '100');
CREATE VIEW v AS SELECT total(x) AS t FROM generate_series(1, 3) AS g(x);

-- expect
DROP VIEW v;

DROP AGGREGATE total(integer);

CREATE AGGREGATE total(integer) (
    SFUNC = int4pl,
    STYPE = integer,
    INITCOND = '100'
);

CREATE VIEW v AS
SELECT total(g.x) AS t
   FROM generate_series(1, 3) g(x);
