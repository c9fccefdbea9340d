//! The kinds that are written from their definition: views, functions, triggers, policies, types.

use super::column::{bare_collation, sequence_options};
use super::foreign;
use super::table::with_options;
use super::text::Writer;
use crate::schema::model::{
    Body, Composite, Domain, Enum, Index, Kind, ObjectId, Policy, Sequence, View,
};
use crate::schema::name::{Ident, literal};

/// The keyword of a kind in `CREATE`, `ALTER`, `DROP` and `COMMENT ON`.
pub(crate) fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::Schema => "SCHEMA",
        Kind::Extension => "EXTENSION",
        Kind::Language => "LANGUAGE",
        Kind::Collation => "COLLATION",
        Kind::Enum | Kind::EnumValue | Kind::Composite | Kind::Range | Kind::BaseType => "TYPE",
        Kind::Domain => "DOMAIN",
        Kind::DomainConstraint | Kind::Constraint => "CONSTRAINT",
        Kind::Sequence | Kind::SequenceOwner => "SEQUENCE",
        Kind::ForeignDataWrapper => "FOREIGN DATA WRAPPER",
        Kind::Server => "SERVER",
        Kind::UserMapping => "USER MAPPING",
        Kind::Routine => "ROUTINE",
        Kind::Aggregate => "AGGREGATE",
        Kind::Operator => "OPERATOR",
        Kind::OperatorFamily => "OPERATOR FAMILY",
        Kind::OperatorClass => "OPERATOR CLASS",
        Kind::Cast => "CAST",
        Kind::Conversion => "CONVERSION",
        Kind::TextSearchParser => "TEXT SEARCH PARSER",
        Kind::TextSearchTemplate => "TEXT SEARCH TEMPLATE",
        Kind::TextSearchDictionary => "TEXT SEARCH DICTIONARY",
        Kind::TextSearchConfiguration => "TEXT SEARCH CONFIGURATION",
        Kind::Transform => "TRANSFORM",
        Kind::AccessMethod => "ACCESS METHOD",
        Kind::Table => "TABLE",
        Kind::Column | Kind::Default => "COLUMN",
        Kind::Index => "INDEX",
        Kind::View => "VIEW",
        Kind::MaterializedView => "MATERIALIZED VIEW",
        Kind::Statistics => "STATISTICS",
        Kind::Rule => "RULE",
        Kind::Trigger => "TRIGGER",
        Kind::Policy => "POLICY",
        Kind::EventTrigger => "EVENT TRIGGER",
        Kind::Publication => "PUBLICATION",
        Kind::Subscription => "SUBSCRIPTION",
        Kind::DefaultPrivileges => "DEFAULT PRIVILEGES",
    }
}

/// How `DROP` and `COMMENT ON` name an object, after its keyword.
pub(crate) fn reference(writer: &Writer, id: &ObjectId) -> String {
    match id.kind {
        Kind::Routine | Kind::Aggregate => {
            let args = if id.kind == Kind::Aggregate && id.args.is_empty() {
                "*".to_owned()
            } else {
                writer.text(&id.args)
            };
            format!("{}({args})", id.qualified())
        }
        Kind::Operator => {
            let name = operator_name(&id.schema, &id.name);
            format!("{name} ({})", writer.text(&id.args))
        }
        Kind::OperatorClass | Kind::OperatorFamily => {
            format!("{} USING {}", id.qualified(), Ident(&id.args))
        }
        Kind::Cast | Kind::Transform | Kind::UserMapping => writer.text(&id.name),
        Kind::Constraint | Kind::Trigger | Kind::Rule | Kind::Policy => {
            format!("{} ON {}", Ident(&id.name), id.parent_name())
        }
        Kind::DomainConstraint => format!("{} ON DOMAIN {}", Ident(&id.name), id.parent_name()),
        Kind::Column => format!("{}.{}", id.parent_name(), Ident(&id.name)),
        _ => id.qualified().to_string(),
    }
}

/// An operator with its schema, which takes no quotes.
pub(crate) fn operator_name(schema: &str, name: &str) -> String {
    if schema.is_empty() || schema == crate::schema::name::PUBLIC {
        name.to_owned()
    } else {
        format!("{}.{name}", Ident(schema))
    }
}

/// `COMMENT ON … IS …`.
pub(crate) fn comment_on(
    writer: &Writer,
    keyword: &str,
    id: &ObjectId,
    text: Option<&str>,
) -> String {
    let text = text.map_or_else(|| "NULL".to_owned(), literal);
    format!("COMMENT ON {keyword} {} IS {text}", reference(writer, id))
}

/// The statements that make an object of a kind which is no table, column or constraint.
pub(crate) fn create(writer: &Writer, id: &ObjectId, body: &Body) -> Vec<String> {
    match body {
        Body::Schema => vec![format!("CREATE SCHEMA {}", Ident(&id.name))],
        Body::Extension(extension) => vec![create_extension(id, &extension.in_schema)],
        Body::Enum(body) => vec![create_enum(id, body)],
        Body::Composite(body) => vec![create_composite(writer, id, body)],
        Body::Domain(body) => vec![create_domain(writer, id, body)],
        Body::Sequence(body) => vec![create_sequence(id, body)],
        Body::Index(body) => vec![create_index(writer, id, body, false)],
        Body::View(body) => create_view(writer, id, body, false),
        Body::Routine(body) => vec![create_routine(writer, &body.definition, false)],
        Body::Policy(body) => vec![create_policy(writer, id, body)],
        Body::Statistics(body) => {
            let mut statements = vec![writer.text(&body.definition)];
            if let Some(target) = body.target {
                statements.push(format!(
                    "ALTER STATISTICS {} SET STATISTICS {target}",
                    id.qualified()
                ));
            }
            statements
        }
        Body::Foreign(body) => vec![foreign::create_foreign(writer, id, body)],
        Body::Plain(body) => {
            let mut statements = statements_of(writer, id, &body.definition);
            let enabled = body.enabled.as_deref().filter(|state| *state != "O");
            statements.extend(enabled.map(|state| enable(id, state)));
            statements
        }
        Body::Table(_)
        | Body::Column(_)
        | Body::Default(_)
        | Body::Constraint(_)
        | Body::Owner(_) => Vec::new(),
    }
}

/// A text search configuration is made by several statements, one for each kind of token.
fn statements_of(writer: &Writer, id: &ObjectId, definition: &str) -> Vec<String> {
    match id.kind {
        Kind::TextSearchConfiguration => definition
            .split(";\n\n")
            .map(|part| plain_text(writer, part))
            .collect(),
        _ => vec![plain_text(writer, definition)],
    }
}

fn plain_text(writer: &Writer, definition: &str) -> String {
    writer.text(definition.trim_end().trim_end_matches(';'))
}

fn enable(id: &ObjectId, state: &str) -> String {
    match id.kind {
        Kind::Rule => enable_rule(id, state),
        Kind::EventTrigger => {
            format!(
                "ALTER EVENT TRIGGER {} {}",
                Ident(&id.name),
                state_words(state)
            )
        }
        _ => enable_trigger(id, state),
    }
}

/// `ALTER TABLE … DISABLE TRIGGER …`.
pub(crate) fn enable_trigger(id: &ObjectId, state: &str) -> String {
    format!(
        "ALTER TABLE {} {} TRIGGER {}",
        id.parent_name(),
        state_words(state),
        Ident(&id.name)
    )
}

/// `ALTER TABLE … DISABLE RULE …`.
pub(crate) fn enable_rule(id: &ObjectId, state: &str) -> String {
    format!(
        "ALTER TABLE {} {} RULE {}",
        id.parent_name(),
        state_words(state),
        Ident(&id.name)
    )
}

pub(crate) fn state_words(state: &str) -> &'static str {
    match state {
        "D" => "DISABLE",
        "R" => "ENABLE REPLICA",
        "A" => "ENABLE ALWAYS",
        _ => "ENABLE",
    }
}

fn create_extension(id: &ObjectId, schema: &str) -> String {
    let name = Ident(&id.name);
    if schema == crate::schema::name::PUBLIC || schema == "pg_catalog" {
        format!("CREATE EXTENSION {name}")
    } else {
        format!("CREATE EXTENSION {name} WITH SCHEMA {}", Ident(schema))
    }
}

fn create_enum(id: &ObjectId, body: &Enum) -> String {
    let values: Vec<String> = body.values.iter().map(|value| literal(value)).collect();
    let line = format!(
        "CREATE TYPE {} AS ENUM ({})",
        id.qualified(),
        values.join(", ")
    );
    if line.len() <= 100 {
        line
    } else {
        format!(
            "CREATE TYPE {} AS ENUM (\n    {}\n)",
            id.qualified(),
            values.join(",\n    ")
        )
    }
}

fn create_composite(writer: &Writer, id: &ObjectId, body: &Composite) -> String {
    let attributes: Vec<String> = body
        .attributes
        .iter()
        .map(|attribute| {
            let data_type = writer.data_type(&attribute.data_type);
            format!(
                "{} {data_type}{}",
                Ident(&attribute.name),
                collate(writer, &attribute.collation)
            )
        })
        .collect();
    if attributes.is_empty() {
        return format!("CREATE TYPE {} AS ()", id.qualified());
    }
    format!(
        "CREATE TYPE {} AS (\n    {}\n)",
        id.qualified(),
        attributes.join(",\n    ")
    )
}

pub(crate) fn collate(writer: &Writer, collation: &Option<String>) -> String {
    collation
        .as_ref()
        .map(|collation| format!(" COLLATE {}", writer.text(&bare_collation(collation))))
        .unwrap_or_default()
}

fn create_domain(writer: &Writer, id: &ObjectId, body: &Domain) -> String {
    let mut sql = format!(
        "CREATE DOMAIN {} AS {}",
        id.qualified(),
        writer.data_type(&body.base)
    );
    sql.push_str(&collate(writer, &body.collation));
    if let Some(default) = &body.default_value {
        sql.push_str(&format!(" DEFAULT {}", writer.text(default)));
    }
    if body.not_null {
        sql.push_str(" NOT NULL");
    }
    sql
}

fn create_sequence(id: &ObjectId, body: &Sequence) -> String {
    let unlogged = if body.unlogged { "UNLOGGED " } else { "" };
    let mut sql = format!("CREATE {unlogged}SEQUENCE {}", id.qualified());
    for option in sequence_options(body, "bigint") {
        sql.push(' ');
        sql.push_str(&option);
    }
    sql
}

/// `CREATE INDEX …`, also concurrently.
pub(crate) fn create_index(
    writer: &Writer,
    id: &ObjectId,
    body: &Index,
    concurrently: bool,
) -> String {
    let unique = if body.is_unique { "UNIQUE " } else { "" };
    let concurrently = if concurrently { "CONCURRENTLY " } else { "" };
    // A partitioned table's index that is not valid has children still to be attached.
    let only = if body.partitioned && !body.is_valid {
        "ONLY "
    } else {
        ""
    };
    let definition = writer.text(&body.definition);
    let definition = definition
        .strip_prefix("USING btree ")
        .unwrap_or(&definition);
    let mut sql = format!(
        "CREATE {unique}INDEX {concurrently}{} ON {only}{} {definition}",
        Ident(&id.name),
        id.parent_name()
    );
    if let Some(tablespace) = &body.tablespace {
        let clause = format!(" TABLESPACE {}", Ident(tablespace));
        match sql.find(" WHERE ") {
            Some(at) => sql.insert_str(at, &clause),
            None => sql.push_str(&clause),
        }
    }
    sql
}

/// `CREATE VIEW …` or `CREATE MATERIALIZED VIEW …`, and what `CREATE` can't say.
pub(crate) fn create_view(
    writer: &Writer,
    id: &ObjectId,
    body: &View,
    replace: bool,
) -> Vec<String> {
    let verb = match (body.materialized, replace) {
        (true, _) => "CREATE MATERIALIZED VIEW",
        (false, true) => "CREATE OR REPLACE VIEW",
        (false, false) => "CREATE VIEW",
    };
    let mut sql = format!("{verb} {}", id.qualified());
    if let (true, Some(method)) = (body.materialized, &body.access_method) {
        sql.push_str(&format!(" USING {}", Ident(method)));
    }
    sql.push_str(&with_options(&body.options));
    if let (true, Some(tablespace)) = (body.materialized, &body.tablespace) {
        sql.push_str(&format!(" TABLESPACE {}", Ident(tablespace)));
    }
    let query = writer.text(body.definition.trim().trim_end_matches(';'));
    sql.push_str(&format!(" AS\n{query}"));
    if body.materialized && !body.populated {
        sql.push_str("\nWITH NO DATA");
    }
    let mut statements = vec![sql];
    let settings = body.settings.iter();
    statements.extend(settings.map(|one| alter_view_column(id, &one.column, &one.set)));
    statements
}

/// `ALTER MATERIALIZED VIEW … ALTER COLUMN …`.
pub(crate) fn alter_view_column(id: &ObjectId, column: &str, clause: &str) -> String {
    format!(
        "ALTER MATERIALIZED VIEW {} ALTER COLUMN {} {clause}",
        id.qualified(),
        Ident(column)
    )
}

/// `CREATE FUNCTION …` or `CREATE OR REPLACE FUNCTION …`.
pub(crate) fn create_routine(writer: &Writer, definition: &str, replace: bool) -> String {
    let text = writer.text(definition.trim_end());
    if replace {
        text
    } else {
        text.replacen("CREATE OR REPLACE ", "CREATE ", 1)
    }
}

fn create_policy(writer: &Writer, id: &ObjectId, body: &Policy) -> String {
    let mut sql = format!("CREATE POLICY {} ON {}", Ident(&id.name), id.parent_name());
    if !body.permissive {
        sql.push_str("\n    AS RESTRICTIVE");
    }
    if body.command != "ALL" {
        sql.push_str(&format!("\n    FOR {}", body.command));
    }
    if body.roles != ["PUBLIC"] {
        sql.push_str(&format!("\n    TO {}", body.roles.join(", ")));
    }
    sql.push_str(&policy_expressions(writer, body));
    sql
}

/// The `USING` and `WITH CHECK` clauses of a policy.
pub(crate) fn policy_expressions(writer: &Writer, body: &Policy) -> String {
    let wrapped = |expression: &str| {
        let text = writer.text(expression);
        if text.starts_with('(') && text.ends_with(')') {
            text
        } else {
            format!("({text})")
        }
    };
    let mut sql = String::new();
    if let Some(expression) = &body.using_expression {
        sql.push_str(&format!(
            "\n    USING {}",
            wrapped_whole(&wrapped(expression))
        ));
    }
    if let Some(expression) = &body.check_expression {
        sql.push_str(&format!(
            "\n    WITH CHECK {}",
            wrapped_whole(&wrapped(expression))
        ));
    }
    sql
}

/// Adds parentheses where the first and the last one don't belong together.
fn wrapped_whole(text: &str) -> String {
    let mut depth = 0i32;
    let found = crate::schema::lex::tokens(text);
    for (at, token) in found.iter().enumerate() {
        match token.text {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        if depth == 0 && at + 1 < found.len() {
            return format!("({text})");
        }
    }
    text.to_owned()
}
