-- A body that PostgreSQL has parsed, with its dependencies.

-- needs
14

-- to
CREATE TABLE t (id int PRIMARY KEY, a text);
CREATE FUNCTION newest() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT max(id) FROM t; END;
CREATE FUNCTION twice(a int) RETURNS int LANGUAGE sql RETURN a * 2;

-- expect
CREATE FUNCTION twice(a integer)
 RETURNS integer
 LANGUAGE sql
RETURN (a * 2);

CREATE TABLE t (
    id integer PRIMARY KEY,
    a text
);

CREATE FUNCTION newest()
 RETURNS integer
 LANGUAGE sql
BEGIN ATOMIC
 SELECT max(t.id) AS max
    FROM t;
END;
