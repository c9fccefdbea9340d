SELECT 'pg_foreign_data_wrapper' AS class, f.oid::bigint AS oid, 'foreign-data wrapper' AS kind,
       '' AS schema, f.fdwname::text AS name,
       NULL::text AS wrapper, NULL::text AS type, NULL::text AS version,
       CASE WHEN f.fdwhandler <> 0 THEN f.fdwhandler::regproc::text END AS handler,
       CASE WHEN f.fdwvalidator <> 0 THEN f.fdwvalidator::regproc::text END AS validator,
       coalesce(to_json(f.fdwoptions), '[]') AS options
FROM pg_foreign_data_wrapper AS f
WHERE f.oid >= 16384
  AND NOT EXISTS (SELECT FROM pg_depend AS e
                  WHERE e.classid = 'pg_foreign_data_wrapper'::regclass AND e.objid = f.oid
                    AND e.deptype = 'e')
UNION ALL
SELECT 'pg_foreign_server', s.oid::bigint, 'server', '', s.srvname, w.fdwname, s.srvtype, s.srvversion,
       NULL, NULL, coalesce(to_json(s.srvoptions), '[]')
FROM pg_foreign_server AS s
JOIN pg_foreign_data_wrapper AS w ON w.oid = s.srvfdw
WHERE s.oid >= 16384
  AND NOT EXISTS (SELECT FROM pg_depend AS e
                  WHERE e.classid = 'pg_foreign_server'::regclass AND e.objid = s.oid
                    AND e.deptype = 'e')
UNION ALL
SELECT 'pg_user_mapping', u.umid::bigint, 'user mapping', '',
       format('FOR %s SERVER %I',
              CASE WHEN u.umuser = 0 THEN 'PUBLIC' ELSE quote_ident(u.usename) END, u.srvname),
       NULL, NULL, NULL, NULL, NULL, coalesce(to_json(u.umoptions), '[]')
FROM pg_user_mappings AS u
ORDER BY kind, name
