-- Roles and expressions in place, the command by a new policy.

-- both
CREATE TABLE t (id int PRIMARY KEY, owner name);
ALTER TABLE t ENABLE ROW LEVEL SECURITY;

-- from
CREATE POLICY a ON t FOR SELECT TO reader USING (id < 100);
CREATE POLICY b ON t FOR SELECT USING (id < 100);

-- to
CREATE POLICY a ON t FOR SELECT TO reader, writer USING (id < 200);
CREATE POLICY b ON t FOR DELETE USING (id < 100);

-- expect
DROP POLICY b ON t;

ALTER POLICY a ON t
    TO reader, writer
    USING (id < 200);

CREATE POLICY b ON t
    FOR DELETE
    USING (id < 100);
