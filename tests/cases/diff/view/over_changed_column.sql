-- The type of a column under two views, a rule-less one and one with a trigger.

-- from
CREATE TABLE t (id int PRIMARY KEY, a varchar(10));
CREATE VIEW v AS SELECT id, upper(a) AS a FROM t;
CREATE VIEW w AS SELECT a FROM v;
GRANT SELECT ON v TO reader;
COMMENT ON COLUMN v.a IS 'loud';

-- to
CREATE TABLE t (id bigint PRIMARY KEY, a text);
CREATE VIEW v AS SELECT id, upper(a) AS a FROM t;
CREATE VIEW w AS SELECT a FROM v;
GRANT SELECT ON v TO reader;
COMMENT ON COLUMN v.a IS 'loud';

-- rows
INSERT INTO t VALUES (1, 'x');

-- hazards
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew

-- expect
DROP VIEW w;

DROP VIEW v;

ALTER TABLE t ALTER COLUMN a TYPE text;

ALTER TABLE t ALTER COLUMN id TYPE bigint;

CREATE VIEW v AS
SELECT t.id,
    upper(t.a) AS a
   FROM t;

CREATE VIEW w AS
SELECT v.a
   FROM v;

COMMENT ON COLUMN v.a IS 'loud';

GRANT SELECT ON v TO reader;
