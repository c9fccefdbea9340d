-- One row for each pair of catalogs: a row for each edge would be most of what is sent.
SELECT d.classid::regclass::text AS class, d.refclassid::regclass::text AS ref_class,
       array_agg(d.objid::bigint) AS oids, array_agg(d.objsubid) AS subs,
       array_agg(d.refobjid::bigint) AS ref_oids, array_agg(d.refobjsubid) AS ref_subs
FROM pg_depend AS d
WHERE d.deptype IN ('n', 'a', 'i', 'P', 'S', 'x')
  AND d.objid >= 16384
  AND (d.refobjid >= 16384 OR d.refclassid = 'pg_namespace'::regclass)
GROUP BY d.classid, d.refclassid
ORDER BY 1, 2
