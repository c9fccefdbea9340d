{% include "_create_enums.sql" %}
CREATE TABLE {{ table }} (
    {{ lines | join(",\n    ") }}
);

{% include "_create_indexes.sql" %}
