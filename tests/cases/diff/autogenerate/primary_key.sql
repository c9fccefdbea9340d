-- Alembic: silent.

-- from
CREATE TABLE t (a int NOT NULL, b int NOT NULL, PRIMARY KEY (a));
CREATE TABLE u (a int PRIMARY KEY);

-- to
CREATE TABLE t (a int NOT NULL, b int NOT NULL, PRIMARY KEY (b));
CREATE TABLE u (a int NOT NULL);

-- hazards
lock: ACCESS EXCLUSIVE on `t`
may-fail: rows of `t` break `t_pkey`

-- expect
ALTER TABLE t DROP CONSTRAINT t_pkey;

ALTER TABLE u DROP CONSTRAINT u_pkey;

ALTER TABLE t ADD CONSTRAINT t_pkey PRIMARY KEY (b);
