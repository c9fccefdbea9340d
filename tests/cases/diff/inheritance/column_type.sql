-- A type of a parent's column under children.

-- from
CREATE TABLE base (id int, a int DEFAULT 1);
CREATE TABLE child (own text) INHERITS (base);
CREATE INDEX child_a ON child (a);

-- to
CREATE TABLE base (id int, a bigint DEFAULT 2 NOT NULL);
CREATE TABLE child (own text) INHERITS (base);
CREATE INDEX child_a ON child (a);

-- rows
INSERT INTO child VALUES (1, 2, 'x');

-- hazards
lock: ACCESS EXCLUSIVE on `base`
rewrite: writes `base` anew
lock: ACCESS EXCLUSIVE on `base`
may-fail: `base.a` holds null

-- expect
ALTER TABLE base ALTER COLUMN a DROP DEFAULT;

ALTER TABLE base ALTER COLUMN a TYPE bigint;

ALTER TABLE base ALTER COLUMN a SET NOT NULL;

ALTER TABLE base ALTER COLUMN a SET DEFAULT 2;
