-- A new column of the parent has another default in a child.

-- from
CREATE TABLE base (id int);
CREATE TABLE child () INHERITS (base);

-- to
CREATE TABLE base (id int, a int DEFAULT 1, b int DEFAULT 1);
CREATE TABLE child () INHERITS (base);
ALTER TABLE child ALTER a SET DEFAULT 2, ALTER b DROP DEFAULT;

-- expect
ALTER TABLE base ADD COLUMN a integer DEFAULT 1;

ALTER TABLE base ADD COLUMN b integer DEFAULT 1;

ALTER TABLE child ALTER COLUMN b DROP DEFAULT;

ALTER TABLE child ALTER COLUMN a SET DEFAULT 2;
