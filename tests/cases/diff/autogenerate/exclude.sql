-- Alembic: silent.

-- from
CREATE TABLE t (r tsrange);

-- to
CREATE TABLE t (r tsrange, EXCLUDE USING gist (r WITH &&));

-- hazards
lock: ACCESS EXCLUSIVE on `t`
may-fail: rows of `t` break `t_r_excl`

-- expect
ALTER TABLE t ADD CONSTRAINT t_r_excl EXCLUDE USING gist (r WITH &&);
