-- int[] to bigint[].

-- from
CREATE TABLE t (id int PRIMARY KEY, a int[] DEFAULT '{}');

-- to
CREATE TABLE t (id int PRIMARY KEY, a bigint[] DEFAULT '{}');

-- rows
INSERT INTO t VALUES (1, '{1,2}');

-- hazards
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew

-- expect
ALTER TABLE t ALTER COLUMN a DROP DEFAULT;

ALTER TABLE t ALTER COLUMN a TYPE bigint[];

ALTER TABLE t ALTER COLUMN a SET DEFAULT '{}';
