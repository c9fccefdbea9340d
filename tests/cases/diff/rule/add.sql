-- A rule on a table and one on a view.

-- from
CREATE TABLE t (id int PRIMARY KEY, a text);
CREATE VIEW v AS SELECT id, a FROM t;

-- to
CREATE TABLE t (id int PRIMARY KEY, a text);
CREATE VIEW v AS SELECT id, a FROM t;
CREATE RULE t_keep AS ON DELETE TO t WHERE old.a = 'root' DO INSTEAD NOTHING;
CREATE RULE v_insert AS ON INSERT TO v DO INSTEAD INSERT INTO t VALUES (new.id, new.a);
COMMENT ON RULE t_keep ON t IS 'root stays';

-- expect
CREATE RULE t_keep AS
    ON DELETE TO t
   WHERE (old.a = 'root'::text) DO INSTEAD NOTHING;

CREATE RULE v_insert AS
    ON INSERT TO v DO INSTEAD  INSERT INTO t (id, a)
  VALUES (new.id, new.a);

COMMENT ON RULE t_keep ON t IS 'root stays';
