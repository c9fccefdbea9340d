-- One column gone and one come in the same place, of the same definition.

-- from
CREATE TABLE t (id int PRIMARY KEY, mail text NOT NULL, age int);

-- to
CREATE TABLE t (id int PRIMARY KEY, email text NOT NULL, age int);

-- rows
INSERT INTO t VALUES (1, 'x', 3);

-- keeps
t.mail=t.email

-- hazards
rename-assumed: `t.mail` is taken to become `t.email`

-- expect
ALTER TABLE t RENAME COLUMN mail TO email;
