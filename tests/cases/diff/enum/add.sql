-- A type, a domain over it and columns of it.

-- to
CREATE TYPE mood AS ENUM ('sad', 'ok', 'it''s fine');
CREATE TABLE t (id int PRIMARY KEY, m mood NOT NULL DEFAULT 'ok', all_m mood[]);
COMMENT ON TYPE mood IS 'how it goes';

-- expect
CREATE TYPE mood AS ENUM ('sad', 'ok', 'it''s fine');

CREATE TABLE t (
    id integer PRIMARY KEY,
    m mood NOT NULL DEFAULT 'ok',
    all_m mood[]
);

COMMENT ON TYPE mood IS 'how it goes';
