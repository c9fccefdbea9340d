-- A told rename of a value keeps the rows.

-- from
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE t (id int PRIMARY KEY, m mood DEFAULT 'sad');

-- to
CREATE TYPE mood AS ENUM ('unhappy', 'ok');
CREATE TABLE t (id int PRIMARY KEY, m mood DEFAULT 'unhappy');

-- rename
mood.sad=mood.unhappy

-- hazards
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: `t.m` holds a value that the new type hasn't

-- expect
ALTER TABLE t ALTER COLUMN m DROP DEFAULT;

ALTER TYPE mood RENAME TO mood_old;

CREATE TYPE mood AS ENUM ('unhappy', 'ok');

ALTER TABLE t ALTER COLUMN m TYPE mood USING m::text::mood;

ALTER TABLE t ALTER COLUMN m SET DEFAULT 'unhappy';

DROP TYPE mood_old;
