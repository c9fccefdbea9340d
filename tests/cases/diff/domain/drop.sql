-- A domain with the column that has it turned to its base.

-- from
CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%');
CREATE TABLE t (id int PRIMARY KEY, e email);

-- to
CREATE TABLE t (id int PRIMARY KEY, e text);

-- rows
INSERT INTO t VALUES (1, 'a@b');

-- hazards
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew

-- expect
ALTER TABLE t ALTER COLUMN e TYPE text;

DROP DOMAIN email;
