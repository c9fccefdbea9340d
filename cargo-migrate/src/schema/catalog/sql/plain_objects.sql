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
UNION ALL
SELECT 'pg_collation', c.oid::bigint, 'collation', n.nspname, c.collname, '',
       format('CREATE COLLATION %I.%I (provider = %s, %s%s%s)', n.nspname, c.collname,
              CASE c.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END,
              CASE WHEN c.collcollate IS NOT NULL AND c.collcollate = c.collctype
                     THEN 'locale = ' || quote_literal(c.collcollate)
                   WHEN c.collcollate IS NOT NULL
                     THEN format('lc_collate = %L, lc_ctype = %L', c.collcollate, c.collctype)
                   ELSE 'locale = ' || quote_literal(coalesce(to_jsonb(c) ->> 'colllocale',
                                                             to_jsonb(c) ->> 'colliculocale'))
              END,
              CASE WHEN NOT c.collisdeterministic THEN ', deterministic = false' END,
              ', rules = ' || quote_literal(to_jsonb(c) ->> 'collicurules'))
FROM pg_collation AS c
JOIN pg_namespace AS n ON n.oid = c.collnamespace
WHERE c.oid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend AS e
                  WHERE e.classid = 'pg_collation'::regclass AND e.objid = c.oid AND e.deptype = 'e')
UNION ALL
SELECT 'pg_cast', c.oid::bigint, 'cast', '',
       format('(%s AS %s)', format_type(c.castsource, NULL), format_type(c.casttarget, NULL)), '',
       format('CREATE CAST (%s AS %s) %s%s', format_type(c.castsource, NULL),
              format_type(c.casttarget, NULL),
              CASE c.castmethod WHEN 'f' THEN 'WITH FUNCTION ' || c.castfunc::regprocedure
                                WHEN 'i' THEN 'WITH INOUT' ELSE 'WITHOUT FUNCTION' END,
              CASE c.castcontext WHEN 'a' THEN ' AS ASSIGNMENT' WHEN 'i' THEN ' AS IMPLICIT' END)
FROM pg_cast AS c
WHERE c.oid >= 16384
  AND NOT EXISTS (SELECT FROM pg_depend AS e
                  WHERE e.classid = 'pg_cast'::regclass AND e.objid = c.oid AND e.deptype IN ('e', 'i'))
UNION ALL
SELECT 'pg_operator', o.oid::bigint, 'operator', n.nspname, o.oprname,
       concat_ws(', ', CASE WHEN o.oprleft = 0 THEN 'NONE' ELSE format_type(o.oprleft, NULL) END,
                 format_type(o.oprright, NULL)),
       format(E'CREATE OPERATOR %s%s (\n    FUNCTION = %s%s\n)',
              CASE WHEN n.nspname <> 'public' THEN quote_ident(n.nspname) || '.' END, o.oprname,
              o.oprcode,
              concat(
                CASE WHEN o.oprleft <> 0 THEN E',\n    LEFTARG = ' || format_type(o.oprleft, NULL) END,
                E',\n    RIGHTARG = ' || format_type(o.oprright, NULL),
                (SELECT format(E',\n    COMMUTATOR = OPERATOR(%I.%s)', cn.nspname, c.oprname)
                 FROM pg_operator AS c JOIN pg_namespace AS cn ON cn.oid = c.oprnamespace
                 WHERE c.oid = o.oprcom),
                (SELECT format(E',\n    NEGATOR = OPERATOR(%I.%s)', cn.nspname, c.oprname)
                 FROM pg_operator AS c JOIN pg_namespace AS cn ON cn.oid = c.oprnamespace
                 WHERE c.oid = o.oprnegate),
                CASE WHEN o.oprrest <> 0 THEN E',\n    RESTRICT = ' || o.oprrest::text END,
                CASE WHEN o.oprjoin <> 0 THEN E',\n    JOIN = ' || o.oprjoin::text END,
                CASE WHEN o.oprcanhash THEN E',\n    HASHES' END,
                CASE WHEN o.oprcanmerge THEN E',\n    MERGES' END))
FROM pg_operator AS o
JOIN pg_namespace AS n ON n.oid = o.oprnamespace
WHERE o.oid >= 16384 AND o.oprcode <> 0
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend AS e
                  WHERE e.classid = 'pg_operator'::regclass AND e.objid = o.oid AND e.deptype = 'e')
UNION ALL
SELECT 'pg_ts_dict', d.oid::bigint, 'text search dictionary', n.nspname, d.dictname, '',
       format('CREATE TEXT SEARCH DICTIONARY %I.%I (TEMPLATE = %I.%I%s)', n.nspname, d.dictname,
              tn.nspname, t.tmplname, ', ' || d.dictinitoption)
FROM pg_ts_dict AS d
JOIN pg_namespace AS n ON n.oid = d.dictnamespace
JOIN pg_ts_template AS t ON t.oid = d.dicttemplate
JOIN pg_namespace AS tn ON tn.oid = t.tmplnamespace
WHERE d.oid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend AS e
                  WHERE e.classid = 'pg_ts_dict'::regclass AND e.objid = d.oid AND e.deptype = 'e')
UNION ALL
SELECT 'pg_ts_config', c.oid::bigint, 'text search configuration', n.nspname, c.cfgname, '',
       concat(
         format('CREATE TEXT SEARCH CONFIGURATION %I.%I (PARSER = %I.%I)', n.nspname, c.cfgname,
                pn.nspname, p.prsname),
         (SELECT string_agg(format(E';\n\nALTER TEXT SEARCH CONFIGURATION %I.%I ADD MAPPING FOR %s WITH %s',
                                   n.nspname, c.cfgname, m.tokens, m.dictionaries), ''
                            ORDER BY m.tokens)
          FROM (SELECT t.alias AS tokens,
                       string_agg(cm.mapdict::regdictionary::text, ', ' ORDER BY cm.mapseqno)
                         AS dictionaries
                FROM pg_ts_config_map AS cm
                JOIN ts_token_type(c.cfgparser) AS t ON t.tokid = cm.maptokentype
                WHERE cm.mapcfg = c.oid
                GROUP BY t.alias) AS m))
FROM pg_ts_config AS c
JOIN pg_namespace AS n ON n.oid = c.cfgnamespace
JOIN pg_ts_parser AS p ON p.oid = c.cfgparser
JOIN pg_namespace AS pn ON pn.oid = p.prsnamespace
WHERE c.oid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend AS e
                  WHERE e.classid = 'pg_ts_config'::regclass AND e.objid = c.oid AND e.deptype = 'e')
UNION ALL
SELECT 'pg_publication', p.oid::bigint, 'publication', '', p.pubname, '',
       concat(
         format('CREATE PUBLICATION %I', p.pubname),
         CASE WHEN p.puballtables THEN ' FOR ALL TABLES' ELSE
           -- One TABLE before all of them: until 15 there may be no more.
           ' FOR ' || nullif(concat_ws(', ', (
             SELECT 'TABLE ' || string_agg(f.target, ', ' ORDER BY f.target)
             FROM (
               SELECT concat(format('%I.%I', n.nspname, c.relname)
                      , (SELECT format(' (%s)', string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)) -- since 15
                         FROM pg_attribute AS a -- since 15
                         WHERE a.attrelid = c.oid AND a.attnum = ANY (r.prattrs) -- since 15
                         HAVING count(*) > 0) -- since 15
                      , ' WHERE ' || pg_get_expr(r.prqual, r.prrelid) -- since 15
                      ) AS target
               FROM pg_publication_rel AS r
               JOIN pg_class AS c ON c.oid = r.prrelid
               JOIN pg_namespace AS n ON n.oid = c.relnamespace
               WHERE r.prpubid = p.oid) AS f)
             , (SELECT string_agg(format('TABLES IN SCHEMA %I', n.nspname), ', ' ORDER BY n.nspname) -- since 15
                FROM pg_publication_namespace AS s -- since 15
                JOIN pg_namespace AS n ON n.oid = s.pnnspid -- since 15
                WHERE s.pnpubid = p.oid) -- since 15
             ), '') END,
         ' WITH (' || nullif(concat_ws(', ',
           CASE WHEN NOT (p.pubinsert AND p.pubupdate AND p.pubdelete AND p.pubtruncate) THEN
             format('publish = %L', concat_ws(', ',
               CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
               CASE WHEN p.pubdelete THEN 'delete' END,
               CASE WHEN p.pubtruncate THEN 'truncate' END)) END,
           CASE WHEN p.pubviaroot THEN 'publish_via_partition_root = true' END), '') || ')')
FROM pg_publication AS p
WHERE p.oid >= 16384
  AND NOT EXISTS (SELECT FROM pg_depend AS e
                  WHERE e.classid = 'pg_publication'::regclass AND e.objid = p.oid AND e.deptype = 'e')
ORDER BY kind, schema, name, args
