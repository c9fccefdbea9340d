-- A statistics target of an expression.

-- from
CREATE TABLE t (a int, b int);
CREATE INDEX t_sum ON t ((a + b));

-- to
CREATE TABLE t (a int, b int);
CREATE INDEX t_sum ON t ((a + b));
ALTER INDEX t_sum ALTER COLUMN 1 SET STATISTICS 900;

-- expect
ALTER INDEX t_sum ALTER COLUMN 1 SET STATISTICS 900;
