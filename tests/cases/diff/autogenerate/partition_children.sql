-- Alembic: the children that a model doesn't name are dropped; here both sides name them.

-- from
CREATE TABLE p (id int) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);

-- to
CREATE TABLE p (id int, a text) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);

-- rows
INSERT INTO p VALUES (1);

-- expect
ALTER TABLE p ADD COLUMN a text;
