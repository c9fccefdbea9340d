SELECT DISTINCT d.classid::regclass::text AS class, d.objid::bigint AS oid, d.objsubid AS sub,
       d.refclassid::regclass::text AS ref_class, d.refobjid::bigint AS ref_oid,
       d.refobjsubid AS ref_sub
FROM pg_depend AS d
WHERE d.deptype IN ('n', 'a', 'i', 'P', 'S', 'x')
  AND d.objid >= 16384
  AND (d.refobjid >= 16384 OR d.refclassid = 'pg_namespace'::regclass)
ORDER BY 1, 2, 3, 4, 5, 6
