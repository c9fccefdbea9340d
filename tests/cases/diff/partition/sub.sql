-- Partitions of partitions.

-- from
CREATE TABLE e (a int, b int) PARTITION BY RANGE (a);

-- to
CREATE TABLE e (a int, b int) PARTITION BY RANGE (a);
CREATE TABLE e1 PARTITION OF e FOR VALUES FROM (0) TO (10) PARTITION BY LIST (b);
CREATE TABLE e11 PARTITION OF e1 FOR VALUES IN (1, 2);
ALTER TABLE e ADD CONSTRAINT e_key UNIQUE (a, b);

-- expect
-- refused: no order of statements exists: table `e1`, table `e11` need each other
