{% include "_add_columns.sql" %}
-- migrate: down
{% include "_drop_columns.sql" %}
