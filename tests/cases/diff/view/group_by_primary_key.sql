-- A view that needs the primary key of its table.

-- to
CREATE TABLE t (id int PRIMARY KEY, a text, b int);
CREATE VIEW v AS SELECT id, a, count(b) AS n FROM t GROUP BY id;

-- expect
CREATE TABLE t (
    id integer PRIMARY KEY,
    a text,
    b integer
);

CREATE VIEW v AS
SELECT t.id,
    t.a,
    count(t.b) AS n
   FROM t
  GROUP BY t.id;
