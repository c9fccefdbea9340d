-- btree to hash.

-- from
CREATE TABLE t (a int);
CREATE INDEX t_a ON t (a);

-- to
CREATE TABLE t (a int);
CREATE INDEX t_a ON t USING hash (a);

-- hazards
lock: SHARE on `t`

-- expect
DROP INDEX t_a;

CREATE INDEX t_a ON t USING hash (a);
