-- A range type with a column of it changes: the values wait as texts.

-- from
CREATE TYPE spans AS RANGE (subtype = float8);
CREATE TABLE t (id int, s spans DEFAULT '[1,2)', m spans[]);
CREATE INDEX i ON t USING gist (s);
CREATE VIEW v AS SELECT s FROM t;

-- to
CREATE TYPE spans AS RANGE (subtype = float8, subtype_diff = float8mi);
CREATE TABLE t (id int, s spans DEFAULT '[1,2)', m spans[]);
CREATE INDEX i ON t USING gist (s);
CREATE VIEW v AS SELECT s FROM t;

-- rows
INSERT INTO t VALUES (1, '[3,4)', '{"[5,6)"}');

-- hazards
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: `t.m` holds a value that the new type hasn't
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: `t.s` holds a value that the new type hasn't
lock: SHARE on `t`

-- expect
DROP VIEW v;

DROP INDEX i;

ALTER TABLE t ALTER COLUMN s DROP DEFAULT;

ALTER TABLE t ALTER COLUMN m TYPE text[] USING m::text[];

ALTER TABLE t ALTER COLUMN s TYPE text USING s::text;

DROP TYPE spans;

CREATE TYPE spans AS RANGE (
    subtype = double precision,
    subtype_diff = float8mi
);

ALTER TABLE t ALTER COLUMN m TYPE spans[] USING m::text[]::spans[];

ALTER TABLE t ALTER COLUMN s TYPE spans USING s::text::spans;

ALTER TABLE t ALTER COLUMN s SET DEFAULT '[1,2)';

CREATE INDEX i ON t USING gist (s);

CREATE VIEW v AS
SELECT t.s
   FROM t;
