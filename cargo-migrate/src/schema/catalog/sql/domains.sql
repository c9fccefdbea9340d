SELECT t.oid::bigint AS oid, n.nspname AS schema, t.typname AS name,
       format_type(t.typbasetype, t.typtypmod) AS base,
       CASE WHEN t.typcollation <> b.typcollation THEN
         (SELECT format('%I.%I', cn.nspname, co.collname)
          FROM pg_collation AS co JOIN pg_namespace AS cn ON cn.oid = co.collnamespace
          WHERE co.oid = t.typcollation) END AS collation,
       CASE WHEN t.typdefaultbin IS NOT NULL THEN pg_get_expr(t.typdefaultbin, 0)
            WHEN t.typdefault IS NOT NULL THEN quote_literal(t.typdefault) END AS default_value,
       t.typnotnull AS not_null
FROM pg_type AS t
JOIN pg_type AS b ON b.oid = t.typbasetype
JOIN pg_namespace AS n ON n.oid = t.typnamespace
WHERE t.typtype = 'd' AND t.oid >= 16384
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend AS e
                  WHERE e.classid = 'pg_type'::regclass AND e.objid = t.oid AND e.deptype = 'e')
ORDER BY n.nspname, t.typname
