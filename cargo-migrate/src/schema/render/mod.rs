//! Writes objects as SQL that a person would write.

mod column;
mod foreign;
mod objects;
mod rename;
mod table;
mod text;

pub(crate) use column::{
    ColumnParts, column_clause, compression_name, identity_clause, implied_sequence_name, limits,
    named_not_null,
};
pub(crate) use foreign::alter_foreign;
pub(crate) use objects::{
    alter_view_column, collate, comment_on, create, create_index, create_routine, create_view,
    enable_rule, enable_trigger, noun, policy_expressions, reference, state_words,
};
pub(crate) use rename::rename_sql;
pub(crate) use table::{
    InlineConstraint, TableParts, add_constraint, create_table, inline_constraint, option_changes,
    split_timing, storage_changes, with_options,
};
pub(crate) use text::{Writer, default_text};
