SELECT o.oid::bigint AS oid, n.nspname AS schema, c.relname AS parent, o.conname AS name,
       o.contype AS type,
       pg_get_constraintdef(o.oid) AS definition,
       o.convalidated AS validated,
       NOT o.conislocal AS inherited,
       o.condeferrable AS is_deferrable,
       o.conrelid::bigint AS table_oid, coalesce(o.conkey, '{}') AS column_numbers,
       (SELECT json_build_array(fn.nspname, f.relname)
        FROM pg_class AS f JOIN pg_namespace AS fn ON fn.oid = f.relnamespace
        WHERE f.oid = o.confrelid) AS target,
       CASE WHEN o.contype IN ('p', 'u', 'x') THEN o.conindid::bigint END AS index_oid,
       coalesce(i.indisclustered, false) AND o.contype IN ('p', 'u', 'x') AS clustered,
       coalesce(i.indisreplident, false) AND o.contype IN ('p', 'u', 'x') AS replica_identity,
       CASE WHEN o.contype IN ('p', 'u', 'x') THEN
         (SELECT s.spcname FROM pg_class AS ic JOIN pg_tablespace AS s ON s.oid = ic.reltablespace
          WHERE ic.oid = o.conindid) END AS tablespace,
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
WHERE o.oid >= 16384 AND c.relpersistence <> 't'
  AND o.contype IN ('c', 'f', 'p', 'u', 'x')
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, c.relname, o.conname
