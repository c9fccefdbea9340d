-- Catalog rows that are only a side of another object: what depends on them depends on that object.
SELECT 'pg_type' AS class, t.oid::bigint AS oid, 'pg_class' AS of_class, t.typrelid::bigint AS of_oid,
       0 AS of_sub
FROM pg_type AS t
WHERE t.typrelid <> 0 AND t.oid >= 16384
UNION ALL
SELECT 'pg_type', t.oid::bigint, 'pg_type', t.typelem::bigint, 0
FROM pg_type AS t
WHERE t.typelem <> 0 AND t.typlen = -1 AND t.oid >= 16384
UNION ALL
SELECT 'pg_type', r.rngmultitypid::bigint, 'pg_type', r.rngtypid::bigint, 0 -- since 14
FROM pg_range AS r WHERE r.rngmultitypid >= 16384 -- since 14
UNION ALL -- since 14
SELECT 'pg_rewrite', r.oid::bigint, 'pg_class', r.ev_class::bigint, 0
FROM pg_rewrite AS r
WHERE r.oid >= 16384 AND r.rulename = '_RETURN'
UNION ALL
SELECT 'pg_attrdef', d.oid::bigint, 'default', d.adrelid::bigint, d.adnum
FROM pg_attrdef AS d
WHERE d.oid >= 16384
UNION ALL
SELECT 'pg_publication_rel', r.oid::bigint, 'pg_publication', r.prpubid::bigint, 0
FROM pg_publication_rel AS r
UNION ALL -- since 15
SELECT 'pg_publication_namespace', s.oid::bigint, 'pg_publication', s.pnpubid::bigint, 0 -- since 15
FROM pg_publication_namespace AS s -- since 15
ORDER BY 1, 2
