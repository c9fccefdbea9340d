-- Another locale under the same name.

-- from
CREATE COLLATION c1 (provider = icu, locale = 'de');
CREATE TABLE t (id int PRIMARY KEY, a text COLLATE c1);

-- to
CREATE COLLATION c1 (provider = icu, locale = 'fr');
CREATE TABLE t (id int PRIMARY KEY, a text COLLATE c1);

-- rows
INSERT INTO t VALUES (1, 'x');

-- expect
ALTER COLLATION c1 RENAME TO c1_old;

CREATE COLLATION c1 (provider = icu, locale = 'fr');

ALTER TABLE t ALTER COLUMN a TYPE text COLLATE c1;

DROP COLLATION c1_old;
