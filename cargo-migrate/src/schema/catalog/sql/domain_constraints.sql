SELECT o.oid::bigint AS oid, n.nspname AS schema, t.typname AS parent, o.conname AS name,
       'c' AS type, pg_get_constraintdef(o.oid) AS definition, o.convalidated AS validated,
       false AS inherited, false AS is_deferrable, '[]'::json AS columns,
       false AS clustered, false AS replica_identity
FROM pg_constraint AS o
JOIN pg_type AS t ON t.oid = o.contypid
JOIN pg_namespace AS n ON n.oid = t.typnamespace
WHERE o.oid >= 16384 AND o.contype = 'c'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, t.typname, o.conname
