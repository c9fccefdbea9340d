SELECT c.oid::bigint AS oid, a.attnum AS position, n.nspname AS schema, c.relname AS parent,
       a.attname AS name,
       format_type(a.atttypid, a.atttypmod) AS data_type,
       CASE WHEN a.attcollation <> t.typcollation THEN
         (SELECT format('%I.%I', cn.nspname, co.collname)
          FROM pg_collation AS co JOIN pg_namespace AS cn ON cn.oid = co.collnamespace
          WHERE co.oid = a.attcollation) END AS collation,
       a.attnotnull AS not_null,
       (SELECT o.conname FROM pg_constraint AS o -- since 18
        WHERE o.conrelid = a.attrelid AND o.contype = 'n' -- since 18
          AND o.conkey = ARRAY[a.attnum]) AS not_null_name, -- since 18
       (SELECT o.conislocal FROM pg_constraint AS o -- since 18
        WHERE o.conrelid = a.attrelid AND o.contype = 'n' -- since 18
          AND o.conkey = ARRAY[a.attnum]) AS not_null_local, -- since 18
       a.attidentity AS identity,
       a.attgenerated AS generated,
       pg_get_expr(d.adbin, d.adrelid) AS expression,
       CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage END AS storage,
       nullif(a.attcompression, '') AS compression, -- since 14
       nullif(a.attstattarget, -1) AS statistics,
       CASE WHEN a.attoptions IS NOT NULL THEN
         (SELECT coalesce(json_agg(o ORDER BY o), '[]') FROM unnest(a.attoptions) AS o
          -- What the server itself writes there is in no dump.
          WHERE o NOT LIKE 'pg\_%') ELSE '[]' END AS options,
       coalesce(to_json(a.attfdwoptions), '[]') AS foreign_options,
       a.attislocal AS local,
       a.attinhcount > 0 AS inherited
FROM pg_attribute AS a
JOIN pg_class AS c ON c.oid = a.attrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_type AS t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE c.relkind IN ('r', 'p', 'f') AND c.oid >= 16384
  AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY n.nspname, c.relname, a.attnum
