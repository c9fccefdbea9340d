SELECT t.oid::bigint AS oid, n.nspname AS schema, c.relname AS parent, t.tgname AS name,
       pg_get_triggerdef(t.oid) AS definition, t.tgenabled AS enabled
FROM pg_trigger AS t
JOIN pg_class AS c ON c.oid = t.tgrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE NOT t.tgisinternal AND t.oid >= 16384
  AND t.tgparentid = 0
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, c.relname, t.tgname
