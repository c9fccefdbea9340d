-- Alembic: seen.

-- from
CREATE TABLE t (a json, b int[], c timestamp(3), d timestamp);

-- to
CREATE TABLE t (a jsonb, b bigint[], c timestamp(6), d timestamptz);

-- hazards
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: a value of `t.d` doesn't fit timestamp with time zone
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
data-loss: what jsonb doesn't hold of `t.a`
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: a value of `t.a` is no jsonb

-- expect
ALTER TABLE t ALTER COLUMN d TYPE timestamptz;

ALTER TABLE t ALTER COLUMN c TYPE timestamp(6);

ALTER TABLE t ALTER COLUMN b TYPE bigint[];

ALTER TABLE t ALTER COLUMN a TYPE jsonb USING a::jsonb;
