-- A key of a table to itself.

-- to
CREATE TABLE node (id int PRIMARY KEY, parent int REFERENCES node ON DELETE CASCADE);

-- expect
CREATE TABLE node (
    id integer PRIMARY KEY,
    parent integer REFERENCES node (id) ON DELETE CASCADE
);
