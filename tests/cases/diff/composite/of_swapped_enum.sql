-- Values are taken from an enum that is in a composite type: the old composite type goes before the old enum.

-- from
CREATE TYPE mood AS ENUM ('sad', 'so so', 'ok');
CREATE TYPE pair AS (x int, z mood);
CREATE TYPE nest AS (p pair, zs mood[]);
CREATE TABLE t (p pair, m mood);

-- to
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TYPE pair AS (x int, z mood);
CREATE TYPE nest AS (p pair, zs mood[]);
CREATE TABLE t (p pair, m mood);

-- rows
INSERT INTO t VALUES ((1, 'sad'), 'ok');

-- hazards
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: `t.m` holds a value that the new type hasn't
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: `t.p` holds a value that the new type hasn't

-- expect
ALTER TYPE nest RENAME TO nest_old;

ALTER TYPE pair RENAME TO pair_old;

ALTER TYPE mood RENAME TO mood_old;

CREATE TYPE mood AS ENUM ('sad', 'ok');

CREATE TYPE pair AS (
    x integer,
    z mood
);

CREATE TYPE nest AS (
    p pair,
    zs mood[]
);

ALTER TABLE t ALTER COLUMN m TYPE mood USING m::text::mood;

ALTER TABLE t ALTER COLUMN p TYPE pair USING CASE WHEN p IS DISTINCT FROM NULL THEN ROW((p).x::integer, (p).z::text::mood)::pair END;

DROP TYPE nest_old;

DROP TYPE pair_old;

DROP TYPE mood_old;
