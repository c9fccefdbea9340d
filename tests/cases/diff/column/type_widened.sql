-- int to bigint: PostgreSQL casts by itself.

-- from
CREATE TABLE t (id int PRIMARY KEY, a int DEFAULT 5 NOT NULL);

-- to
CREATE TABLE t (id int PRIMARY KEY, a bigint DEFAULT 5 NOT NULL);

-- rows
INSERT INTO t VALUES (1, 7);

-- hazards
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew

-- expect
ALTER TABLE t ALTER COLUMN a DROP DEFAULT;

ALTER TABLE t ALTER COLUMN a TYPE bigint;

ALTER TABLE t ALTER COLUMN a SET DEFAULT 5;
