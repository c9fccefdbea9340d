//! The derives that mark a struct as a table and an enum as an enum type.
//!
//! Both are inert: they expand to nothing and depend on nothing. They only permit the attributes
//! below, which `cargo migrate new --autogenerate` and `cargo migrate check --models` read from
//! the source text. Nothing of the application is compiled or run for that.
//!
//! ```
//! use build_support_derive::{Enum, Table};
//!
//! /// People who can sign in.
//! #[derive(Table)]
//! #[table(name = "users", index(columns(email, status), where = "status <> 'suspended'"))]
//! struct User {
//!     #[column(primary_key, identity)]
//!     id: i64,
//!     /// Where the sign-in link goes.
//!     #[column(type = "varchar(255)", unique)]
//!     email: String,
//!     #[column(was = "name")]
//!     full_name: Option<String>,
//!     #[column(default = "'pending'")]
//!     status: UserStatus,
//!     #[column(default = "now()")]
//!     created_at: std::time::SystemTime,
//! }
//!
//! #[derive(Table)]
//! #[table(name = "posts", check(name = "posts_title_not_empty", expression = "title <> ''"))]
//! struct Post {
//!     #[column(primary_key, identity)]
//!     id: i64,
//!     #[column(references(users.id), on_delete = "cascade", index)]
//!     author_id: i64,
//!     title: String,
//!     tags: Vec<String>,
//! }
//!
//! #[derive(Enum)]
//! #[enum_type(name = "user_status")]
//! enum UserStatus {
//!     Pending,
//!     Active,
//!     #[variant(name = "suspended")]
//!     Blocked,
//! }
//! ```
//!
//! `Option<T>` is a nullable column, every other type is `NOT NULL`. A doc comment becomes the
//! comment of the table, the column or the type. The types that a Rust type stands for are listed
//! in the project's `docs/models.md`.
//!
//! # On the struct: `#[table(…)]`
//!
//! | attribute | meaning |
//! |---|---|
//! | `name = "users"` | the table's name; without it the struct's name in `snake_case` |
//! | `schema = "app"` | the table's schema; it is created if it is not `public` |
//! | `was = "people"` | the table's former name: a rename, not a drop and a new table |
//! | `primary_key(a, b)` | a primary key of several columns; `primary_key(columns(a, b), name = "…")` names it |
//! | `unique(a, b)` | a unique constraint; `unique(columns(a, b), name = "…", include(c), nulls_not_distinct, deferrable, initially_deferred)` |
//! | `check("expression")` | a check constraint; `check(expression = "…", name = "…", no_inherit)` |
//! | `foreign_key(columns(a, b), references = "other(x, y)")` | a foreign key of several columns; also `name`, `on_delete`, `on_update`, `match_full`, `deferrable`, `initially_deferred` |
//! | `exclude("USING gist (room WITH =)")` | an exclusion constraint, as SQL writes it; `exclude(using = "…", name = "…")` |
//! | `index(columns(a, "b DESC", "lower(c)"))` | an index; also `name`, `unique`, `method`, `where`, `include(…)`, `with`, `nulls_not_distinct`, `expression` |
//! | `comment = "…"` | the comment, instead of the doc comment |
//! | `unlogged`, `with = "fillfactor = 70"`, `partition_by = "RANGE (at)"`, `inherits = "base"`, `tablespace = "fast"` | what stands before and after the columns |
//! | `rename_all = "camelCase"` | how the columns without `name` are spelt |
//!
//! # On a field: `#[column(…)]`
//!
//! | attribute | meaning |
//! |---|---|
//! | `name = "type"` | the column's name; without it the field's |
//! | `type = "varchar(20)"` | the column's type, as SQL writes it |
//! | `was = "phone_no"` | the column's former name |
//! | `backfill = "'active'"` | what existing rows get when the column is new and refuses null, as SQL writes it |
//! | `primary_key` | (part of) the primary key |
//! | `identity`, `identity = "by default"` | `GENERATED ALWAYS` or `BY DEFAULT AS IDENTITY`; `identity("by default", start = 100)` sets options |
//! | `default = "now()"` | the default, as SQL writes it; a number or `true` needs no quotes |
//! | `generated = "a + b"` | a stored generated column; `virtual_generated` one that is not stored (PostgreSQL 18) |
//! | `unique`, `unique = "name"` | a unique constraint |
//! | `index`, `index = "name"`, `index(method = "gin", where = "…")` | an index |
//! | `references(users.id)`, `references = "users(id)"` | a foreign key; the name of a struct that derives `Table` stands for its table |
//! | `on_delete = "cascade"`, `on_update = "…"`, `foreign_key = "name"`, `deferrable`, `initially_deferred` | its details |
//! | `check = "price > 0"` | a check constraint; `check(expression = "…", name = "…")` |
//! | `collate = "C"`, `storage = "external"`, `compression = "lz4"`, `statistics = 500` | as in SQL |
//! | `nullable`, `not_null` | instead of what `Option` says |
//! | `comment = "…"` | the comment, instead of the doc comment |
//! | `skip` | no column |
//!
//! # On the enum: `#[enum_type(…)]`, on a variant: `#[variant(…)]`
//!
//! | attribute | meaning |
//! |---|---|
//! | `name = "user_status"` | the type's or label's name; without it the Rust name in `snake_case` |
//! | `schema = "app"` | the type's schema |
//! | `was = "state"` | the type's or label's former name |
//! | `rename_all = "SCREAMING_SNAKE_CASE"` | how the labels without `name` are spelt |
//! | `comment = "…"` | the comment, instead of the doc comment |
//!
//! Beside `sqlx::Type` or `postgres_types::{ToSql, FromSql}` the names that those derives were
//! given (`type_name`, `rename_all`, `rename`, `name`) hold too, so that they stand only once.

use proc_macro::TokenStream;

/// Marks a struct as the model of a table and permits `#[table(…)]` and `#[column(…)]`.
///
/// Expands to nothing. The attributes are listed on [the crate's page](crate).
///
/// ```
/// use build_support_derive::Table;
///
/// #[derive(Table)]
/// #[table(name = "users")]
/// struct User {
///     #[column(primary_key, identity)]
///     id: i64,
///     #[column(unique)]
///     email: String,
/// }
/// ```
#[proc_macro_derive(Table, attributes(table, column))]
pub fn derive_table(_: TokenStream) -> TokenStream {
    TokenStream::new()
}

/// Marks an enum as the model of an enum type and permits `#[enum_type(…)]` and `#[variant(…)]`.
///
/// Expands to nothing. The attributes are listed on [the crate's page](crate).
///
/// ```
/// use build_support_derive::Enum;
///
/// #[derive(Enum)]
/// #[enum_type(name = "user_status", rename_all = "lowercase")]
/// enum UserStatus {
///     Pending,
///     Active,
/// }
/// ```
#[proc_macro_derive(Enum, attributes(enum_type, variant))]
pub fn derive_enum(_: TokenStream) -> TokenStream {
    TokenStream::new()
}
