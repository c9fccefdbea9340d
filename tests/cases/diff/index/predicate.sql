-- The predicate changes.

-- from
CREATE TABLE t (a int, deleted boolean);
CREATE INDEX t_a ON t (a) WHERE NOT deleted;

-- to
CREATE TABLE t (a int, deleted boolean);
CREATE INDEX t_a ON t (a) WHERE deleted IS NOT TRUE;

-- hazards
lock: SHARE on `t`

-- expect
DROP INDEX t_a;

CREATE INDEX t_a ON t (a) WHERE (deleted IS NOT TRUE);
