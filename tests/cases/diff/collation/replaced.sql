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
DROP COLLATION c1;

CREATE COLLATION c1 (provider = icu, locale = 'fr');
