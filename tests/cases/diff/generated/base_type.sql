-- The type of a column that a generated one reads.

-- from
CREATE TABLE t (w int, twice int GENERATED ALWAYS AS (w * 2) STORED);

-- to
CREATE TABLE t (w bigint, twice bigint GENERATED ALWAYS AS (w * 2) STORED);

-- rows
INSERT INTO t VALUES (2);

-- hazards
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew

-- expect
ALTER TABLE t DROP COLUMN twice;

ALTER TABLE t ALTER COLUMN w TYPE bigint;

ALTER TABLE t ADD COLUMN twice bigint GENERATED ALWAYS AS (w * 2) STORED;
