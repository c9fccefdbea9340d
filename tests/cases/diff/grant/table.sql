-- Grants on a table and its columns come and go.

-- both
CREATE TABLE t (id int PRIMARY KEY, a text);

-- from
GRANT SELECT, INSERT ON t TO reader;
GRANT UPDATE (a) ON t TO writer;

-- to
GRANT SELECT ON t TO reader WITH GRANT OPTION;
GRANT SELECT, INSERT, UPDATE, DELETE ON t TO writer;
GRANT SELECT (id) ON t TO PUBLIC;

-- options
grants

-- expect
REVOKE INSERT, SELECT ON t FROM reader;

REVOKE UPDATE (a) ON t FROM writer;

GRANT SELECT ON t TO reader WITH GRANT OPTION;

GRANT DELETE, INSERT, SELECT, UPDATE ON t TO writer;

GRANT SELECT (id) ON t TO PUBLIC;
