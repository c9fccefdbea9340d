-- A materialized view with an index and no data.

-- to
CREATE TABLE t (id int PRIMARY KEY, a text);
CREATE MATERIALIZED VIEW m AS SELECT a, count(*) AS n FROM t GROUP BY a WITH NO DATA;
CREATE UNIQUE INDEX m_a ON m (a);
COMMENT ON MATERIALIZED VIEW m IS 'counts';

-- expect
CREATE TABLE t (
    id integer PRIMARY KEY,
    a text
);

CREATE MATERIALIZED VIEW m AS
SELECT t.a,
    count(*) AS n
   FROM t
  GROUP BY t.a
WITH NO DATA;

CREATE UNIQUE INDEX m_a ON m (a);

COMMENT ON MATERIALIZED VIEW m IS 'counts';
