-- A partitioned table goes with its children.

-- from
CREATE TABLE p (id int PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);

-- loses
p
p1

-- hazards
data-loss: all rows of `p1`
data-loss: all rows of `p`

-- expect
DROP TABLE p1;

DROP TABLE p;
