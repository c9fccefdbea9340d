SELECT e.oid::bigint AS oid, '' AS schema, e.evtname AS name, e.evtenabled AS enabled,
       format(E'CREATE EVENT TRIGGER %I ON %s%s\n    EXECUTE FUNCTION %s()', e.evtname, e.evtevent,
              (SELECT format(E'\n    WHEN TAG IN (%s)',
                             string_agg(quote_literal(tag), ', ' ORDER BY tag))
               FROM unnest(e.evttags) AS tag HAVING count(*) > 0),
              e.evtfoid::regproc) AS definition
FROM pg_event_trigger AS e
WHERE e.oid >= 16384
  AND NOT EXISTS (SELECT FROM pg_depend AS d
                  WHERE d.classid = 'pg_event_trigger'::regclass AND d.objid = e.oid AND d.deptype = 'e')
ORDER BY e.evtname
