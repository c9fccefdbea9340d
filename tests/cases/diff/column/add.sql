-- Added columns stand in the target's order.

-- from
CREATE TABLE t (id int PRIMARY KEY);

-- to
CREATE TABLE t (id int PRIMARY KEY, z text, a int, m timestamptz DEFAULT now());

-- rows
INSERT INTO t VALUES (1);

-- expect
ALTER TABLE t ADD COLUMN z text;

ALTER TABLE t ADD COLUMN a integer;

ALTER TABLE t ADD COLUMN m timestamptz DEFAULT now();
