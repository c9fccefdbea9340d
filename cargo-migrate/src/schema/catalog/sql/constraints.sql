SELECT o.oid::bigint AS oid, n.nspname AS schema, c.relname AS parent, o.conname AS name,
       o.contype AS type,
       pg_get_constraintdef(o.oid) AS definition,
       o.convalidated AS validated,
       NOT o.conislocal AS inherited,
       o.condeferrable AS is_deferrable,
       o.conrelid::bigint AS table_oid, coalesce(o.conkey, '{}') AS column_numbers,
       CASE WHEN o.contype = 'f' THEN
         (SELECT json_build_array(fn.nspname, f.relname)
          FROM pg_class AS f JOIN pg_namespace AS fn ON fn.oid = f.relnamespace
          WHERE f.oid = o.confrelid) END AS target,
       CASE WHEN o.contype IN ('p', 'u', 'x') THEN o.conindid::bigint END AS index_oid,
       coalesce(i.indisclustered, false) AND o.contype IN ('p', 'u', 'x') AS clustered,
       coalesce(i.indisreplident, false) AND o.contype IN ('p', 'u', 'x') AS replica_identity,
       -- Those of an exclusion are in its definition.
       CASE WHEN o.contype <> 'x' AND ic.reloptions IS NOT NULL THEN
         (SELECT json_agg(p ORDER BY p) FROM unnest(ic.reloptions) AS p) ELSE '[]' END AS options,
       s.spcname AS tablespace,
       CASE WHEN o.conparentid <> 0 THEN
       (SELECT json_build_array(pn.nspname, p.relname, po.conname)
        FROM pg_constraint AS po
        JOIN pg_class AS p ON p.oid = po.conrelid
        JOIN pg_namespace AS pn ON pn.oid = p.relnamespace
        WHERE po.oid = o.conparentid) END AS partition_of
FROM pg_constraint AS o
JOIN pg_class AS c ON c.oid = o.conrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_index AS i ON i.indexrelid = o.conindid
LEFT JOIN pg_class AS ic ON ic.oid = o.conindid AND o.contype IN ('p', 'u', 'x')
LEFT JOIN pg_tablespace AS s ON s.oid = ic.reltablespace
WHERE o.oid >= 16384 AND c.relpersistence <> 't'
  AND o.contype IN ('c', 'f', 'p', 'u', 'x')
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, c.relname, o.conname
