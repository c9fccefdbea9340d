-- Alembic: the definition of a domain is silent.

-- from
CREATE DOMAIN code AS text CONSTRAINT c CHECK (VALUE <> '');
CREATE TABLE t (a code);

-- to
CREATE DOMAIN code AS text NOT NULL CONSTRAINT c CHECK (length(VALUE) > 2);
CREATE TABLE t (a code);

-- hazards
may-fail: a column of `code` holds null
may-fail: values of `code` break `c`

-- expect
ALTER DOMAIN code DROP CONSTRAINT c;

ALTER DOMAIN code SET NOT NULL;

ALTER DOMAIN code ADD CONSTRAINT c CHECK (length(VALUE) > 2);
