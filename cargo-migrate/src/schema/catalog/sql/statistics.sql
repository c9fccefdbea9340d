SELECT s.oid::bigint AS oid, n.nspname AS schema, s.stxname AS name,
       cn.nspname AS table_schema, c.relname AS "table",
       pg_get_statisticsobjdef(s.oid) AS definition,
       nullif(s.stxstattarget, -1) AS target
FROM pg_statistic_ext AS s
JOIN pg_namespace AS n ON n.oid = s.stxnamespace
JOIN pg_class AS c ON c.oid = s.stxrelid
JOIN pg_namespace AS cn ON cn.oid = c.relnamespace
WHERE s.oid >= 16384
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, s.stxname
