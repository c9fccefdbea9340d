-- An index uses a function that takes the table's rows.

-- from
CREATE TABLE a (id int, t text);
CREATE FUNCTION f(a) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT $1.t $$;
CREATE INDEX i ON a (f(a));
ALTER TABLE a ADD CHECK (f(a) <> '');

-- to
CREATE TABLE other (x int);

-- hazards
data-loss: all rows of `a`

-- expect
ALTER TABLE a DROP CONSTRAINT a_check;

DROP INDEX i;

CREATE TABLE other (
    x integer
);

DROP FUNCTION f(a);

DROP TABLE a;
