-- Keys from and to a partitioned table.

-- to
CREATE TABLE p (id int PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE c (id int, p int REFERENCES p) PARTITION BY RANGE (id);
CREATE TABLE c1 PARTITION OF c FOR VALUES FROM (0) TO (10);

-- expect
-- refused: no order of statements exists: table `p`, table `p1` need each other
