-- Default, NOT NULL, one check added, one changed, one gone.

-- from
CREATE DOMAIN code AS text DEFAULT 'A' CONSTRAINT one CHECK (VALUE <> '') CONSTRAINT two CHECK (length(VALUE) < 9);
CREATE TABLE t (id int PRIMARY KEY, c code);

-- to
CREATE DOMAIN code AS text DEFAULT 'B' NOT NULL CONSTRAINT two CHECK (length(VALUE) < 5) CONSTRAINT three CHECK (VALUE ~ '^[A-Z]');
CREATE TABLE t (id int PRIMARY KEY, c code);

-- rows
INSERT INTO t VALUES (1, 'X');

-- hazards
may-fail: a column of `code` holds null
may-fail: values of `code` break `three`
may-fail: values of `code` break `two`

-- expect
ALTER DOMAIN code DROP CONSTRAINT one;

ALTER DOMAIN code DROP CONSTRAINT two;

ALTER DOMAIN code SET DEFAULT 'B'::text;

ALTER DOMAIN code SET NOT NULL;

ALTER DOMAIN code ADD CONSTRAINT three CHECK (VALUE ~ '^[A-Z]'::text);

ALTER DOMAIN code ADD CONSTRAINT two CHECK (length(VALUE) < 5);
