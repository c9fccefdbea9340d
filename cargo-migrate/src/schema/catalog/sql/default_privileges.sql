-- Beside what PostgreSQL gives by itself, which a schema's own entry only adds to. Those of the role that
-- asks go without its name: another role may build the same schema elsewhere.
SELECT min(x.oid)::bigint AS oid, '' AS schema,
       concat_ws(' ', x.verb, x.role, x.schema, x.objects, x.grantee, x.is_grantable) AS name,
       concat('ALTER DEFAULT PRIVILEGES', ' FOR ROLE ' || x.role, ' IN SCHEMA ' || x.schema,
              ' ', x.verb, ' ', string_agg(x.privilege_type, ', ' ORDER BY x.privilege_type),
              ' ON ', x.objects, CASE x.verb WHEN 'GRANT' THEN ' TO ' ELSE ' FROM ' END, x.grantee,
              CASE WHEN x.is_grantable AND x.verb = 'GRANT' THEN ' WITH GRANT OPTION' END)
         AS definition
FROM (
    SELECT d.oid, l.verb, CASE WHEN pg_get_userbyid(d.defaclrole) <> current_user
                                THEN quote_ident(pg_get_userbyid(d.defaclrole)) END AS role,
           quote_ident(n.nspname) AS schema,
           CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES'
                WHEN 'f' THEN 'FUNCTIONS' WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS'
                ELSE 'LARGE OBJECTS' END AS objects,
           CASE WHEN l.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(l.grantee)) END
             AS grantee,
           l.privilege_type, l.is_grantable
    FROM pg_default_acl AS d
    LEFT JOIN pg_namespace AS n ON n.oid = d.defaclnamespace
    CROSS JOIN LATERAL (
        SELECT CASE WHEN h.has IS NULL THEN 'REVOKE' ELSE 'GRANT' END AS verb,
               grantee, privilege_type, is_grantable
        FROM (SELECT true AS has, a.* FROM aclexplode(d.defaclacl) AS a) AS h
        FULL JOIN (SELECT true AS given, a.*
                   FROM aclexplode(CASE WHEN d.defaclnamespace = 0 THEN
                          acldefault(CASE d.defaclobjtype WHEN 'S' THEN 's'
                                     ELSE d.defaclobjtype END, d.defaclrole) END) AS a) AS g
          USING (grantee, privilege_type, is_grantable)
        WHERE h.has IS NULL OR g.given IS NULL) AS l
) AS x
GROUP BY x.verb, x.role, x.schema, x.objects, x.grantee, x.is_grantable
ORDER BY 3
