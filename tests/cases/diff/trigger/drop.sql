-- A trigger and then its function.

-- from
CREATE TABLE t (id int PRIMARY KEY, a text);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER one BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION touch();

-- to
CREATE TABLE t (id int PRIMARY KEY, a text);

-- expect
DROP TRIGGER one ON t;

DROP FUNCTION touch();
