-- A child leaves its parent for another one: what it only inherited is its own from then on.

-- both
CREATE TABLE base (id int, note text DEFAULT 'n');
CREATE TABLE other (id int, note text);

-- from
CREATE TABLE child (own int) INHERITS (base);

-- to
CREATE TABLE child (id int, note text DEFAULT 'n', own int) INHERITS (other);

-- rows
INSERT INTO child VALUES (1, 'x', 2);

-- expect
ALTER TABLE child NO INHERIT base;

ALTER TABLE child INHERIT other;
