{% include "_drop_indexes.sql" %}
DROP TABLE {{ table }};

{% include "_drop_enums.sql" %}
