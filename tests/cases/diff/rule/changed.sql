-- Another action, and the rule is disabled.

-- both
CREATE TABLE t (id int PRIMARY KEY, a text);

-- from
CREATE RULE t_keep AS ON DELETE TO t DO INSTEAD NOTHING;

-- to
CREATE RULE t_keep AS ON DELETE TO t WHERE old.id < 10 DO INSTEAD NOTHING;
ALTER TABLE t DISABLE RULE t_keep;

-- expect
DROP RULE t_keep ON t;

CREATE RULE t_keep AS
    ON DELETE TO t
   WHERE (old.id < 10) DO INSTEAD NOTHING;

ALTER TABLE t DISABLE RULE t_keep;
