-- Alembic: off by default; an expression of other spelling is a false positive.

-- from
CREATE TABLE t (a text DEFAULT 'x', b timestamptz DEFAULT now(), c int DEFAULT (1 + 1), d int DEFAULT floor(random() * 10)::int);

-- to
CREATE TABLE t (a text DEFAULT 'y', b timestamptz DEFAULT now(), c int DEFAULT 1+1, d int DEFAULT CAST(floor(random()*10) AS int));

-- expect
ALTER TABLE t ALTER COLUMN a SET DEFAULT 'y';
