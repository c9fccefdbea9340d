-- Other kinds under the same name.

-- from
CREATE TABLE t (a int, b int);
CREATE STATISTICS s (dependencies) ON a, b FROM t;

-- to
CREATE TABLE t (a int, b int);
CREATE STATISTICS s (mcv) ON a, b FROM t;

-- expect
DROP STATISTICS s;

CREATE STATISTICS s (mcv) ON a, b FROM t;
