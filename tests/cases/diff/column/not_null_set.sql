-- NULL to NOT NULL.

-- from
CREATE TABLE t (id int PRIMARY KEY, a text);

-- to
CREATE TABLE t (id int PRIMARY KEY, a text NOT NULL);

-- rows
INSERT INTO t VALUES (1, 'x');

-- hazards
lock: ACCESS EXCLUSIVE on `t`
may-fail: `t.a` holds null

-- expect
ALTER TABLE t ALTER COLUMN a SET NOT NULL;
