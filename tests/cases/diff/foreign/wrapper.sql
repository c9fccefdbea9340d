-- A wrapper loses its validator; a server of another type takes its tables and mappings along.

-- both
CREATE EXTENSION file_fdw;

-- from
CREATE FOREIGN DATA WRAPPER w HANDLER file_fdw_handler VALIDATOR file_fdw_validator;
CREATE SERVER s TYPE 'a' VERSION '1' FOREIGN DATA WRAPPER w;
CREATE USER MAPPING FOR reader SERVER s;
CREATE FOREIGN TABLE t (id int) SERVER s OPTIONS (filename '/dev/null');

-- to
CREATE FOREIGN DATA WRAPPER w HANDLER file_fdw_handler;
CREATE SERVER s TYPE 'b' VERSION '2' FOREIGN DATA WRAPPER w;
CREATE USER MAPPING FOR reader SERVER s OPTIONS ("user" 'x', password 'it''s');
CREATE FOREIGN TABLE t (id int) SERVER s OPTIONS (filename '/dev/null');

-- loses
t

-- expect
DROP FOREIGN TABLE t;

DROP USER MAPPING FOR reader SERVER s;

DROP SERVER s;

ALTER FOREIGN DATA WRAPPER w NO VALIDATOR;

CREATE SERVER s TYPE 'b' VERSION '2' FOREIGN DATA WRAPPER w;

CREATE USER MAPPING FOR reader SERVER s OPTIONS ("user" 'x', password 'it''s');

CREATE FOREIGN TABLE t (
    id integer
) SERVER s OPTIONS (filename '/dev/null');
