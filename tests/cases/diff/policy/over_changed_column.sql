-- A column's type under a policy.

-- from
CREATE TABLE t (id int PRIMARY KEY, tenant int);
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON t USING (tenant = 5);

-- to
CREATE TABLE t (id int PRIMARY KEY, tenant bigint);
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON t USING (tenant = 5);

-- rows
INSERT INTO t VALUES (1, 5);

-- hazards
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew

-- expect
DROP POLICY own ON t;

ALTER TABLE t ALTER COLUMN tenant TYPE bigint;

CREATE POLICY own ON t
    USING (tenant = 5);
