SELECT c.oid::bigint AS oid, t.oid::bigint AS type_oid, n.nspname AS schema, c.relname AS name,
       (SELECT coalesce(json_agg(json_build_object(
                 'name', a.attname,
                 'data_type', format_type(a.atttypid, a.atttypmod),
                 'collation', CASE WHEN a.attcollation <> at.typcollation THEN
                    (SELECT format('%I.%I', cn.nspname, co.collname)
                     FROM pg_collation AS co JOIN pg_namespace AS cn ON cn.oid = co.collnamespace
                     WHERE co.oid = a.attcollation) END) ORDER BY a.attnum), '[]')
        FROM pg_attribute AS a JOIN pg_type AS at ON at.oid = a.atttypid
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS attributes
FROM pg_class AS c
JOIN pg_type AS t ON t.oid = c.reltype
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = 'c' AND c.oid >= 16384
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend AS e
                  WHERE e.classid = 'pg_type'::regclass AND e.objid = t.oid AND e.deptype = 'e')
ORDER BY n.nspname, c.relname
