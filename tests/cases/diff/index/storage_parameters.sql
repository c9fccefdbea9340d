-- A parameter of an index is set in place.

-- from
CREATE TABLE t (a int);
CREATE INDEX t_a ON t (a) WITH (fillfactor=70);

-- to
CREATE TABLE t (a int);
CREATE INDEX t_a ON t (a) WITH (deduplicate_items=off);

-- hazards
lock: SHARE on `t`

-- expect
DROP INDEX t_a;

CREATE INDEX t_a ON t (a) WITH (deduplicate_items=off);
