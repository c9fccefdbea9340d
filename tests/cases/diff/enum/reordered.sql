-- The same values in another order.

-- from
CREATE TYPE size AS ENUM ('large', 'small');
CREATE TABLE t (id int PRIMARY KEY, s size);
CREATE INDEX t_s ON t (s);

-- to
CREATE TYPE size AS ENUM ('small', 'large');
CREATE TABLE t (id int PRIMARY KEY, s size);
CREATE INDEX t_s ON t (s);

-- rows
INSERT INTO t VALUES (1, 'large');

-- hazards
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: `t.s` holds a value that the new type hasn't

-- expect
ALTER TYPE size RENAME TO size_old;

CREATE TYPE size AS ENUM ('small', 'large');

ALTER TABLE t ALTER COLUMN s TYPE size USING s::text::size;

DROP TYPE size_old;
