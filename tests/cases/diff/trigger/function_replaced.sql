-- The function of a trigger is rebuilt: the trigger too.

-- from
CREATE TABLE t (id int PRIMARY KEY, a text);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER one BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION touch();

-- to
CREATE TABLE t (id int PRIMARY KEY, a text);
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER one BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION stamp();

-- expect
DROP TRIGGER one ON t;

CREATE FUNCTION stamp()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN RETURN NEW; END $function$;

CREATE TRIGGER one BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION stamp();

DROP FUNCTION touch();
