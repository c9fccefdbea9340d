-- A serial column comes on a table with rows.

-- from
CREATE TABLE t (a text);

-- to
CREATE TABLE t (a text, id serial);

-- rows
INSERT INTO t VALUES ('x'), ('y');

-- hazards
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew

-- expect
ALTER TABLE t ADD COLUMN id serial;
