{% for enum in enums | reverse %}
DROP TYPE {{ enum.name }};

{% endfor %}
