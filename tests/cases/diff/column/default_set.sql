-- A default comes.

-- from
CREATE TABLE t (id int PRIMARY KEY, a text);

-- to
CREATE TABLE t (id int PRIMARY KEY, a text DEFAULT 'it''s');

-- expect
ALTER TABLE t ALTER COLUMN a SET DEFAULT 'it''s';
