-- A domain with checks and a column of it.

-- to
CREATE DOMAIN email AS text NOT NULL CONSTRAINT has_at CHECK (VALUE LIKE '%@%') CHECK (length(VALUE) < 200);
CREATE TABLE t (id int PRIMARY KEY, e email);
COMMENT ON DOMAIN email IS 'an address';
COMMENT ON CONSTRAINT has_at ON DOMAIN email IS 'must have one';

-- expect
CREATE DOMAIN email AS text NOT NULL;

ALTER DOMAIN email ADD CONSTRAINT email_check CHECK (length(VALUE) < 200);

ALTER DOMAIN email ADD CONSTRAINT has_at CHECK (VALUE ~~ '%@%'::text);

CREATE TABLE t (
    id integer PRIMARY KEY,
    e email
);

COMMENT ON DOMAIN email IS 'an address';

COMMENT ON CONSTRAINT has_at ON DOMAIN email IS 'must have one';
