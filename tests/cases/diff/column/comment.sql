-- A comment of a column comes, changes and goes.

-- from
CREATE TABLE t (a int, b int, c int);
COMMENT ON COLUMN t.b IS 'old';
COMMENT ON COLUMN t.c IS 'gone';

-- to
CREATE TABLE t (a int, b int, c int);
COMMENT ON COLUMN t.a IS 'come';
COMMENT ON COLUMN t.b IS 'new';

-- expect
COMMENT ON COLUMN t.a IS 'come';

COMMENT ON COLUMN t.b IS 'new';

COMMENT ON COLUMN t.c IS NULL;
