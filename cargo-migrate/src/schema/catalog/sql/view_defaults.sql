SELECT c.oid::bigint AS oid, d.adnum AS position, n.nspname AS schema, c.relname AS parent,
       a.attname AS name, pg_get_expr(d.adbin, d.adrelid) AS expression
FROM pg_attrdef AS d
JOIN pg_class AS c ON c.oid = d.adrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = d.adnum
WHERE c.relkind = 'v' AND c.oid >= 16384
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, c.relname, d.adnum
