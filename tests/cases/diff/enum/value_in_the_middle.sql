-- Values before, between and after.

-- from
CREATE TYPE mood AS ENUM ('b', 'd');
CREATE TABLE t (id int PRIMARY KEY, m mood);

-- to
CREATE TYPE mood AS ENUM ('a', 'b', 'c1', 'c2', 'd', 'e');
CREATE TABLE t (id int PRIMARY KEY, m mood);

-- rows
INSERT INTO t VALUES (1, 'd');

-- hazards
irreversible: PostgreSQL can't remove a value from an enum in place
irreversible: PostgreSQL can't remove a value from an enum in place
irreversible: PostgreSQL can't remove a value from an enum in place
irreversible: PostgreSQL can't remove a value from an enum in place

-- expect
ALTER TYPE mood ADD VALUE 'a' BEFORE 'b';

ALTER TYPE mood ADD VALUE 'c1' BEFORE 'd';

ALTER TYPE mood ADD VALUE 'c2' BEFORE 'd';

ALTER TYPE mood ADD VALUE 'e';
