-- A column at the end can be had by CREATE OR REPLACE.

-- from
CREATE TABLE t (id int PRIMARY KEY, a text);
CREATE VIEW v AS SELECT id FROM t;
CREATE VIEW w AS SELECT id FROM v;

-- to
CREATE TABLE t (id int PRIMARY KEY, a text);
CREATE VIEW v AS SELECT id, a FROM t;
CREATE VIEW w AS SELECT id FROM v;

-- expect
CREATE OR REPLACE VIEW v AS
SELECT t.id,
    t.a
   FROM t;
