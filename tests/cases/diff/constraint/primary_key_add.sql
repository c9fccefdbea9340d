-- A primary key comes.

-- from
CREATE TABLE t (id int, a text);

-- to
CREATE TABLE t (id int PRIMARY KEY, a text);

-- rows
INSERT INTO t VALUES (1, 'x');

-- hazards
lock: ACCESS EXCLUSIVE on `t`
may-fail: rows of `t` break `t_pkey`

-- expect
ALTER TABLE t ADD CONSTRAINT t_pkey PRIMARY KEY (id);
