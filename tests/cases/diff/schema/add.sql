-- A schema and a table in it.

-- to
CREATE SCHEMA billing;
CREATE TABLE billing.invoice (id bigint PRIMARY KEY, total numeric(12,2) NOT NULL);

-- expect
CREATE SCHEMA billing;

CREATE TABLE billing.invoice (
    id bigint PRIMARY KEY,
    total numeric(12,2) NOT NULL
);
