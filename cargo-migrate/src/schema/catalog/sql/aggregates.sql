SELECT p.oid::bigint AS oid, n.nspname AS schema, p.proname AS name,
       oidvectortypes(p.proargtypes) AS args,
       format(E'CREATE AGGREGATE %I.%I(%s) (\n    SFUNC = %s,\n    STYPE = %s%s\n)',
              n.nspname, p.proname,
              CASE WHEN p.pronargs = 0 AND g.aggkind = 'n' THEN '*'
                   ELSE pg_get_function_arguments(p.oid) END,
              g.aggtransfn, format_type(g.aggtranstype, NULL),
              concat(
                CASE WHEN g.aggtransspace <> 0 THEN E',\n    SSPACE = ' || g.aggtransspace END,
                CASE WHEN g.aggfinalfn <> 0 THEN E',\n    FINALFUNC = ' || g.aggfinalfn::text END,
                CASE WHEN g.aggfinalextra THEN E',\n    FINALFUNC_EXTRA' END,
                CASE WHEN g.aggfinalfn <> 0 AND g.aggfinalmodify
                          <> CASE WHEN g.aggkind = 'n' THEN 'r' ELSE 'w' END THEN
                  E',\n    FINALFUNC_MODIFY = ' || CASE g.aggfinalmodify
                    WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END END,
                CASE WHEN g.aggcombinefn <> 0 THEN E',\n    COMBINEFUNC = ' || g.aggcombinefn::text END,
                CASE WHEN g.aggserialfn <> 0 THEN E',\n    SERIALFUNC = ' || g.aggserialfn::text END,
                CASE WHEN g.aggdeserialfn <> 0 THEN E',\n    DESERIALFUNC = ' || g.aggdeserialfn::text END,
                CASE WHEN g.agginitval IS NOT NULL THEN E',\n    INITCOND = ' || quote_literal(g.agginitval) END,
                CASE WHEN g.aggmtransfn <> 0 THEN
                  format(E',\n    MSFUNC = %s,\n    MINVFUNC = %s,\n    MSTYPE = %s',
                         g.aggmtransfn, g.aggminvtransfn, format_type(g.aggmtranstype, NULL)) END,
                CASE WHEN g.aggmtransspace <> 0 THEN E',\n    MSSPACE = ' || g.aggmtransspace END,
                CASE WHEN g.aggmfinalfn <> 0 THEN E',\n    MFINALFUNC = ' || g.aggmfinalfn::text END,
                CASE WHEN g.aggmfinalextra THEN E',\n    MFINALFUNC_EXTRA' END,
                CASE WHEN g.aggminitval IS NOT NULL THEN E',\n    MINITCOND = ' || quote_literal(g.aggminitval) END,
                CASE WHEN g.aggsortop <> 0 THEN E',\n    SORTOP = ' ||
                  (SELECT format('OPERATOR(%I.%s)', sn.nspname, o.oprname)
                   FROM pg_operator AS o JOIN pg_namespace AS sn ON sn.oid = o.oprnamespace
                   WHERE o.oid = g.aggsortop) END,
                CASE WHEN g.aggkind = 'h' THEN E',\n    HYPOTHETICAL' END,
                CASE p.proparallel WHEN 's' THEN E',\n    PARALLEL = SAFE'
                                   WHEN 'r' THEN E',\n    PARALLEL = RESTRICTED' END)) AS definition
FROM pg_aggregate AS g
JOIN pg_proc AS p ON p.oid = g.aggfnoid
JOIN pg_namespace AS n ON n.oid = p.pronamespace
WHERE p.oid >= 16384
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend AS e
                  WHERE e.classid = 'pg_proc'::regclass AND e.objid = p.oid AND e.deptype = 'e')
ORDER BY n.nspname, p.proname, 4
