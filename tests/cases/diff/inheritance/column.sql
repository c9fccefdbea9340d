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
data-loss: all values of `base.a`

-- expect
ALTER TABLE base ADD COLUMN b integer;

ALTER TABLE base DROP COLUMN a;
