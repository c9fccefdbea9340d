-- A column's type under a materialized view with an index.

-- from
CREATE TABLE t (id int PRIMARY KEY, a int);
CREATE MATERIALIZED VIEW m AS SELECT id, a FROM t;
CREATE INDEX m_a ON m (a);
ALTER MATERIALIZED VIEW m CLUSTER ON m_a;

-- to
CREATE TABLE t (id int PRIMARY KEY, a bigint);
CREATE MATERIALIZED VIEW m AS SELECT id, a FROM t;
CREATE INDEX m_a ON m (a);
ALTER MATERIALIZED VIEW m CLUSTER ON m_a;

-- rows
INSERT INTO t VALUES (1, 2);

-- hazards
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew

-- expect
DROP MATERIALIZED VIEW m;

ALTER TABLE t ALTER COLUMN a TYPE bigint;

CREATE MATERIALIZED VIEW m AS
SELECT t.id,
    t.a
   FROM t;

CREATE INDEX m_a ON m (a);

ALTER TABLE m CLUSTER ON m_a;
