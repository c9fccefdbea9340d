-- An index of the parent alone is invalid until the children have theirs.

-- from
CREATE TABLE p (id int, a int) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);

-- to
CREATE TABLE p (id int, a int) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE INDEX p_a ON ONLY p (a);

-- hazards
lock: SHARE on `p`

-- expect
CREATE INDEX p_a ON ONLY p (a);
