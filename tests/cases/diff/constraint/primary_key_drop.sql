-- A primary key goes, the columns may stay NOT NULL.

-- from
CREATE TABLE t (id int PRIMARY KEY, a int);

-- to
CREATE TABLE t (id int NOT NULL, a int);

-- expect
ALTER TABLE t DROP CONSTRAINT t_pkey;
