-- Another base type: the domain is rebuilt, its columns stay.

-- from
CREATE DOMAIN amount AS integer CHECK (VALUE >= 0);
CREATE TABLE t (id int PRIMARY KEY, a amount NOT NULL DEFAULT 0);

-- to
CREATE DOMAIN amount AS bigint CHECK (VALUE >= 0);
CREATE TABLE t (id int PRIMARY KEY, a amount NOT NULL DEFAULT 0);

-- rows
INSERT INTO t VALUES (1, 5);

-- hazards
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: `t.a` holds a value that the new type hasn't

-- expect
ALTER TABLE t ALTER COLUMN a DROP DEFAULT;

ALTER DOMAIN amount RENAME TO amount_old;

CREATE DOMAIN amount AS bigint;

ALTER DOMAIN amount ADD CONSTRAINT amount_check CHECK (VALUE >= 0);

ALTER TABLE t ALTER COLUMN a TYPE amount USING a::text::amount;

ALTER TABLE t ALTER COLUMN a SET DEFAULT 0;

DROP DOMAIN amount_old;
