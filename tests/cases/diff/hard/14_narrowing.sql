-- varchar(50) to varchar(5): refused by PostgreSQL where a value is longer, never cut.

-- from
CREATE TABLE t (id int PRIMARY KEY, a varchar(50), n numeric(10,4), b bigint);

-- to
CREATE TABLE t (id int PRIMARY KEY, a varchar(5), n numeric(6,2), b int);

-- rows
INSERT INTO t VALUES (1, 'short', 1.25, 7);

-- hazards
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: a value of `t.b` doesn't fit integer
data-loss: digits of `t.n` that numeric(6,2) doesn't hold
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: a value of `t.a` doesn't fit character varying(5)

-- expect
ALTER TABLE t ALTER COLUMN b TYPE integer;

ALTER TABLE t ALTER COLUMN n TYPE numeric(6,2);

ALTER TABLE t ALTER COLUMN a TYPE varchar(5);
