-- An event trigger is disabled.

-- both
CREATE FUNCTION seen() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
CREATE EVENT TRIGGER audit ON ddl_command_end EXECUTE FUNCTION seen();

-- from
COMMENT ON EVENT TRIGGER audit IS 'on';

-- to
ALTER EVENT TRIGGER audit DISABLE;

-- expect
ALTER EVENT TRIGGER audit DISABLE;

COMMENT ON EVENT TRIGGER audit IS NULL;
