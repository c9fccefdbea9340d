-- The old default can't be cast: it goes before and the new one comes after.

-- from
CREATE TABLE t (id int PRIMARY KEY, a text DEFAULT 'none');

-- to
CREATE TABLE t (id int PRIMARY KEY, a int DEFAULT 0);

-- rows
INSERT INTO t VALUES (1, '7');

-- hazards
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: a value of `t.a` is no integer

-- expect
ALTER TABLE t ALTER COLUMN a DROP DEFAULT;

ALTER TABLE t ALTER COLUMN a TYPE integer USING a::integer;

ALTER TABLE t ALTER COLUMN a SET DEFAULT 0;
