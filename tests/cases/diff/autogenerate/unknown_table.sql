-- Alembic: a table that no model names is dropped, without a word about its rows.

-- from
CREATE TABLE t (id int PRIMARY KEY);
CREATE TABLE unknown (id int PRIMARY KEY, t int REFERENCES t);

-- to
CREATE TABLE t (id int PRIMARY KEY);

-- loses
unknown

-- hazards
data-loss: all rows of `unknown`

-- expect
DROP TABLE unknown;
