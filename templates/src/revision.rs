//! The table of revision templates: a new one is a file and a row here.

/// A template for a revision.
#[derive(Debug)]
pub struct Template {
    /// What `--template` calls it.
    pub name: &'static str,
    /// What it writes, for `list-templates`.
    pub description: &'static str,
    /// The words after `cargo migrate new`.
    pub example: &'static str,
    /// The names of revisions that it serves; `{word}` stands for any words.
    pub patterns: &'static [&'static str],
    /// What the words after the name are.
    pub fields: Fields,
    /// Its minijinja text.
    pub source: &'static str,
}

/// What the words after a revision's name mean to a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fields {
    /// It takes none.
    None,
    /// The columns of a whole table.
    Table,
    /// Columns that are added or dropped, named by the fields or by the revision's name.
    Columns,
    /// As [`Fields::Columns`]; at least one is NOT NULL and has a backfill.
    BackfilledColumns,
    /// As [`Fields::Columns`]; at least one has an enum type of its own.
    EnumColumns,
    /// As [`Fields::Columns`]; at least one references a table.
    ReferencingColumns,
    /// Columns that exist, each with the table that it references.
    References,
    /// Columns that exist, at least one.
    Keys,
    /// Columns that exist, at least one, each with the value for rows that have none, where known.
    Filled,
    /// As [`Fields::Filled`], or none at all.
    Rows,
    /// The labels of an enum type, at least one.
    Labels,
    /// The labels of an enum type, where known.
    KnownLabels,
}

macro_rules! partials {
    ($($name:literal),* $(,)?) => {
        /// The parts that several templates include, by name.
        pub const PARTIALS: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../files/revision/", $name)))),*];
    };
}

partials!(
    "_add_columns.sql",
    "_create_enums.sql",
    "_create_indexes.sql",
    "_create_table.sql",
    "_drop_columns.sql",
    "_drop_enums.sql",
    "_drop_indexes.sql",
    "_drop_table.sql",
);

macro_rules! templates {
    ($($name:literal from $file:literal: $description:literal,
       $example:literal, $fields:ident, [$($pattern:literal),*];)*) => {
        /// Every template; where two patterns serve a name, the earlier row has it.
        pub const REVISIONS: &[Template] = &[$(Template {
            name: $name,
            description: $description,
            example: $example,
            patterns: &[$($pattern),*],
            fields: Fields::$fields,
            source: include_str!(concat!("../files/revision/", $file)),
        }),*];
    };
}

templates! {
    "create_enum" from "create_enum.sql":
        "an enum type with its labels",
        "create_enum_user_status pending active suspended",
        Labels, ["create_enum_{type}"];
    "create_schema" from "create_schema.sql":
        "a schema",
        "create_schema_sales",
        None, ["create_schema_{schema}"];
    "create_extension" from "create_extension.sql":
        "an extension",
        "create_extension_citext",
        None, ["create_extension_{extension}"];
    "add_index" from "add_index.sql":
        "an index on columns of a table",
        "add_index_on_users email is_active",
        Keys, ["add_index_on_{table}", "add_index_to_{table}", "create_index_on_{table}"];
    "add_index_concurrently" from "add_index_concurrently.sql":
        "an index, built outside a transaction while the table stays writable",
        "add_index_on_users email --template add_index_concurrently",
        Keys, [];
    "create_table" from "create_table.sql":
        "a table with an identity column `id`, its constraints, indexes and enum types",
        "create_users \"email:varchar(255):not-null:unique\" --timestamps",
        Table, ["create_table_{table}", "create_{table}"];
    "add_unique" from "add_unique.sql":
        "a unique constraint over columns of a table",
        "add_unique_on_users email",
        Keys, ["add_unique_on_{table}", "add_unique_to_{table}"];
    "add_foreign_key" from "add_foreign_key.sql":
        "a foreign key on columns that exist",
        "add_foreign_key_to_posts \"author_id:references(users.id)\"",
        References, ["add_foreign_key_to_{table}", "add_foreign_key_on_{table}"];
    "add_enum_value" from "add_enum_value.sql":
        "labels for an enum type that exists",
        "add_archived_to_enum_user_status",
        KnownLabels, ["add_{labels}_to_enum_{type}"];
    "add_column" from "add_column.sql":
        "columns on a table that exists",
        "add_phone_to_users \"phone:varchar(20)\"",
        Columns, ["add_{columns}_to_{table}"];
    "add_column_backfill" from "add_column.sql":
        "a NOT NULL column in three steps: nullable, UPDATE, SET NOT NULL",
        "add_status_to_users \"status:varchar(20):not-null:backfill='active'\"",
        BackfilledColumns, [];
    "add_enum_column" from "add_column.sql":
        "a column with an enum type of its own",
        "add_status_to_users \"status:enum(user_status,pending,active):not-null:default='pending'\"",
        EnumColumns, [];
    "add_reference" from "add_column.sql":
        "a column with a foreign key",
        "add_author_id_to_posts \"author_id:bigint:references(users.id):on-delete=cascade\"",
        ReferencingColumns, [];
    "set_not_null" from "set_not_null.sql":
        "SET NOT NULL on columns that exist, their empty rows filled first",
        "set_not_null_on_users \"phone:backfill=''\"",
        Filled, ["set_not_null_on_{table}"];
    "drop_not_null" from "drop_not_null.sql":
        "DROP NOT NULL on columns that exist",
        "drop_not_null_on_users phone",
        Keys, ["drop_not_null_on_{table}", "drop_not_null_from_{table}"];
    "rename_column" from "rename_column.sql":
        "another name for a column",
        "rename_name_to_full_name_in_users",
        None, ["rename_{old}_to_{new}_in_{table}"];
    "rename_table" from "rename_table.sql":
        "another name for a table",
        "rename_users_to_accounts",
        None, ["rename_{old}_to_{new}"];
    "drop_enum" from "drop_enum.sql":
        "drops an enum type; with its labels, down makes it again",
        "drop_enum_user_status pending active suspended",
        KnownLabels, ["drop_enum_{type}", "remove_enum_{type}"];
    "drop_index" from "drop_index.sql":
        "drops the index on columns of a table",
        "drop_index_from_users email is_active",
        Keys, ["drop_index_from_{table}", "drop_index_on_{table}",
               "remove_index_from_{table}", "remove_index_on_{table}"];
    "drop_unique" from "drop_unique.sql":
        "drops the unique constraint over columns of a table",
        "drop_unique_from_users email",
        Keys, ["drop_unique_from_{table}", "drop_unique_on_{table}",
               "remove_unique_from_{table}", "remove_unique_on_{table}"];
    "drop_foreign_key" from "drop_foreign_key.sql":
        "drops the foreign key on columns of a table",
        "drop_foreign_key_from_posts \"author_id:references(users.id)\"",
        References, ["drop_foreign_key_from_{table}", "drop_foreign_key_on_{table}",
                     "remove_foreign_key_from_{table}"];
    "drop_column" from "drop_column.sql":
        "drops columns; with their fields, down adds them again",
        "drop_phone_from_users \"phone:varchar(20)\"",
        Columns, ["drop_{columns}_from_{table}", "remove_{columns}_from_{table}"];
    "drop_table" from "drop_table.sql":
        "drops a table; with its fields, down makes it again",
        "drop_users \"email:varchar(255):not-null\"",
        Table, ["drop_table_{table}", "drop_{table}"];
    "data" from "data.sql":
        "changes rows, not the schema",
        "update_status_from_inactive_to_suspended_in_users",
        Rows, ["update_{column}_from_{from}_to_{to}_in_{table}",
                 "update_{columns}_in_{table}", "backfill_{columns}_in_{table}"];
    "code" from "code.sql":
        "Rust code of the application: `migrations!().code(ID, |tx| …)`",
        "backfill_slugs --template code",
        None, [];
    "merge" from "merge.sql":
        "joins heads; `cargo migrate merge` uses it",
        "merge_accounts_and_billing --template merge",
        None, [];
    "empty" from "empty.sql":
        "nothing yet: for SQL by hand",
        "tune_the_planner",
        None, [];
}

/// The template of this name.
pub fn find(name: &str) -> Option<&'static Template> {
    REVISIONS.iter().find(|template| template.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DOWN_MARK;

    #[test]
    fn every_template_has_one_name_and_both_halves() {
        let mut names: Vec<_> = REVISIONS.iter().map(|template| template.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), REVISIONS.len());
        for template in REVISIONS {
            assert!(
                template.source.contains(DOWN_MARK),
                "`{}` has no down half",
                template.name
            );
        }
    }

    #[test]
    fn no_pattern_is_listed_twice() {
        let mut patterns: Vec<_> = REVISIONS.iter().flat_map(|t| t.patterns).collect();
        let all = patterns.len();
        patterns.sort_unstable();
        patterns.dedup();
        assert_eq!(patterns.len(), all);
    }
}
