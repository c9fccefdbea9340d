-- Views in the order of their use.

-- from
CREATE TABLE t (id int PRIMARY KEY, a text);
CREATE VIEW b AS SELECT id, a FROM t WHERE a <> '';
CREATE VIEW a AS SELECT count(*) AS n FROM b;

-- to
CREATE TABLE t (id int PRIMARY KEY, a text);

-- expect
DROP VIEW a;

DROP VIEW b;
