-- text to int needs an explicit cast.

-- from
CREATE TABLE t (id int PRIMARY KEY, a text);

-- to
CREATE TABLE t (id int PRIMARY KEY, a int);

-- rows
INSERT INTO t VALUES (1, '7'), (2, NULL);

-- hazards
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: a value of `t.a` is no integer

-- expect
ALTER TABLE t ALTER COLUMN a TYPE integer USING a::integer;
