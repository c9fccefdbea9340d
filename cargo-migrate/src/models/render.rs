//! Writes models as DDL, in an order that applies: schemas, types, tables, indexes, foreign keys
//! (so that cycles need nothing special), comments.

use std::collections::BTreeMap;

use build_support::sql::Literal;

use super::{
    fragment::Fragment,
    quote::quote,
    script::Script,
    site::Site,
    value::{
        Base, Check, Column, ColumnValue, Deferral, EnumType, ForeignKey, Identity, IdentityKind,
        Index, Key, Table,
    },
};

/// Writes everything.
pub(crate) fn ddl(tables: &[Table], enums: &[EnumType]) -> Script {
    let mut script = Script::default();
    for (schema, site) in schemas(tables, enums) {
        script.push_at(
            &site,
            &format!("CREATE SCHEMA IF NOT EXISTS {}", quote(&schema)),
        );
        script.end_statement();
    }
    for found in enums {
        create_type(&mut script, found);
    }
    for table in parents_first(tables) {
        create_table(&mut script, table);
    }
    for table in tables {
        for index in &table.indexes {
            create_index(&mut script, table, index);
        }
    }
    for table in tables {
        for key in &table.foreign_keys {
            add_foreign_key(&mut script, table, key);
        }
    }
    for found in enums {
        let name = qualified(found.schema.as_ref(), &found.name);
        comment(&mut script, &format!("TYPE {name}"), found.comment.as_ref());
    }
    for table in tables {
        comments(&mut script, table);
    }
    script
}

/// The schemas that have to be made, sorted, with the first place that names each.
fn schemas(tables: &[Table], enums: &[EnumType]) -> BTreeMap<String, Site> {
    let of_tables = tables.iter().filter_map(|table| table.schema.as_ref());
    let of_enums = enums.iter().filter_map(|found| found.schema.as_ref());
    let mut schemas = BTreeMap::new();
    for schema in of_enums.chain(of_tables).filter(|s| s.text != "public") {
        let entry = schemas.entry(schema.text.clone());
        entry.or_insert_with(|| schema.site.clone());
    }
    schemas
}

/// A table comes after the one that it inherits from; otherwise the order of the files stays.
fn parents_first(tables: &[Table]) -> Vec<&Table> {
    let mut ordered: Vec<&Table> = Vec::new();
    let mut waiting: Vec<&Table> = tables.iter().collect();
    while !waiting.is_empty() {
        let is_ready = |table: &&Table| match &table.options.inherits {
            None => true,
            Some(parent) => !waiting.iter().any(|w| w.name.text == parent.text),
        };
        let (ready, rest): (Vec<_>, Vec<_>) = waiting.clone().into_iter().partition(is_ready);
        if ready.is_empty() {
            // A circle: the server says so, at its place.
            ordered.extend(rest);
            return ordered;
        }
        ordered.extend(ready);
        waiting = rest;
    }
    ordered
}

fn qualified(schema: Option<&Fragment>, name: &Fragment) -> String {
    match schema {
        Some(schema) => format!("{}.{}", quote(&schema.text), quote(&name.text)),
        None => quote(&name.text),
    }
}

fn table_name(table: &Table) -> String {
    qualified(table.schema.as_ref(), &table.name)
}

/// A string constant.
fn literal(text: &str) -> String {
    Literal(text).to_string()
}

fn names(columns: &[Fragment]) -> String {
    let quoted = columns.iter().map(|name| quote(&name.text));
    quoted.collect::<Vec<_>>().join(", ")
}

fn create_type(script: &mut Script, found: &EnumType) {
    let name = qualified(found.schema.as_ref(), &found.name);
    script.push_at(&found.name.site, &format!("CREATE TYPE {name} AS ENUM ("));
    for (at, label) in found.labels.iter().enumerate() {
        let comma = if at == 0 { "" } else { ", " };
        let text = format!("{comma}{}", literal(&label.name.text));
        script.push_at(&label.name.site, &text);
    }
    script.push(")");
    script.end_statement();
}

/// What stands between the parentheses. The comma belongs to what is before it, so that an unfinished
/// expression is blamed for it.
#[derive(Default)]
struct Items {
    written: usize,
}

impl Items {
    fn next(&mut self, script: &mut Script, site: &Site) {
        if self.written > 0 {
            script.push(",");
        }
        self.written += 1;
        script.push_at(site, "\n    ");
    }
}

fn create_table(script: &mut Script, table: &Table) {
    let kind = if table.options.unlogged {
        "UNLOGGED TABLE"
    } else {
        "TABLE"
    };
    let site = &table.name.site;
    script.push_at(site, &format!("CREATE {kind} {} (", table_name(table)));
    let mut items = Items::default();
    for column in &table.columns {
        items.next(script, &column.name.site);
        create_column(script, column);
    }
    if let Some(key) = &table.primary_key {
        items.next(script, &key.site);
        write_key(script, key, "PRIMARY KEY");
    }
    for key in &table.uniques {
        items.next(script, &key.site);
        write_key(script, key, "UNIQUE");
    }
    for check in &table.checks {
        items.next(script, &check.expression.site);
        write_check(script, check);
    }
    for exclusion in &table.exclusions {
        items.next(script, &exclusion.expression.site);
        constraint_name(script, exclusion.name.as_ref());
        script.push("EXCLUDE ");
        script.push_fragment(&exclusion.expression);
    }
    script.push("\n)");
    table_options(script, table);
    script.end_statement();
}

fn table_options(script: &mut Script, table: &Table) {
    let options = &table.options;
    if let Some(parent) = &options.inherits {
        script.push_at(
            &parent.site,
            &format!(" INHERITS ({})", quote(&parent.text)),
        );
    }
    if let Some(by) = &options.partition_by {
        script.push(" PARTITION BY ");
        script.push_fragment(by);
    }
    if let Some(with) = &options.with {
        script.push(" WITH (");
        script.push_fragment(with);
        script.push(")");
    }
    if let Some(tablespace) = &options.tablespace {
        script.push_at(
            &tablespace.site,
            &format!(" TABLESPACE {}", quote(&tablespace.text)),
        );
    }
}

fn create_column(script: &mut Script, column: &Column) {
    script.push_at(&column.name.site, &format!("{} ", quote(&column.name.text)));
    script.push_fragment(&type_fragment(column));
    if let Some(method) = &column.compression {
        script.push_at(&method.site, &format!(" COMPRESSION {}", method.text));
    }
    if let Some(collation) = &column.collate {
        script.push_at(
            &collation.site,
            &format!(" COLLATE {}", collation_name(&collation.text)),
        );
    }
    if column.not_null {
        script.push_at(&column.name.site, " NOT NULL");
    }
    write_value(script, &column.value);
    for check in &column.check {
        script.push_at(&check.expression.site, " ");
        write_check(script, check);
    }
    if let Some(extra) = &column.extra {
        script.push(" ");
        script.push_fragment(extra);
    }
}

fn type_fragment(column: &Column) -> Fragment {
    let data_type = &column.data_type;
    let text = match &data_type.base {
        Base::Sql(sql) => sql.clone(),
        Base::Named(_) | Base::Impossible { .. } => {
            unreachable!("every type was resolved before rendering")
        }
    };
    Fragment::new(text, data_type.site.clone())
}

/// A collation may be qualified (`pg_catalog."C"`).
fn collation_name(name: &str) -> String {
    if name.contains('"') {
        return name.to_owned();
    }
    match name.split_once('.') {
        Some((schema @ ("pg_catalog" | "public"), name)) => format!("{schema}.{}", quote(name)),
        _ => quote(name),
    }
}

fn write_value(script: &mut Script, value: &ColumnValue) {
    match value {
        ColumnValue::None => {}
        ColumnValue::Default(expression) => {
            script.push(" DEFAULT ");
            script.push_fragment(expression);
        }
        ColumnValue::Identity(identity) => write_identity(script, identity),
        ColumnValue::Stored(expression) => {
            script.push(" GENERATED ALWAYS AS (");
            script.push_fragment(expression);
            script.push(") STORED");
        }
        ColumnValue::Virtual(expression) => {
            script.push(" GENERATED ALWAYS AS (");
            script.push_fragment(expression);
            script.push(") VIRTUAL");
        }
    }
}

fn write_identity(script: &mut Script, identity: &Identity) {
    let kind = match identity.kind {
        IdentityKind::Always => "ALWAYS",
        IdentityKind::ByDefault => "BY DEFAULT",
    };
    script.push_at(&identity.site, &format!(" GENERATED {kind} AS IDENTITY"));
    if !identity.options.is_empty() {
        script.push(&format!(" ({})", identity.options));
    }
}

fn constraint_name(script: &mut Script, name: Option<&Fragment>) {
    if let Some(name) = name {
        script.push(&format!("CONSTRAINT {} ", quote(&name.text)));
    }
}

fn write_key(script: &mut Script, key: &Key, kind: &str) {
    constraint_name(script, key.name.as_ref());
    let nulls = if key.nulls_not_distinct {
        " NULLS NOT DISTINCT"
    } else {
        ""
    };
    script.push(&format!("{kind}{nulls} ({})", names(&key.columns)));
    if !key.include.is_empty() {
        script.push(&format!(" INCLUDE ({})", names(&key.include)));
    }
    script.push(deferral(key.deferral));
}

fn deferral(deferral: Deferral) -> &'static str {
    match deferral {
        Deferral::None => "",
        Deferral::Deferrable => " DEFERRABLE",
        Deferral::InitiallyDeferred => " DEFERRABLE INITIALLY DEFERRED",
    }
}

fn write_check(script: &mut Script, check: &Check) {
    constraint_name(script, check.name.as_ref());
    script.push("CHECK (");
    script.push_fragment(&check.expression);
    script.push(")");
    if check.no_inherit {
        script.push(" NO INHERIT");
    }
}

fn create_index(script: &mut Script, table: &Table, index: &Index) {
    let unique = if index.unique { "UNIQUE " } else { "" };
    let name = index.name.as_ref();
    let name = name.map_or_else(String::new, |name| format!("{} ", quote(&name.text)));
    let text = format!("CREATE {unique}INDEX {name}ON {}", table_name(table));
    script.push_at(&index.site, &text);
    if let Some(method) = &index.method {
        script.push_at(&method.site, &format!(" USING {}", quote(&method.text)));
    }
    script.push_at(&index.site, " (");
    for (at, column) in index.columns.iter().enumerate() {
        script.push(if at == 0 { "" } else { ", " });
        script.push_fragment(column);
    }
    if let Some(expression) = &index.expression {
        script.push(if index.columns.is_empty() { "(" } else { ", (" });
        script.push_fragment(expression);
        script.push(")");
    }
    script.push(")");
    index_details(script, index);
    script.end_statement();
}

fn index_details(script: &mut Script, index: &Index) {
    if !index.include.is_empty() {
        let include = format!(" INCLUDE ({})", names(&index.include));
        script.push_at(&index.include[0].site, &include);
    }
    if index.nulls_not_distinct {
        script.push_at(&index.site, " NULLS NOT DISTINCT");
    }
    if let Some(with) = &index.with {
        script.push(" WITH (");
        script.push_fragment(with);
        script.push(")");
    }
    if let Some(predicate) = &index.predicate {
        script.push(" WHERE ");
        script.push_fragment(predicate);
    }
}

fn add_foreign_key(script: &mut Script, table: &Table, key: &ForeignKey) {
    script.push_at(
        &key.site,
        &format!("ALTER TABLE {}\n    ADD ", table_name(table)),
    );
    constraint_name(script, key.name.as_ref());
    script.push(&format!("FOREIGN KEY ({}) ", names(&key.columns)));
    let target = &key.target;
    let schema = target.schema.as_ref();
    let schema = schema.map_or_else(String::new, |schema| format!("{}.", quote(schema)));
    script.push_at(
        &target.site,
        &format!("REFERENCES {schema}{}", quote(&target.table)),
    );
    if !target.columns.is_empty() {
        let columns: Vec<String> = target.columns.iter().map(|name| quote(name)).collect();
        script.push(&format!(" ({})", columns.join(", ")));
    }
    if key.match_full {
        script.push(" MATCH FULL");
    }
    for (keyword, action) in [("UPDATE", &key.on_update), ("DELETE", &key.on_delete)] {
        if let Some(action) = action {
            let sql = action.text.to_uppercase().replace('_', " ");
            script.push_at(&action.site, &format!(" ON {keyword} {sql}"));
        }
    }
    script.push(deferral(key.deferral));
    script.end_statement();
}

fn comment(script: &mut Script, object: &str, text: Option<&Fragment>) {
    if let Some(text) = text {
        let sql = format!("COMMENT ON {object} IS {}", literal(&text.text));
        script.push_at(&text.site, &sql);
        script.end_statement();
    }
}

/// Comments, and what only `ALTER TABLE` can say of a column.
fn comments(script: &mut Script, table: &Table) {
    let name = table_name(table);
    comment(script, &format!("TABLE {name}"), table.comment.as_ref());
    for column in &table.columns {
        let own = quote(&column.name.text);
        comment(
            script,
            &format!("COLUMN {name}.{own}"),
            column.comment.as_ref(),
        );
        let settings = [
            ("STORAGE", &column.storage),
            ("STATISTICS", &column.statistics),
        ];
        for (setting, value) in settings {
            if let Some(value) = value {
                let sql = format!("ALTER TABLE {name} ALTER COLUMN {own} SET {setting} ");
                script.push_at(&value.site, &sql);
                script.push_fragment(value);
                script.end_statement();
            }
        }
    }
}
