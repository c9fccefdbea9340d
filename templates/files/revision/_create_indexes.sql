{% for index in indexes %}
CREATE INDEX {{ index.name }} ON {{ table }} ({{ index.columns }});

{% endfor %}
