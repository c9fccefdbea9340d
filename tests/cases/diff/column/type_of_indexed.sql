-- A column with an expression index, a unique constraint and a check.

-- from
CREATE TABLE t (id int PRIMARY KEY, a varchar(20) UNIQUE CHECK (length(a) > 2));
CREATE INDEX t_lower ON t (lower(a)) WHERE a <> 'root';

-- to
CREATE TABLE t (id int PRIMARY KEY, a text UNIQUE CHECK (length(a) > 2));
CREATE INDEX t_lower ON t (lower(a)) WHERE a <> 'root';

-- rows
INSERT INTO t VALUES (1, 'abc');

-- hazards
lock: ACCESS EXCLUSIVE on `t`
may-fail: rows of `t` break `t_a_check`
lock: SHARE on `t`

-- expect
ALTER TABLE t DROP CONSTRAINT t_a_check;

DROP INDEX t_lower;

ALTER TABLE t ALTER COLUMN a TYPE text;

ALTER TABLE t ADD CONSTRAINT t_a_check CHECK (length(a) > 2);

CREATE INDEX t_lower ON t (lower(a)) WHERE (a <> 'root'::text);
