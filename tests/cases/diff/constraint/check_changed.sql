-- Another expression under the same name, with a comment.

-- from
CREATE TABLE t (a int, CONSTRAINT a_range CHECK (a > 0));
COMMENT ON CONSTRAINT a_range ON t IS 'positive';

-- to
CREATE TABLE t (a int, CONSTRAINT a_range CHECK (a > 0 AND a < 100));
COMMENT ON CONSTRAINT a_range ON t IS 'positive';

-- rows
INSERT INTO t VALUES (1);

-- hazards
lock: ACCESS EXCLUSIVE on `t`
may-fail: rows of `t` break `a_range`

-- expect
ALTER TABLE t DROP CONSTRAINT a_range;

ALTER TABLE t ADD CONSTRAINT a_range CHECK ((a > 0) AND (a < 100));

COMMENT ON CONSTRAINT a_range ON t IS 'positive';
