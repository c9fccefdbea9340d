SELECT 'language' AS kind, l.lanname AS name FROM pg_language AS l WHERE l.oid >= 16384
  AND NOT EXISTS (SELECT FROM pg_depend AS e WHERE e.classid = 'pg_language'::regclass
                  AND e.objid = l.oid AND e.deptype = 'e')
ORDER BY 1, 2
