-- A column of another table's row type.

-- to
CREATE TABLE address (street text, town text);
CREATE TABLE customer (id int PRIMARY KEY, home address, others address[]);

-- expect
CREATE TABLE address (
    street text,
    town text
);

CREATE TABLE customer (
    id integer PRIMARY KEY,
    home address,
    others address[]
);
