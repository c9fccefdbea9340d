SELECT d.classoid::regclass::text AS class, d.objoid::bigint AS oid, d.objsubid AS sub,
       d.description AS text,
       (SELECT json_build_array(n.nspname, c.relname, a.attname)
        FROM pg_class AS c
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = d.objsubid
        WHERE d.classoid = 'pg_class'::regclass AND d.objsubid > 0
          AND c.oid = d.objoid AND c.relkind IN ('v', 'm', 'c')) AS view_column
FROM pg_description AS d
WHERE (d.objoid >= 16384 OR d.classoid = 'pg_namespace'::regclass)
  -- An extension brings its comment along.
  AND NOT (d.classoid = 'pg_extension'::regclass
           AND EXISTS (SELECT FROM pg_extension AS e
                       JOIN pg_available_extensions() AS a ON a.name = e.extname
                       WHERE e.oid = d.objoid AND a.comment = d.description))
ORDER BY 1, 2, 3
