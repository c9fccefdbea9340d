-- A child begins, or ceases, to declare a column that it inherits: PostgreSQL can't change that, and the plan says so.

-- from
CREATE TABLE base (id int, note text DEFAULT 'n');
CREATE TABLE begins () INHERITS (base);
CREATE TABLE ceases (note text DEFAULT 'c') INHERITS (base);

-- to
CREATE TABLE base (id int, note text DEFAULT 'n');
CREATE TABLE begins (note text DEFAULT 'c') INHERITS (base);
CREATE TABLE ceases () INHERITS (base);

-- expect
ALTER TABLE begins ALTER COLUMN note SET DEFAULT 'c';

ALTER TABLE ceases ALTER COLUMN note SET DEFAULT 'n';
