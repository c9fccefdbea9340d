{% include "_drop_indexes.sql" %}
{% if constraints %}
ALTER TABLE {{ table }}{{ constraints | reverse | map(attribute="name") | actions("DROP CONSTRAINT") }};

{% endif %}
ALTER TABLE {{ table }}{{ columns | reverse | map(attribute="name") | actions("DROP COLUMN") }};

{% include "_drop_enums.sql" %}
