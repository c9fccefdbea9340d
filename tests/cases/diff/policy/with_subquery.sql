-- A policy that reads another table, which goes with it.

-- from
CREATE TABLE grp (id int PRIMARY KEY, who name);
CREATE TABLE t (id int PRIMARY KEY, grp int);
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON t USING (grp IN (SELECT g.id FROM grp g WHERE g.who = current_user));

-- to
CREATE TABLE t (id int PRIMARY KEY, grp int);
ALTER TABLE t ENABLE ROW LEVEL SECURITY;

-- loses
grp

-- hazards
data-loss: all rows of `grp`

-- expect
DROP POLICY mine ON t;

DROP TABLE grp;
