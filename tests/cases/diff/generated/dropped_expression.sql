-- The expression goes, the values stay.

-- from
CREATE TABLE t (w int, h int, area int GENERATED ALWAYS AS (w * h) STORED);

-- to
CREATE TABLE t (w int, h int, area int);

-- expect
ALTER TABLE t ALTER COLUMN area DROP EXPRESSION;
