-- An extension in a schema of its own.

-- to
CREATE SCHEMA ext;
CREATE EXTENSION pgcrypto SCHEMA ext;
CREATE TABLE token (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), secret bytea DEFAULT ext.gen_random_bytes(16));

-- expect
CREATE SCHEMA ext;

CREATE EXTENSION pgcrypto WITH SCHEMA ext;

CREATE TABLE token (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    secret bytea DEFAULT ext.gen_random_bytes(16)
);
