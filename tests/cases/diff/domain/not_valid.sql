-- A check of a domain that is not validated becomes valid.

-- from
CREATE DOMAIN code AS text;
ALTER DOMAIN code ADD CONSTRAINT c CHECK (VALUE <> '') NOT VALID;

-- to
CREATE DOMAIN code AS text CONSTRAINT c CHECK (VALUE <> '');

-- expect
ALTER DOMAIN code VALIDATE CONSTRAINT c;
