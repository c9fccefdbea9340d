-- What others than the owner may do; without an own list, what PostgreSQL grants by itself.
SELECT g.class, g.oid, g.sub, g.part_of,
       CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END AS grantee,
       x.privilege_type AS privilege, x.is_grantable AS grantable
FROM (
    SELECT 'pg_namespace' AS class, n.oid::bigint AS oid, 0 AS sub, NULL::json AS part_of,
           n.nspowner AS owner, coalesce(n.nspacl, acldefault('n', n.nspowner)) AS acl
    FROM pg_namespace AS n
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    UNION ALL
    SELECT 'pg_class', c.oid::bigint, 0, NULL, c.relowner,
           coalesce(c.relacl, acldefault(CASE WHEN c.relkind = 'S' THEN 's' ELSE 'r' END::"char",
                                         c.relowner))
    FROM pg_class AS c
    WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relacl IS NOT NULL
    UNION ALL
    SELECT 'pg_class', c.oid::bigint, a.attnum, json_build_array(n.nspname, c.relname, a.attname),
           c.relowner, a.attacl
    FROM pg_attribute AS a
    JOIN pg_class AS c ON c.oid = a.attrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.oid >= 16384 AND a.attacl IS NOT NULL AND NOT a.attisdropped
    UNION ALL
    SELECT 'pg_proc', p.oid::bigint, 0, NULL, p.proowner,
           coalesce(p.proacl, acldefault('f', p.proowner))
    FROM pg_proc AS p WHERE p.oid >= 16384
    UNION ALL
    SELECT 'pg_type', t.oid::bigint, 0, NULL, t.typowner,
           coalesce(t.typacl, acldefault('T', t.typowner))
    FROM pg_type AS t WHERE t.oid >= 16384 AND t.typtype IN ('e', 'd', 'r')
    UNION ALL
    SELECT 'pg_foreign_data_wrapper', f.oid::bigint, 0, NULL, f.fdwowner, f.fdwacl
    FROM pg_foreign_data_wrapper AS f WHERE f.oid >= 16384 AND f.fdwacl IS NOT NULL
    UNION ALL
    SELECT 'pg_foreign_server', s.oid::bigint, 0, NULL, s.srvowner, s.srvacl
    FROM pg_foreign_server AS s WHERE s.oid >= 16384 AND s.srvacl IS NOT NULL
) AS g, aclexplode(g.acl) AS x
WHERE x.grantee <> g.owner
ORDER BY 1, 2, 3, 5, 6
