-- Names in `public` that would mean something else unqualified.
SELECT p.proname::text AS name
FROM pg_proc AS p
WHERE p.pronamespace = to_regnamespace('public')
  AND EXISTS (SELECT FROM pg_proc AS s
              WHERE s.proname = p.proname AND s.pronamespace = 'pg_catalog'::regnamespace)
UNION
SELECT c.relname
FROM pg_class AS c
WHERE c.relnamespace = to_regnamespace('public')
  AND EXISTS (SELECT FROM pg_class AS s
              WHERE s.relname = c.relname AND s.relnamespace = 'pg_catalog'::regnamespace)
UNION
SELECT t.typname
FROM pg_type AS t
WHERE t.typnamespace = to_regnamespace('public')
  AND EXISTS (SELECT FROM pg_type AS s
              WHERE s.typname = t.typname AND s.typnamespace = 'pg_catalog'::regnamespace)
ORDER BY 1
