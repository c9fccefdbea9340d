-- Partitions of partitions.

-- from
CREATE TABLE e (a int, b int) PARTITION BY RANGE (a);

-- to
CREATE TABLE e (a int, b int) PARTITION BY RANGE (a);
CREATE TABLE e1 PARTITION OF e FOR VALUES FROM (0) TO (10) PARTITION BY LIST (b);
CREATE TABLE e11 PARTITION OF e1 FOR VALUES IN (1, 2);
ALTER TABLE e ADD CONSTRAINT e_key UNIQUE (a, b);

-- hazards
lock: ACCESS EXCLUSIVE on `e`
may-fail: rows of `e` break `e_key`

-- expect
CREATE TABLE e1 (
    a integer,
    b integer,
    UNIQUE (a, b)
) PARTITION BY LIST (b);

CREATE TABLE e11 (
    a integer,
    b integer,
    UNIQUE (a, b)
);

ALTER TABLE e ADD CONSTRAINT e_key UNIQUE (a, b);

ALTER TABLE e ATTACH PARTITION e1 FOR VALUES FROM (0) TO (10);

ALTER TABLE e1 ATTACH PARTITION e11 FOR VALUES IN (1, 2);
