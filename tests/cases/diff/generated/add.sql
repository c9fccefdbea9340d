-- A generated column comes.

-- from
CREATE TABLE t (w int, h int);

-- to
CREATE TABLE t (w int, h int, area int GENERATED ALWAYS AS (w * h) STORED);

-- rows
INSERT INTO t VALUES (2, 3);

-- hazards
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew

-- expect
ALTER TABLE t ADD COLUMN area integer GENERATED ALWAYS AS (w * h) STORED;
