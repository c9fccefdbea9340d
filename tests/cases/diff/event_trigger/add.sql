-- An event trigger and its filter.

-- to
CREATE FUNCTION seen() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
CREATE EVENT TRIGGER audit ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'DROP TABLE') EXECUTE FUNCTION seen();

-- expect
CREATE FUNCTION seen()
 RETURNS event_trigger
 LANGUAGE plpgsql
AS $function$ BEGIN END $function$;

CREATE EVENT TRIGGER audit ON ddl_command_end
    WHEN TAG IN ('CREATE TABLE', 'DROP TABLE')
    EXECUTE FUNCTION seen();
