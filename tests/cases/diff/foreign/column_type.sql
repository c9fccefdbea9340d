-- The type of a foreign table's column changes without a conversion: it holds nothing.

-- both
CREATE TYPE mood AS ENUM ('a');
CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER s FOREIGN DATA WRAPPER w;

-- from
CREATE FOREIGN TABLE t (id int, m text DEFAULT 'a') SERVER s;

-- to
CREATE FOREIGN TABLE t (id bigint, m mood) SERVER s;

-- expect
ALTER TABLE t ALTER COLUMN m DROP DEFAULT;

ALTER FOREIGN TABLE t ALTER COLUMN m TYPE mood;

ALTER FOREIGN TABLE t ALTER COLUMN id TYPE bigint;
