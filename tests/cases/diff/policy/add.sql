-- Row security with policies of every kind.

-- from
CREATE TABLE t (id int PRIMARY KEY, owner name);

-- to
CREATE TABLE t (id int PRIMARY KEY, owner name);
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
ALTER TABLE t FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON t USING (owner = current_user) WITH CHECK (owner = current_user);
CREATE POLICY low ON t AS RESTRICTIVE FOR SELECT TO reader, writer USING (id < 100);
CREATE POLICY ins ON t FOR INSERT TO writer WITH CHECK (true);
COMMENT ON POLICY own ON t IS 'own rows';

-- expect
ALTER TABLE t ENABLE ROW LEVEL SECURITY;

ALTER TABLE t FORCE ROW LEVEL SECURITY;

CREATE POLICY ins ON t
    FOR INSERT
    TO writer
    WITH CHECK (true);

CREATE POLICY low ON t
    AS RESTRICTIVE
    FOR SELECT
    TO reader, writer
    USING (id < 100);

CREATE POLICY own ON t
    USING (owner = CURRENT_USER)
    WITH CHECK (owner = CURRENT_USER);

COMMENT ON POLICY own ON t IS 'own rows';
