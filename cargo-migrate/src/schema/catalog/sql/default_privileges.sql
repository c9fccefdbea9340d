SELECT d.oid::bigint AS oid, '' AS schema,
       concat_ws(' ', pg_get_userbyid(d.defaclrole), n.nspname, d.defaclobjtype, x.grantee,
                 x.is_grantable) AS name,
       concat('ALTER DEFAULT PRIVILEGES FOR ROLE ', quote_ident(pg_get_userbyid(d.defaclrole)),
              ' IN SCHEMA ' || quote_ident(n.nspname),
              ' GRANT ', string_agg(x.privilege_type, ', ' ORDER BY x.privilege_type),
              ' ON ', CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES'
                        WHEN 'f' THEN 'FUNCTIONS' WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS'
                        ELSE 'LARGE OBJECTS' END,
              ' TO ', CASE WHEN x.grantee = 0 THEN 'PUBLIC'
                           ELSE quote_ident(pg_get_userbyid(x.grantee)) END,
              CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' END) AS definition
FROM pg_default_acl AS d
LEFT JOIN pg_namespace AS n ON n.oid = d.defaclnamespace
CROSS JOIN aclexplode(d.defaclacl) AS x
WHERE x.grantee <> d.defaclrole
GROUP BY d.oid, d.defaclrole, n.nspname, d.defaclobjtype, x.grantee, x.is_grantable
ORDER BY 3
