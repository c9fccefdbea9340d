-- A publication of several tables.

-- both
CREATE TABLE a (id int PRIMARY KEY);
CREATE TABLE b (id int PRIMARY KEY, note text);

-- to
CREATE PUBLICATION p FOR TABLE b, a;

-- expect
CREATE PUBLICATION p FOR TABLE a, b;
