-- Another query: indexes, comments and grants come back.

-- from
CREATE TABLE t (id int PRIMARY KEY, a text);
CREATE MATERIALIZED VIEW m AS SELECT a, count(*) AS n FROM t GROUP BY a;
CREATE UNIQUE INDEX m_a ON m (a);
COMMENT ON INDEX m_a IS 'one each';
GRANT SELECT ON m TO reader;
CREATE VIEW v AS SELECT n FROM m;

-- to
CREATE TABLE t (id int PRIMARY KEY, a text);
CREATE MATERIALIZED VIEW m AS SELECT a, count(id) AS n FROM t WHERE a <> '' GROUP BY a;
CREATE UNIQUE INDEX m_a ON m (a);
COMMENT ON INDEX m_a IS 'one each';
GRANT SELECT ON m TO reader;
CREATE VIEW v AS SELECT n FROM m;

-- expect
DROP VIEW v;

DROP MATERIALIZED VIEW m;

CREATE MATERIALIZED VIEW m AS
SELECT t.a,
    count(t.id) AS n
   FROM t
  WHERE (t.a <> ''::text)
  GROUP BY t.a;

CREATE UNIQUE INDEX m_a ON m (a);

CREATE VIEW v AS
SELECT m.n
   FROM m;

COMMENT ON INDEX m_a IS 'one each';

GRANT SELECT ON m TO reader;
