{% include "_create_table.sql" %}
-- migrate: down
{% include "_drop_table.sql" %}
