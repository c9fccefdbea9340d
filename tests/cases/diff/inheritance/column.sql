-- A column of the parent comes and goes with the child's; a local one stays.

-- from
CREATE TABLE base (id int, a int);
CREATE TABLE child (a int, own text DEFAULT 'x') INHERITS (base);

-- to
CREATE TABLE base (id int, b int);
CREATE TABLE child (a int, own text DEFAULT 'x') INHERITS (base);

-- loses
base.a

-- hazards
rename-assumed: `base.a` is taken to become `base.b`

-- expect
ALTER TABLE base RENAME COLUMN a TO b;

ALTER TABLE child ADD COLUMN a integer;
