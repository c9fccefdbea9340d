SELECT 'pg_type' AS class, t.oid::bigint AS oid, 'range type' AS kind,
       n.nspname AS schema, t.typname AS name, '' AS args,
       format(E'CREATE TYPE %I.%I AS RANGE (\n    subtype = %s%s\n)',
              n.nspname, t.typname, format_type(r.rngsubtype, NULL),
              concat(
                (SELECT format(E',\n    subtype_opclass = %I.%I', ocn.nspname, oc.opcname)
                 FROM pg_opclass AS oc JOIN pg_namespace AS ocn ON ocn.oid = oc.opcnamespace
                 WHERE oc.oid = r.rngsubopc AND NOT oc.opcdefault),
                (SELECT format(E',\n    collation = %I.%I', cn.nspname, co.collname)
                 FROM pg_collation AS co JOIN pg_namespace AS cn ON cn.oid = co.collnamespace
                 JOIN pg_type AS st ON st.oid = r.rngsubtype
                 WHERE co.oid = r.rngcollation AND co.oid <> st.typcollation),
                CASE WHEN r.rngcanonical <> 0 THEN E',\n    canonical = ' || r.rngcanonical::text END,
                CASE WHEN r.rngsubdiff <> 0 THEN E',\n    subtype_diff = ' || r.rngsubdiff::text END
                , (SELECT format(E',\n    multirange_type_name = %I.%I', mn.nspname, m.typname) -- since 14
                 FROM pg_type AS m JOIN pg_namespace AS mn ON mn.oid = m.typnamespace -- since 14
                 WHERE m.oid = r.rngmultitypid -- since 14
                   AND m.typname <> CASE WHEN t.typname ~ 'range' -- since 14
                     THEN regexp_replace(t.typname, 'range', 'multirange') -- since 14
                     ELSE t.typname || '_multirange' END) -- since 14
              )) AS definition
FROM pg_type AS t
JOIN pg_range AS r ON r.rngtypid = t.oid
JOIN pg_namespace AS n ON n.oid = t.typnamespace
WHERE t.oid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend AS e
                  WHERE e.classid = 'pg_type'::regclass AND e.objid = t.oid AND e.deptype = 'e')
ORDER BY kind, schema, name, args
