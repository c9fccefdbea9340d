SELECT p.oid::bigint AS oid, n.nspname AS schema, p.proname AS name,
       oidvectortypes(p.proargtypes) AS args,
       p.prokind AS kind,
       l.lanname AS language,
       pg_get_function_arguments(p.oid) AS arguments,
       pg_get_function_result(p.oid) AS result,
       CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END AS definition,
       p.prosrc AS body
FROM pg_proc AS p
JOIN pg_namespace AS n ON n.oid = p.pronamespace
JOIN pg_language AS l ON l.oid = p.prolang
WHERE p.oid >= 16384 AND p.prokind <> 'a'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend AS e
                  WHERE e.classid = 'pg_proc'::regclass AND e.objid = p.oid
                    AND (e.deptype = 'e' OR e.deptype = 'i'))
ORDER BY n.nspname, p.proname, 4
