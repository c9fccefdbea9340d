-- A value goes under a default, a check, a predicate, an array and a view.

-- from
CREATE TYPE "Mood" AS ENUM ('sad', 'ok', 'Happy');
CREATE TABLE t (id int PRIMARY KEY, m "Mood" NOT NULL DEFAULT 'ok', ms "Mood"[] DEFAULT '{ok}', CHECK (m <> 'sad'));
CREATE INDEX t_ok ON t (id) WHERE m = 'ok';
CREATE VIEW v AS SELECT id, m FROM t WHERE m = 'ok';

-- to
CREATE TYPE "Mood" AS ENUM ('sad', 'ok');
CREATE TABLE t (id int PRIMARY KEY, m "Mood" NOT NULL DEFAULT 'ok', ms "Mood"[] DEFAULT '{ok}', CHECK (m <> 'sad'));
CREATE INDEX t_ok ON t (id) WHERE m = 'ok';
CREATE VIEW v AS SELECT id, m FROM t WHERE m = 'ok';

-- rows
INSERT INTO t VALUES (1, 'ok', '{sad,ok}');

-- hazards
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: `t.ms` holds a value that the new type hasn't
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: `t.m` holds a value that the new type hasn't
lock: ACCESS EXCLUSIVE on `t`
may-fail: rows of `t` break `t_m_check`
lock: SHARE on `t`

-- expect
DROP VIEW v;

ALTER TABLE t DROP CONSTRAINT t_m_check;

DROP INDEX t_ok;

ALTER TABLE t ALTER COLUMN m DROP DEFAULT;

ALTER TABLE t ALTER COLUMN ms DROP DEFAULT;

ALTER TYPE "Mood" RENAME TO "Mood_old";

CREATE TYPE "Mood" AS ENUM ('sad', 'ok');

ALTER TABLE t ALTER COLUMN ms TYPE "Mood"[] USING ms::text[]::"Mood"[];

ALTER TABLE t ALTER COLUMN m TYPE "Mood" USING m::text::"Mood";

ALTER TABLE t ALTER COLUMN m SET DEFAULT 'ok';

ALTER TABLE t ALTER COLUMN ms SET DEFAULT '{ok}';

ALTER TABLE t ADD CONSTRAINT t_m_check CHECK (m <> 'sad'::"Mood");

CREATE INDEX t_ok ON t (id) WHERE (m = 'ok'::"Mood");

CREATE VIEW v AS
SELECT t.id,
    t.m
   FROM t
  WHERE (t.m = 'ok'::"Mood");

DROP TYPE "Mood_old";
