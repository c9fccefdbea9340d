-- Table options, unlogged, rule, aggregate, statistics, event trigger and storage in one step.

-- from
CREATE TABLE t (id int PRIMARY KEY, a text, b text);

-- to
CREATE UNLOGGED TABLE t (id int PRIMARY KEY, a text, b text) WITH (fillfactor=90);
ALTER TABLE t ALTER a SET STORAGE EXTERNAL;
CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING;
CREATE AGGREGATE total(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');
CREATE STATISTICS s ON a, b FROM t;
CREATE FUNCTION seen() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
CREATE EVENT TRIGGER audit ON ddl_command_end EXECUTE FUNCTION seen();

-- rows
INSERT INTO t VALUES (1, 'x', 'y');

-- hazards
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew

-- expect
CREATE FUNCTION seen()
 RETURNS event_trigger
 LANGUAGE plpgsql
AS $function$ BEGIN END $function$;

CREATE AGGREGATE total(integer) (
    SFUNC = int4pl,
    STYPE = integer,
    INITCOND = '0'
);

ALTER TABLE t SET UNLOGGED;

ALTER TABLE t SET (fillfactor = 90);

ALTER TABLE t ALTER COLUMN a SET STORAGE EXTERNAL;

CREATE STATISTICS s ON a, b FROM t;

CREATE RULE r AS
    ON DELETE TO t DO INSTEAD NOTHING;

CREATE EVENT TRIGGER audit ON ddl_command_end
    EXECUTE FUNCTION seen();
