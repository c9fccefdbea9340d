-- A storage parameter and column statistics of a materialized view.

-- from
CREATE TABLE t (id int PRIMARY KEY, a text);
CREATE MATERIALIZED VIEW m AS SELECT id, a FROM t;

-- to
CREATE TABLE t (id int PRIMARY KEY, a text);
CREATE MATERIALIZED VIEW m WITH (fillfactor=60) AS SELECT id, a FROM t;
ALTER MATERIALIZED VIEW m ALTER COLUMN a SET STATISTICS 200;

-- expect
ALTER MATERIALIZED VIEW m SET (fillfactor = 60);

ALTER MATERIALIZED VIEW m ALTER COLUMN a SET STATISTICS 200;
