-- A default of another expression.

-- from
CREATE TABLE t (id int PRIMARY KEY, a timestamptz DEFAULT now());

-- to
CREATE TABLE t (id int PRIMARY KEY, a timestamptz DEFAULT clock_timestamp() + '1 day'::interval);

-- expect
ALTER TABLE t ALTER COLUMN a SET DEFAULT (clock_timestamp() + '1 day'::interval);
