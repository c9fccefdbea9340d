-- A rebuilt type that a function takes and returns.

-- from
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE t (id int PRIMARY KEY, m mood);
CREATE FUNCTION better(m mood) RETURNS mood LANGUAGE sql AS $$ SELECT 'ok'::mood $$;

-- to
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE t (id int PRIMARY KEY, m mood);
CREATE FUNCTION better(m mood) RETURNS mood LANGUAGE sql AS $$ SELECT 'ok'::mood $$;

-- rows
INSERT INTO t VALUES (1, 'ok');

-- hazards
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: `t.m` holds a value that the new type hasn't

-- expect
DROP FUNCTION better(mood);

ALTER TYPE mood RENAME TO mood_old;

CREATE TYPE mood AS ENUM ('sad', 'ok');

CREATE FUNCTION better(m mood)
 RETURNS mood
 LANGUAGE sql
AS $function$ SELECT 'ok'::mood $function$;

ALTER TABLE t ALTER COLUMN m TYPE mood USING m::text::mood;

DROP TYPE mood_old;
