-- Alembic: off by default; an expression of other spelling is a false positive.

-- from
CREATE TABLE t (a text DEFAULT 'x', b timestamptz DEFAULT now(), c int DEFAULT (1 + 1), d int DEFAULT floor(random() * 10)::int, e uuid DEFAULT gen_random_uuid(), f jsonb DEFAULT '{}', g int[] DEFAULT ARRAY[]::int[], h numeric DEFAULT 5);

-- to
CREATE TABLE t (a text DEFAULT 'y', b timestamptz DEFAULT now(), c int DEFAULT 1+1, d int DEFAULT CAST(floor(random()*10) AS int), e uuid DEFAULT pg_catalog.gen_random_uuid(), f jsonb DEFAULT '{}'::jsonb, g int[] DEFAULT (ARRAY[]::integer[]), h numeric DEFAULT 6);

-- expect
ALTER TABLE t ALTER COLUMN a SET DEFAULT 'y';

ALTER TABLE t ALTER COLUMN h SET DEFAULT 6;
