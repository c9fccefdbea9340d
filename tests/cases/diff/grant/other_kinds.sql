-- Grants on a schema, a sequence, a function, a type and a view.

-- both
CREATE SCHEMA app;
CREATE SEQUENCE app.s;
CREATE FUNCTION app.f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;
CREATE TYPE app.e AS ENUM ('a');
CREATE VIEW app.v AS SELECT 1 AS x;

-- to
GRANT USAGE ON SCHEMA app TO reader;
GRANT USAGE, SELECT ON SEQUENCE app.s TO writer;
REVOKE EXECUTE ON FUNCTION app.f() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.f() TO writer;
REVOKE USAGE ON TYPE app.e FROM PUBLIC;
GRANT SELECT ON app.v TO reader;

-- options
grants

-- expect
REVOKE USAGE ON TYPE app.e FROM PUBLIC;

REVOKE EXECUTE ON FUNCTION app.f() FROM PUBLIC;

GRANT USAGE ON SCHEMA app TO reader;

GRANT EXECUTE ON FUNCTION app.f() TO writer;

GRANT SELECT, USAGE ON SEQUENCE app.s TO writer;

GRANT SELECT ON app.v TO reader;
