SELECT c.oid::bigint AS oid, n.nspname AS schema, c.relname AS name,
       format_type(s.seqtypid, NULL) AS data_type,
       s.seqstart AS start, s.seqincrement AS increment, s.seqmin AS min, s.seqmax AS max,
       s.seqcache AS cache, s.seqcycle AS cycle,
       c.relpersistence = 'u' AS unlogged,
       d.deptype = 'i' AS identity,
       CASE WHEN d.refobjid IS NOT NULL THEN
         (SELECT json_build_array(tn.nspname, t.relname, a.attname)
          FROM pg_class AS t
          JOIN pg_namespace AS tn ON tn.oid = t.relnamespace
          JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
          WHERE t.oid = d.refobjid) END AS owned_by
FROM pg_sequence AS s
JOIN pg_class AS c ON c.oid = s.seqrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_depend AS d
  ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0
 AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
WHERE c.oid >= 16384 AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend AS e
                  WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
ORDER BY n.nspname, c.relname
