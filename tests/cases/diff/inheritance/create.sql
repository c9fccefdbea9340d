-- A child with its own column.

-- to
CREATE TABLE base (id int PRIMARY KEY, at date CHECK (at > '2000-01-01'));
CREATE TABLE child (extra text) INHERITS (base);

-- expect
CREATE TABLE base (
    id integer PRIMARY KEY,
    at date,
    CONSTRAINT base_at_check CHECK (at > '2000-01-01'::date)
);

CREATE TABLE child (
    extra text
) INHERITS (base);
