SELECT r.oid::bigint AS oid, n.nspname AS schema, c.relname AS parent, r.rulename AS name,
       pg_get_ruledef(r.oid) AS definition, r.ev_enabled AS enabled
FROM pg_rewrite AS r
JOIN pg_class AS c ON c.oid = r.ev_class
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE r.oid >= 16384 AND r.rulename <> '_RETURN'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, c.relname, r.rulename
