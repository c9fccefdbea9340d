-- A name of its own, another name, and none any more.

-- needs
18

-- from
CREATE TABLE t (id int PRIMARY KEY, a int CONSTRAINT a_is_there NOT NULL, b int NOT NULL, c int);

-- to
CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL, b int CONSTRAINT b_is_there NOT NULL, c int CONSTRAINT c_is_there NOT NULL);

-- rows
INSERT INTO t VALUES (1, 2, 3, 4);

-- hazards
lock: ACCESS EXCLUSIVE on `t`
may-fail: `t.c` holds null

-- expect
ALTER TABLE t RENAME CONSTRAINT a_is_there TO t_a_not_null;

ALTER TABLE t RENAME CONSTRAINT t_b_not_null TO b_is_there;

ALTER TABLE t ADD CONSTRAINT c_is_there NOT NULL c;
