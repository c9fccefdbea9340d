-- Columns that only the parent brings, with a default, a refusal of null and a key of the child's own.

-- both
CREATE TABLE base (id int NOT NULL, a int DEFAULT 1, b int DEFAULT 2, c int);

-- to
CREATE TABLE child (CONSTRAINT child_a_check CHECK (a > 0)) INHERITS (base);
ALTER TABLE child ADD PRIMARY KEY (id), ALTER a SET DEFAULT 5, ALTER b DROP DEFAULT, ALTER c SET NOT NULL, ADD UNIQUE (b);
CREATE TABLE grand () INHERITS (child);
ALTER TABLE grand ALTER b SET DEFAULT 9;

-- expect
CREATE TABLE child (
    PRIMARY KEY (id),
    UNIQUE (b),
    CONSTRAINT child_a_check CHECK (a > 0)
) INHERITS (base);

ALTER TABLE ONLY child ALTER COLUMN b DROP DEFAULT;

CREATE TABLE grand () INHERITS (child);

ALTER TABLE child ALTER COLUMN c SET NOT NULL;

ALTER TABLE ONLY child ALTER COLUMN a SET DEFAULT 5;

ALTER TABLE grand ALTER COLUMN a SET DEFAULT 5;

ALTER TABLE grand ALTER COLUMN b SET DEFAULT 9;
