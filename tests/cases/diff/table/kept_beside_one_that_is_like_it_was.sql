-- A table gains columns while a new one looks as it did: the kept one keeps its rows.

-- from
CREATE TABLE kept (id int PRIMARY KEY);
CREATE TABLE wide (id int PRIMARY KEY, a int, b int, c int);
CREATE TABLE gone (id int PRIMARY KEY);

-- to
CREATE TABLE kept (id int PRIMARY KEY, a int, b int);
CREATE TABLE wide (id int PRIMARY KEY);
CREATE TABLE new (id int PRIMARY KEY);

-- rows
INSERT INTO kept VALUES (1);
INSERT INTO wide VALUES (2, 3, 4, 5);

-- keeps
kept=kept
wide=wide

-- hazards
rename-assumed: `gone` is taken to become `new`
data-loss: all values of `wide.a`
data-loss: all values of `wide.b`
data-loss: all values of `wide.c`

-- expect
ALTER TABLE gone RENAME TO new;

ALTER TABLE new RENAME CONSTRAINT gone_pkey TO new_pkey;

ALTER TABLE kept ADD COLUMN a integer;

ALTER TABLE kept ADD COLUMN b integer;

ALTER TABLE wide DROP COLUMN a;

ALTER TABLE wide DROP COLUMN b;

ALTER TABLE wide DROP COLUMN c;
