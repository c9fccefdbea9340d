-- Plain, unique, partial, expression, include.

-- from
CREATE TABLE t (id int PRIMARY KEY, a text, b int, c jsonb);

-- to
CREATE TABLE t (id int PRIMARY KEY, a text, b int, c jsonb);
CREATE INDEX t_a ON t (a);
CREATE UNIQUE INDEX t_lower_a ON t (lower(a)) WHERE b > 0;
CREATE INDEX t_b_a ON t (b DESC NULLS LAST, a text_pattern_ops) INCLUDE (id);
CREATE INDEX t_c ON t USING gin (c jsonb_path_ops) WITH (fastupdate=off);
COMMENT ON INDEX t_a IS 'find by a';

-- rows
INSERT INTO t VALUES (1, 'x', 2, '{}');

-- hazards
lock: SHARE on `t`
lock: SHARE on `t`
lock: SHARE on `t`
lock: SHARE on `t`
may-fail: rows of `t` are not unique

-- expect
CREATE INDEX t_a ON t (a);

CREATE INDEX t_b_a ON t (b DESC NULLS LAST, a text_pattern_ops) INCLUDE (id);

CREATE INDEX t_c ON t USING gin (c jsonb_path_ops) WITH (fastupdate=off);

CREATE UNIQUE INDEX t_lower_a ON t (lower(a)) WHERE (b > 0);

COMMENT ON INDEX t_a IS 'find by a';
