-- A told rename under an index, a check and a view.

-- from
CREATE TABLE t (id int PRIMARY KEY, name text CHECK (name <> ''));
CREATE INDEX t_name ON t (name);
CREATE VIEW v AS SELECT id, name FROM t;

-- to
CREATE TABLE t (id int PRIMARY KEY, full_name text CHECK (full_name <> ''));
CREATE INDEX t_name ON t (full_name);
CREATE VIEW v AS SELECT id, full_name FROM t;

-- rows
INSERT INTO t VALUES (1, 'x');

-- rename
t.name=t.full_name

-- expect
ALTER TABLE t RENAME COLUMN name TO full_name;

ALTER TABLE t RENAME CONSTRAINT t_name_check TO t_full_name_check;

DROP VIEW v;

CREATE VIEW v AS
SELECT t.id,
    t.full_name
   FROM t;
