//! A random schema as DDL.

use std::fmt::Write as _;

use super::model::{Column, ColumnType, Index, Model, Table, Unique, View};

/// The statements that build the schema in an empty database.
pub(super) fn ddl(model: &Model) -> String {
    let mut text = String::new();
    types(&mut text, model);
    for function in &model.functions {
        let _ = writeln!(
            text,
            "CREATE FUNCTION {}(value text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT lower(value) || '{}' $$;",
            function.name, function.version
        );
    }
    for table in &model.tables {
        create_table(&mut text, model, table);
    }
    for table in &model.tables {
        attachments(&mut text, model, table);
    }
    for view in &model.views {
        create_view(&mut text, model, view);
    }
    text
}

fn types(text: &mut String, model: &Model) {
    for one in &model.enums {
        let values: Vec<String> = one
            .values
            .iter()
            .map(|value| format!("'{value}'"))
            .collect();
        let _ = writeln!(
            text,
            "CREATE TYPE {} AS ENUM ({});",
            one.name,
            values.join(", ")
        );
    }
    for one in &model.domains {
        let not_null = if one.not_null { " NOT NULL" } else { "" };
        let _ = writeln!(
            text,
            "CREATE DOMAIN {0} AS text{not_null} CONSTRAINT {0}_limit CHECK (length(VALUE) < {1});",
            one.name, one.limit
        );
    }
    for one in &model.sequences {
        let _ = writeln!(
            text,
            "CREATE SEQUENCE {} INCREMENT {};",
            one.name, one.increment
        );
    }
}

fn create_table(text: &mut String, model: &Model, table: &Table) {
    let unlogged = if table.unlogged { "UNLOGGED " } else { "" };
    let mut lines: Vec<String> = table
        .columns
        .iter()
        .map(|column| column_line(model, column))
        .collect();
    lines.insert(0, "id bigint PRIMARY KEY".to_owned());
    for check in &table.checks {
        if let Some(column) = table.column(check.column) {
            lines.push(format!(
                "CONSTRAINT {} CHECK ({}::text <> '{}')",
                check.name, column.name, check.version
            ));
        }
    }
    let options = table
        .fillfactor
        .map(|value| format!(" WITH (fillfactor={value})"));
    let _ = writeln!(
        text,
        "CREATE {unlogged}TABLE {} ({}){};",
        table.name,
        lines.join(", "),
        options.unwrap_or_default()
    );
}

fn column_line(model: &Model, column: &Column) -> String {
    let mut line = format!("{} {}", column.name, type_name(model, column.kind));
    if column.has_default {
        let _ = write!(line, " DEFAULT {}", default_of(model, column.kind));
    }
    if column.not_null {
        line.push_str(" NOT NULL");
    }
    line
}

fn type_name(model: &Model, kind: ColumnType) -> String {
    let named = |name: Option<&String>| name.expect("a type in use stays").clone();
    match kind {
        ColumnType::Int => "integer".to_owned(),
        ColumnType::BigInt => "bigint".to_owned(),
        ColumnType::Text => "text".to_owned(),
        ColumnType::Varchar(length) => format!("varchar({length})"),
        ColumnType::Numeric => "numeric(10,2)".to_owned(),
        ColumnType::Boolean => "boolean".to_owned(),
        ColumnType::Timestamp => "timestamptz".to_owned(),
        ColumnType::Json => "jsonb".to_owned(),
        ColumnType::IntArray => "integer[]".to_owned(),
        ColumnType::Enum(id) => named(
            model
                .enums
                .iter()
                .find(|one| one.id == id)
                .map(|one| &one.name),
        ),
        ColumnType::Domain(id) => named(
            model
                .domains
                .iter()
                .find(|one| one.id == id)
                .map(|one| &one.name),
        ),
    }
}

fn default_of(model: &Model, kind: ColumnType) -> String {
    match kind {
        ColumnType::Int | ColumnType::BigInt | ColumnType::Numeric => "0".to_owned(),
        ColumnType::Text | ColumnType::Varchar(_) | ColumnType::Domain(_) => "'x'".to_owned(),
        ColumnType::Boolean => "false".to_owned(),
        ColumnType::Timestamp => "now()".to_owned(),
        ColumnType::Json | ColumnType::IntArray => "'{}'".to_owned(),
        ColumnType::Enum(id) => {
            let found = model.enums.iter().find(|one| one.id == id);
            let value = found.and_then(|one| one.values.first());
            format!("'{}'", value.expect("an enum has a value"))
        }
    }
}

fn attachments(text: &mut String, model: &Model, table: &Table) {
    let name = &table.name;
    for index in &table.indexes {
        create_index(text, model, table, index);
    }
    for key in &table.keys {
        let (Some(column), Some(target)) = (table.column(key.column), model.table(key.target))
        else {
            continue;
        };
        let action = if key.cascade {
            " ON DELETE CASCADE"
        } else {
            ""
        };
        let _ = writeln!(
            text,
            "ALTER TABLE {name} ADD CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {} (id){action};",
            key.name, column.name, target.name
        );
    }
    if let Some(comment) = &table.comment {
        let _ = writeln!(text, "COMMENT ON TABLE {name} IS '{comment}';");
    }
    for column in &table.columns {
        if let Some(comment) = &column.comment {
            let _ = writeln!(
                text,
                "COMMENT ON COLUMN {name}.{} IS '{comment}';",
                column.name
            );
        }
    }
    if let Some(limit) = table.policy {
        let _ = writeln!(text, "ALTER TABLE {name} ENABLE ROW LEVEL SECURITY;");
        let _ = writeln!(text, "CREATE POLICY low ON {name} USING (id < {limit});");
    }
    if table.trigger {
        let _ = writeln!(
            text,
            "CREATE TRIGGER quiet BEFORE UPDATE ON {name} FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();"
        );
    }
    if let (true, [first, ..]) = (table.statistics, table.columns.as_slice()) {
        let _ = writeln!(
            text,
            "CREATE STATISTICS {name}_stat (ndistinct) ON id, {} FROM {name};",
            first.name
        );
    }
}

fn create_index(text: &mut String, model: &Model, table: &Table, index: &Index) {
    let columns: Vec<&Column> = index
        .columns
        .iter()
        .filter_map(|column| table.column(*column))
        .collect();
    let mut names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    let function = index
        .function
        .and_then(|id| model.functions.iter().find(|one| one.id == id));
    if let (Some(function), Some(first)) = (function, names.first_mut()) {
        *first = format!("{}({first}::text)", function.name);
    }
    if names.is_empty() {
        return;
    }
    let (name, on, list) = (&index.name, &table.name, names.join(", "));
    let partial = if index.partial { " WHERE id > 0" } else { "" };
    let _ = match index.unique {
        Unique::No => writeln!(text, "CREATE INDEX {name} ON {on} ({list}){partial};"),
        Unique::Index => writeln!(
            text,
            "CREATE UNIQUE INDEX {name} ON {on} ({list}){partial};"
        ),
        Unique::Constraint => {
            writeln!(
                text,
                "ALTER TABLE {on} ADD CONSTRAINT {name} UNIQUE ({list});"
            )
        }
    };
}

fn create_view(text: &mut String, model: &Model, view: &View) {
    let Some(table) = model.table(view.table) else {
        return;
    };
    let mut names = vec!["id"];
    names.extend(
        view.columns
            .iter()
            .filter_map(|id| Some(table.column(*id)?.name.as_str())),
    );
    let (kind, word) = if view.materialized {
        ("MATERIALIZED VIEW", "MATERIALIZED VIEW")
    } else {
        ("VIEW", "VIEW")
    };
    let _ = writeln!(
        text,
        "CREATE {kind} {} AS SELECT {} FROM {} WHERE id > {};",
        view.name,
        names.join(", "),
        table.name,
        view.filter
    );
    if let Some(comment) = &view.comment {
        let _ = writeln!(text, "COMMENT ON {word} {} IS '{comment}';", view.name);
    }
}
