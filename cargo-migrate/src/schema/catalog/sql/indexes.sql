SELECT c.oid::bigint AS oid, n.nspname AS schema, t.relname AS parent, c.relname AS name,
       i.indisunique AS is_unique,
       substr(pg_get_indexdef(c.oid),
              length(format('CREATE %sINDEX %I ON %s%I.%I ',
                            CASE WHEN i.indisunique THEN 'UNIQUE ' END, c.relname,
                            CASE WHEN t.relkind = 'p' THEN 'ONLY ' END, n.nspname, t.relname)) + 1)
         AS definition,
       i.indisvalid AS is_valid,
       i.indisclustered AS clustered,
       i.indisreplident AS replica_identity,
       t.relkind = 'p' AS partitioned,
       ts.spcname AS tablespace,
       CASE WHEN c.relispartition THEN
         (SELECT json_build_array(pn.nspname, p.relname)
          FROM pg_inherits AS h
          JOIN pg_class AS p ON p.oid = h.inhparent
          JOIN pg_namespace AS pn ON pn.oid = p.relnamespace
          WHERE h.inhrelid = c.oid) END AS partition_of,
       -- Only a column that is an expression can have a target.
       CASE WHEN i.indexprs IS NOT NULL THEN
         (SELECT coalesce(json_agg(json_build_array(a.attnum, a.attstattarget) ORDER BY a.attnum), '[]')
          FROM pg_attribute AS a
          WHERE a.attrelid = c.oid AND a.attstattarget >= 0) ELSE '[]' END AS statistics
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
JOIN pg_class AS t ON t.oid = i.indrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_tablespace AS ts ON ts.oid = c.reltablespace
WHERE c.oid >= 16384 AND t.relkind IN ('r', 'p', 'm') AND t.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_constraint AS o
                  WHERE o.conindid = c.oid AND o.contype IN ('p', 'u', 'x'))
ORDER BY n.nspname, t.relname, c.relname
