-- Kinds that a dump holds and no comparison looks at. What belongs to an extension comes with it.
SELECT seen.kind, seen.name
FROM (
    SELECT 'language' AS kind, l.lanname::text AS name, 'pg_language'::regclass AS class, l.oid
    FROM pg_language AS l
    UNION ALL
    SELECT 'base type', format_type(t.oid, NULL), 'pg_type'::regclass, t.oid
    FROM pg_type AS t
    WHERE t.typtype IN ('b', 'p') AND t.typelem = 0 AND t.typnamespace <> 'pg_toast'::regnamespace
    UNION ALL
    SELECT 'operator class', c.opcname::text, 'pg_opclass'::regclass, c.oid FROM pg_opclass AS c
    UNION ALL
    SELECT 'operator family', f.opfname::text, 'pg_opfamily'::regclass, f.oid FROM pg_opfamily AS f
    UNION ALL
    SELECT 'conversion', c.conname::text, 'pg_conversion'::regclass, c.oid FROM pg_conversion AS c
    UNION ALL
    SELECT 'text search parser', p.prsname::text, 'pg_ts_parser'::regclass, p.oid
    FROM pg_ts_parser AS p
    UNION ALL
    SELECT 'text search template', t.tmplname::text, 'pg_ts_template'::regclass, t.oid
    FROM pg_ts_template AS t
    UNION ALL
    SELECT 'transform', format('%s for %s', format_type(t.trftype, NULL), l.lanname),
           'pg_transform'::regclass, t.oid
    FROM pg_transform AS t JOIN pg_language AS l ON l.oid = t.trflang
    UNION ALL
    SELECT 'access method', a.amname::text, 'pg_am'::regclass, a.oid FROM pg_am AS a
) AS seen
WHERE seen.oid >= 16384
  AND NOT EXISTS (SELECT FROM pg_depend AS e
                  WHERE e.classid = seen.class AND e.objid = seen.oid AND e.deptype IN ('e', 'i'))
ORDER BY 1, 2
