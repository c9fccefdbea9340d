-- Views and a materialized view in a chain over a column that changes.

-- from
CREATE TABLE t (id int PRIMARY KEY, amount int, day date);
CREATE VIEW v1 AS SELECT id, amount, day FROM t WHERE amount > 0;
CREATE MATERIALIZED VIEW m1 AS SELECT day, sum(amount) AS total FROM v1 GROUP BY day;
CREATE UNIQUE INDEX m1_day ON m1 (day);
CREATE VIEW v2 AS SELECT day, total FROM m1 WHERE total > 10;
COMMENT ON MATERIALIZED VIEW m1 IS 'by day';
COMMENT ON COLUMN m1.total IS 'sum';
GRANT SELECT ON m1, v2 TO reader;

-- to
CREATE TABLE t (id int PRIMARY KEY, amount numeric(12,2), day date);
CREATE VIEW v1 AS SELECT id, amount, day FROM t WHERE amount > 0;
CREATE MATERIALIZED VIEW m1 AS SELECT day, sum(amount) AS total FROM v1 GROUP BY day;
CREATE UNIQUE INDEX m1_day ON m1 (day);
CREATE VIEW v2 AS SELECT day, total FROM m1 WHERE total > 10;
COMMENT ON MATERIALIZED VIEW m1 IS 'by day';
COMMENT ON COLUMN m1.total IS 'sum';
GRANT SELECT ON m1, v2 TO reader;

-- rows
INSERT INTO t VALUES (1, 5, '2026-01-01');

-- hazards
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: a value of `t.amount` doesn't fit numeric(12,2)

-- expect
DROP VIEW v2;

DROP MATERIALIZED VIEW m1;

DROP VIEW v1;

ALTER TABLE t ALTER COLUMN amount TYPE numeric(12,2);

CREATE VIEW v1 AS
SELECT t.id,
    t.amount,
    t.day
   FROM t
  WHERE (t.amount > (0)::numeric);

CREATE MATERIALIZED VIEW m1 AS
SELECT v1.day,
    sum(v1.amount) AS total
   FROM v1
  GROUP BY v1.day;

CREATE UNIQUE INDEX m1_day ON m1 (day);

CREATE VIEW v2 AS
SELECT m1.day,
    m1.total
   FROM m1
  WHERE (m1.total > (10)::numeric);

COMMENT ON COLUMN m1.total IS 'sum';

COMMENT ON MATERIALIZED VIEW m1 IS 'by day';

GRANT SELECT ON m1 TO reader;

GRANT SELECT ON v2 TO reader;
