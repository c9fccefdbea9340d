-- A column that goes needs a new view, and what stands on it too, with grants and comments.

-- from
CREATE TABLE t (id int PRIMARY KEY, a text);
CREATE VIEW v AS SELECT id, a FROM t;
CREATE VIEW w AS SELECT id FROM v;
COMMENT ON VIEW w IS 'stays';
GRANT SELECT ON w TO reader;

-- to
CREATE TABLE t (id int PRIMARY KEY, a text);
CREATE VIEW v AS SELECT id FROM t;
CREATE VIEW w AS SELECT id FROM v;
COMMENT ON VIEW w IS 'stays';
GRANT SELECT ON w TO reader;

-- expect
DROP VIEW w;

DROP VIEW v;

CREATE VIEW v AS
SELECT t.id
   FROM t;

CREATE VIEW w AS
SELECT v.id
   FROM v;

COMMENT ON VIEW w IS 'stays';

GRANT SELECT ON w TO reader;
