-- A view on a view.

-- from
CREATE TABLE t (id int PRIMARY KEY, a text);

-- to
CREATE TABLE t (id int PRIMARY KEY, a text);
CREATE VIEW b AS SELECT id, a FROM t WHERE a <> '';
CREATE VIEW a AS SELECT count(*) AS n FROM b;
COMMENT ON VIEW a IS 'how many';
COMMENT ON COLUMN a.n IS 'rows';

-- expect
CREATE VIEW b AS
SELECT t.id,
    t.a
   FROM t
  WHERE (t.a <> ''::text);

CREATE VIEW a AS
SELECT count(*) AS n
   FROM b;

COMMENT ON COLUMN a.n IS 'rows';

COMMENT ON VIEW a IS 'how many';
