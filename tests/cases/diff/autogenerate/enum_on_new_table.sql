-- Alembic: the type is made with the table; the way back leaves it, and the next way up fails.

-- to
CREATE TYPE state AS ENUM ('a', 'b');
CREATE TABLE t (id int PRIMARY KEY, s state NOT NULL DEFAULT 'a');

-- expect
CREATE TYPE state AS ENUM ('a', 'b');

CREATE TABLE t (
    id integer PRIMARY KEY,
    s state NOT NULL DEFAULT 'a'
);
