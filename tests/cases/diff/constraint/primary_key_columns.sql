-- Another primary key, with a key on it.

-- from
CREATE TABLE t (a int NOT NULL, b int NOT NULL, PRIMARY KEY (a));

-- to
CREATE TABLE t (a int NOT NULL, b int NOT NULL, PRIMARY KEY (a, b));

-- rows
INSERT INTO t VALUES (1, 2);

-- hazards
lock: ACCESS EXCLUSIVE on `t`
may-fail: rows of `t` break `t_pkey`

-- expect
ALTER TABLE t DROP CONSTRAINT t_pkey;

ALTER TABLE t ADD CONSTRAINT t_pkey PRIMARY KEY (a, b);
