-- One table stops to inherit, one begins.

-- from
CREATE TABLE base (id int, at date);
CREATE TABLE a (id int, at date) INHERITS (base);
CREATE TABLE b (id int, at date);

-- to
CREATE TABLE base (id int, at date);
CREATE TABLE a (id int, at date);
CREATE TABLE b (id int, at date) INHERITS (base);

-- rows
INSERT INTO a VALUES (1, '2026-01-01');
INSERT INTO b VALUES (2, '2026-01-01');

-- expect
ALTER TABLE a NO INHERIT base;

ALTER TABLE b INHERIT base;
