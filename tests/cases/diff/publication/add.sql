-- A publication of tables, with columns and a row filter.

-- needs
15

-- from
CREATE TABLE t (id int PRIMARY KEY, a text);

-- to
CREATE TABLE t (id int PRIMARY KEY, a text);
CREATE PUBLICATION p FOR TABLE t (id, a) WHERE (id > 5) WITH (publish = 'insert, update');

-- expect
CREATE PUBLICATION p FOR TABLE t (id, a) WHERE (id > 5) WITH (publish = 'insert, update');
