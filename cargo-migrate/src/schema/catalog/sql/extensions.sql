SELECT e.oid::bigint AS oid, '' AS schema, e.extname AS name, n.nspname AS in_schema
FROM pg_extension AS e
JOIN pg_namespace AS n ON n.oid = e.extnamespace
WHERE e.oid >= 16384
ORDER BY e.extname
