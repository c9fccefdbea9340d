SELECT current_setting('server_version_num')::int AS version, d.oid::bigint AS database
FROM pg_database AS d
WHERE d.datname = current_database()
ORDER BY 1
