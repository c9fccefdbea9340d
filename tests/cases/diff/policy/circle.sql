-- Policies of two tables look at the other table.

-- from
CREATE TABLE a (id int);
CREATE TABLE b (id int);
CREATE POLICY p ON a USING (EXISTS (SELECT FROM b));
CREATE POLICY p ON b USING (EXISTS (SELECT FROM a));

-- to
CREATE TABLE other (x int);

-- hazards
data-loss: all rows of `a`
data-loss: all rows of `b`

-- expect
DROP POLICY p ON a;

DROP POLICY p ON b;

CREATE TABLE other (
    x integer
);

DROP TABLE a;

DROP TABLE b;
