-- Kinds that a dump holds and no comparison looks at. What belongs to an extension comes with it.
SELECT seen.kind, seen.name
FROM (
    SELECT 'language' AS kind, l.lanname::text AS name, 'pg_language'::regclass AS class, l.oid
    FROM pg_language AS l
    UNION ALL
    SELECT 'base type', format_type(t.oid, NULL), 'pg_type'::regclass, t.oid
    FROM pg_type AS t
    WHERE t.typtype IN ('b', 'p') AND t.typnamespace <> 'pg_toast'::regnamespace
      AND NOT EXISTS (SELECT FROM pg_type AS o WHERE o.typarray = t.oid)
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
    UNION ALL
    -- Members that a family has beyond those of its classes: also the families of PostgreSQL itself.
    SELECT 'operator of a family', format('%s in %I', o.amopopr::regoperator, f.opfname),
           'pg_amop'::regclass, o.oid
    FROM pg_amop AS o JOIN pg_opfamily AS f ON f.oid = o.amopfamily
    WHERE f.oid < 16384
    UNION ALL
    SELECT 'function of a family', format('%s in %I', p.amproc::oid::regprocedure, f.opfname),
           'pg_amproc'::regclass, p.oid
    FROM pg_amproc AS p JOIN pg_opfamily AS f ON f.oid = p.amprocfamily
    WHERE f.oid < 16384
    UNION ALL
    SELECT 'subscription', s.subname::text, 'pg_subscription'::regclass, s.oid
    FROM pg_subscription AS s
    JOIN pg_database AS d ON d.oid = s.subdbid
    WHERE d.datname = current_database()
    UNION ALL
    SELECT 'security label', format('%s on %s %s', l.provider, i.type, i.identity),
           'pg_seclabel'::regclass, l.objoid
    FROM pg_seclabel AS l
    CROSS JOIN pg_identify_object(l.classoid, l.objoid, l.objsubid) AS i
    UNION ALL
    SELECT 'large objects', count(*)::text, 'pg_largeobject_metadata'::regclass, max(m.oid)
    FROM pg_largeobject_metadata AS m HAVING count(*) > 0
    UNION ALL
    SELECT 'dependence on an extension', format('%s %s on %I', i.type, i.identity, e.extname),
           'pg_extension'::regclass, d.objid
    FROM pg_depend AS d
    JOIN pg_extension AS e ON e.oid = d.refobjid
    CROSS JOIN pg_identify_object(d.classid, d.objid, 0) AS i
    WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'x'
    UNION ALL
    -- A dump says it of a partition, though the trigger is its parent's.
    SELECT 'state of a trigger of a partition', format('%I on %s', t.tgname, t.tgrelid::regclass),
           'pg_trigger'::regclass, t.oid
    FROM pg_trigger AS t JOIN pg_trigger AS p ON p.oid = t.tgparentid
    WHERE t.tgenabled <> p.tgenabled AND NOT p.tgisinternal
) AS seen
WHERE seen.oid >= 16384
  AND NOT EXISTS (SELECT FROM pg_depend AS e
                  WHERE e.classid = seen.class AND e.objid = seen.oid AND e.deptype IN ('e', 'i'))
ORDER BY 1, 2
