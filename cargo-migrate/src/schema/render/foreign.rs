//! Foreign-data wrappers, servers and user mappings.

use super::objects::{noun, reference};
use super::table::{foreign_options, option_changes};
use super::text::Writer;
use crate::schema::model::{Foreign, ObjectId};
use crate::schema::name::{Ident, literal};

/// `CREATE FOREIGN DATA WRAPPER …`, `CREATE SERVER …` or `CREATE USER MAPPING …`.
pub(crate) fn create_foreign(writer: &Writer, id: &ObjectId, body: &Foreign) -> String {
    let mut sql = format!("CREATE {} {}", noun(id.kind), reference(writer, id));
    if let Some(server_type) = &body.server_type {
        sql.push_str(&format!(" TYPE {}", literal(server_type)));
    }
    if let Some(version) = &body.version {
        sql.push_str(&format!(" VERSION {}", literal(version)));
    }
    if let Some(wrapper) = &body.wrapper {
        sql.push_str(&format!(" FOREIGN DATA WRAPPER {}", Ident(wrapper)));
    }
    if let Some(handler) = &body.handler {
        sql.push_str(&format!(" HANDLER {}", writer.text(handler)));
    }
    if let Some(validator) = &body.validator {
        sql.push_str(&format!(" VALIDATOR {}", writer.text(validator)));
    }
    if !body.options.is_empty() {
        sql.push_str(&format!(" OPTIONS ({})", foreign_options(&body.options)));
    }
    sql
}

/// `ALTER …` with what differs.
pub(crate) fn alter_foreign(
    writer: &Writer,
    id: &ObjectId,
    old: &Foreign,
    new: &Foreign,
) -> String {
    let mut sql = format!("ALTER {} {}", noun(id.kind), reference(writer, id));
    if let (true, Some(version)) = (old.version != new.version, &new.version) {
        sql.push_str(&format!(" VERSION {}", literal(version)));
    }
    let functions = [
        ("HANDLER", &old.handler, &new.handler),
        ("VALIDATOR", &old.validator, &new.validator),
    ];
    for (word, before, after) in functions.into_iter().filter(|(_, a, b)| a != b) {
        match (before, after) {
            (_, Some(function)) => sql.push_str(&format!(" {word} {}", writer.text(function))),
            _ => sql.push_str(&format!(" NO {word}")),
        }
    }
    if old.options != new.options {
        let clauses = option_changes(&old.options, &new.options);
        sql.push_str(&format!(" OPTIONS ({clauses})"));
    }
    sql
}
