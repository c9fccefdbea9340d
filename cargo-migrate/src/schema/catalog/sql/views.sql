SELECT c.oid::bigint AS oid, n.nspname AS schema, c.relname AS name,
       c.relkind = 'm' AS materialized,
       pg_get_viewdef(c.oid) AS definition,
       coalesce(to_json(c.reloptions), '[]') AS options,
       nullif(am.amname, 'heap') AS access_method,
       ts.spcname AS tablespace,
       c.relispopulated AS populated,
       (SELECT coalesce(json_agg(json_build_object(
                 'name', a.attname,
                 'data_type', format_type(a.atttypid, a.atttypmod),
                 'collation', a.attcollation::text) ORDER BY a.attnum), '[]')
        FROM pg_attribute AS a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
       CASE WHEN c.relkind = 'm' THEN
         (SELECT coalesce(json_agg(json_build_object(
                   'column', a.attname, 'set', s.set, 'reset', s.reset) ORDER BY a.attnum, s.set), '[]')
          FROM pg_attribute AS a
          JOIN pg_type AS t ON t.oid = a.atttypid
          CROSS JOIN LATERAL (
            SELECT format('SET STATISTICS %s', a.attstattarget) AS set, 'SET STATISTICS -1' AS reset
            WHERE a.attstattarget >= 0
            UNION ALL
            SELECT 'SET STORAGE ' || own.word, 'SET STORAGE ' || usual.word
            FROM (VALUES ('p', 'PLAIN'), ('e', 'EXTERNAL'), ('m', 'MAIN'), ('x', 'EXTENDED')) AS own(code, word)
            JOIN (VALUES ('p', 'PLAIN'), ('e', 'EXTERNAL'), ('m', 'MAIN'), ('x', 'EXTENDED')) AS usual(code, word)
              ON own.code = a.attstorage::text AND usual.code = t.typstorage::text
            WHERE a.attstorage <> t.typstorage
            UNION ALL -- since 14
            SELECT 'SET COMPRESSION ' || m.word, 'SET COMPRESSION default' -- since 14
            FROM (VALUES ('p', 'pglz'), ('l', 'lz4')) AS m(code, word) -- since 14
            WHERE m.code = a.attcompression::text -- since 14
            UNION ALL
            SELECT format('SET (%s)', o), format('RESET (%s)', split_part(o, '=', 1))
            FROM unnest(a.attoptions) AS o
            -- What the server itself writes there is in no dump.
            WHERE o NOT LIKE 'pg\_%') AS s
          WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) ELSE '[]' END AS settings
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_am AS am ON am.oid = c.relam
LEFT JOIN pg_tablespace AS ts ON ts.oid = c.reltablespace
WHERE c.relkind IN ('v', 'm') AND c.oid >= 16384 AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend AS e
                  WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
ORDER BY n.nspname, c.relname
