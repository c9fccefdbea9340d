-- Extended statistics over columns and expressions.

-- needs
14

-- from
CREATE TABLE t (a int, b int, c text);

-- to
CREATE TABLE t (a int, b int, c text);
CREATE STATISTICS s1 (dependencies, ndistinct) ON a, b FROM t;
CREATE STATISTICS s2 ON lower(c), a FROM t;
ALTER STATISTICS s1 SET STATISTICS 300;
COMMENT ON STATISTICS s1 IS 'a and b go together';

-- expect
CREATE STATISTICS s1 (ndistinct, dependencies) ON a, b FROM t;

ALTER STATISTICS s1 SET STATISTICS 300;

CREATE STATISTICS s2 ON a, lower(c) FROM t;

COMMENT ON STATISTICS s1 IS 'a and b go together';
