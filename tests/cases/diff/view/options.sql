-- security_invoker, security_barrier and the check option.

-- needs
15

-- from
CREATE TABLE t (id int PRIMARY KEY, a text);
CREATE VIEW v WITH (security_barrier) AS SELECT id, a FROM t;
CREATE VIEW w AS SELECT id, a FROM t WHERE a <> '';

-- to
CREATE TABLE t (id int PRIMARY KEY, a text);
CREATE VIEW v WITH (security_invoker=true) AS SELECT id, a FROM t;
CREATE VIEW w AS SELECT id, a FROM t WHERE a <> '' WITH LOCAL CHECK OPTION;

-- expect
ALTER VIEW v RESET (security_barrier);

ALTER VIEW v SET (security_invoker = true);

ALTER VIEW w SET (check_option = local);
