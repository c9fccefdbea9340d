-- A domain with checks and a comment, columns and an array of it, over another domain.

-- from
CREATE DOMAIN word AS text CONSTRAINT filled CHECK (VALUE <> '');
CREATE DOMAIN short AS word CONSTRAINT brief CHECK (length(VALUE) < 10);
CREATE TABLE t (id int PRIMARY KEY, w short, ws word[]);

-- to
CREATE DOMAIN word AS varchar(100) CONSTRAINT filled CHECK (VALUE <> '');
COMMENT ON DOMAIN word IS 'not empty';
CREATE DOMAIN short AS word CONSTRAINT brief CHECK (length(VALUE) < 20);
CREATE TABLE t (id int PRIMARY KEY, w short, ws word[]);

-- rows
INSERT INTO t VALUES (1, 'x', '{y}');

-- hazards
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: `t.ws` holds a value that the new type hasn't
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: `t.w` holds a value that the new type hasn't

-- expect
ALTER DOMAIN short RENAME TO short_old;

ALTER DOMAIN word RENAME TO word_old;

CREATE DOMAIN word AS varchar(100);

CREATE DOMAIN short AS word;

ALTER DOMAIN short ADD CONSTRAINT brief CHECK (length((VALUE)::text) < 20);

ALTER DOMAIN word ADD CONSTRAINT filled CHECK ((VALUE)::text <> ''::text);

ALTER TABLE t ALTER COLUMN ws TYPE word[] USING ws::text[]::word[];

ALTER TABLE t ALTER COLUMN w TYPE short USING w::text::short;

COMMENT ON DOMAIN word IS 'not empty';

DROP DOMAIN short_old;

DROP DOMAIN word_old;
