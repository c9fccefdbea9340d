-- A collation and a column that has it.

-- from
CREATE TABLE t (id int PRIMARY KEY, a text);

-- to
CREATE COLLATION german (provider = icu, locale = 'de-u-co-phonebk', deterministic = false);
CREATE TABLE t (id int PRIMARY KEY, a text COLLATE german);
COMMENT ON COLLATION german IS 'as in a phone book';

-- expect
CREATE COLLATION german (provider = icu, locale = 'de-u-co-phonebk', deterministic = false);

ALTER TABLE t ALTER COLUMN a TYPE text COLLATE german;

COMMENT ON COLLATION german IS 'as in a phone book';
