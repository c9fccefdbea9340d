//! Models that make no sense: the place, and what to write instead.

use super::{
    super::{Models, SourceText},
    refused,
};
use build_support::Diagnose as _;

#[test]
fn a_file_that_is_not_rust_points_at_the_token() {
    insta::assert_snapshot!(refused("struct A {\n    id i32,\n}\n"), @"
    error: expected `:`
      --> src/models.rs:2:8
       |
     2 |     id i32,
       |        ^^^
    ");
}

#[test]
fn a_quote_that_is_never_closed_is_hinted_at() {
    let said = refused("struct A {\n    #[column(type = \"x)]\n    id: i32,\n}\n");
    assert!(
        said.starts_with("error: this is not Rust\n  --> src/models.rs:2:"),
        "{said}"
    );
}

#[test]
fn two_models_for_one_table_name_both_places() {
    let a = SourceText::new(
        "src/a.rs",
        "#[derive(Table)]\n#[table(name = \"users\")]\nstruct User { id: i32 }",
    );
    let b = SourceText::new("src/b.rs", "\ntable! { users (id) { id -> Int4, } }");
    let error = Models::parse(&[a, b]).unwrap_err();
    insta::assert_snapshot!(error.diagnose(), @"
    error: the table `users` has two models
      --> src/b.rs:2:10
       |
     2 | table! { users (id) { id -> Int4, } }
       |          ^^^^^
    note: the other one: src/a.rs:3:8
    hint: keep one of them, or leave the other out of `models`
    ");
}

#[test]
fn a_type_without_a_counterpart_says_what_to_use() {
    insta::assert_snapshot!(refused("
#[derive(Table)]
struct Item {
    count: u64,
}"), @r#"
    error: PostgreSQL has no type for `u64`
      --> src/models.rs:4:12
       |
     4 |     count: u64,
       |            ^^^
    hint: PostgreSQL has no unsigned integers: use `i64`, or say which type the column has: `#[column(type = "…")]`
    "#);
}

#[test]
fn an_unknown_type_asks_for_it_and_names_its_declaration() {
    insta::assert_snapshot!(refused("
#[derive(Table)]
struct Item { mood: Option<Mood> }
enum Mood { Sad }
"), @r#"
    error: can't tell which PostgreSQL type `Mood` is
      --> src/models.rs:3:28
       |
     3 | struct Item { mood: Option<Mood> }
       |                            ^^^^
    note: it is declared at: src/models.rs:4:6
    hint: derive `Enum` on it if it is an enum type, or say which type the column has: `#[column(type = "…")]`
    "#);
    insta::assert_snapshot!(refused("
#[derive(Table)]
struct Item { mood: Vec<Mood> }
"), @r#"
    error: can't tell which PostgreSQL type `Mood` is
      --> src/models.rs:3:21
       |
     3 | struct Item { mood: Vec<Mood> }
       |                     ^^^^^^^^^
    hint: say which type the column has: `#[column(type = "…")]`, or add the file that declares it to `models`
    "#);
}

#[test]
fn a_name_with_two_meanings_is_refused() {
    insta::assert_snapshot!(refused("
mod a { pub struct Id(i32); }
mod b { pub struct Id(i64); }
#[derive(Table)]
struct Item { id: a::Id }
"), @r#"
    error: `Id` is `bigint` in one file and `integer` in another
      --> src/models.rs:5:19
       |
     5 | struct Item { id: a::Id }
       |                   ^^^^^
    hint: say which type the column has: `#[column(type = "…")]`
    "#);
    insta::assert_snapshot!(refused("
type A = B;
type B = A;
#[derive(Table)]
struct Item { id: A }
"), @"
    error: `A` stands for itself
      --> src/models.rs:3:10
       |
     3 | type B = A;
       |          ^
    ");
}

#[test]
fn misspelt_attributes_get_a_suggestion() {
    insta::assert_snapshot!(refused("
#[derive(Table)]
struct Item {
    #[column(primay_key)]
    id: i32,
}"), @"
    error: `column` has no attribute `primay_key`
      --> src/models.rs:4:14
       |
     4 |     #[column(primay_key)]
       |              ^^^^^^^^^^
    hint: did you mean `primary_key`?
    ");
    insta::assert_snapshot!(refused("
#[derive(Table)]
#[table(nam = \"items\")]
struct Item { id: i32 }
"), @r#"
    error: `table` has no attribute `nam`
      --> src/models.rs:3:9
       |
     3 | #[table(nam = "items")]
       |         ^^^
    hint: did you mean `name`?
    "#);
    insta::assert_snapshot!(refused("
#[derive(Table)]
#[table(index(columns(id), metod = \"gin\"))]
struct Item { id: i32 }
"), @r#"
    error: `index` has no attribute `metod`
      --> src/models.rs:3:28
       |
     3 | #[table(index(columns(id), metod = "gin"))]
       |                            ^^^^^
    hint: did you mean `method`?
    "#);
}

#[test]
fn columns_that_are_not_there_get_a_suggestion() {
    insta::assert_snapshot!(refused("
#[derive(Table)]
#[table(unique(emial))]
struct Item { id: i32, email: String }
"), @"
    error: the table `item` has no column `emial`
      --> src/models.rs:3:16
       |
     3 | #[table(unique(emial))]
       |                ^^^^^
    hint: did you mean `email`?
    ");
    insta::assert_snapshot!(refused("
#[derive(Table)]
#[table(index(age))]
struct Item { id: i32, email: String }
"), @"
    error: the table `item` has no column `age`
      --> src/models.rs:3:15
       |
     3 | #[table(index(age))]
       |               ^^^
    hint: it has `id`, `email`
    ");
    insta::assert_snapshot!(refused("
#[derive(Table)]
struct Item {
    #[column(references(Item::idd))]
    parent: i32,
    id: i32,
}"), @"
    error: the table `item` has no column `idd`
      --> src/models.rs:4:25
       |
     4 |     #[column(references(Item::idd))]
       |                         ^^^^
    hint: did you mean `id`?
    ");
}

#[test]
fn contradictions_are_refused() {
    insta::assert_snapshot!(refused("
#[derive(Table)]
struct Item {
    #[column(identity, default = 1)]
    id: i32,
}"), @"
    error: a column can't have `default` and `identity`
      --> src/models.rs:4:14
       |
     4 |     #[column(identity, default = 1)]
       |              ^^^^^^^^
    note: the other one: src/models.rs:4:24
    ");
    insta::assert_snapshot!(refused("
#[derive(Table)]
struct Item {
    #[column(nullable, not_null)]
    id: i32,
}"), @"
    error: a column can't be `nullable` and `not_null`
      --> src/models.rs:4:24
       |
     4 |     #[column(nullable, not_null)]
       |                        ^^^^^^^^
    note: the other one: src/models.rs:4:14
    ");
    insta::assert_snapshot!(refused("
#[derive(Table)]
#[table(primary_key(id))]
struct Item {
    #[column(primary_key)]
    id: i32,
}"), @"
    error: the table has two primary keys
      --> src/models.rs:3:9
       |
     3 | #[table(primary_key(id))]
       |         ^^^^^^^^^^^
    note: the other one: src/models.rs:6:5
    hint: keep `primary_key` on the columns or on the table
    ");
    insta::assert_snapshot!(refused("
#[derive(Table)]
struct Item {
    id: i32,
    #[column(name = \"id\")]
    other: i32,
}"), @r#"
    error: the table `item` has two columns `id`
      --> src/models.rs:5:22
       |
     5 |     #[column(name = "id")]
       |                      ^^
    note: the other one: src/models.rs:4:5
    "#);
    insta::assert_snapshot!(refused("
#[derive(Table)]
struct Item {
    #[column(on_delete = \"cascade\")]
    id: i32,
}"), @r#"
    error: `on_delete` needs `references`
      --> src/models.rs:4:14
       |
     4 |     #[column(on_delete = "cascade")]
       |              ^^^^^^^^^
    hint: add `references(table.column)`
    "#);
}

#[test]
fn values_of_the_wrong_kind_are_refused() {
    insta::assert_snapshot!(refused("
#[derive(Table)]
struct Item {
    #[column(type, name = \"a\")]
    id: i32,
}"), @r#"
    error: `type` needs a value
      --> src/models.rs:4:14
       |
     4 |     #[column(type, name = "a")]
       |              ^^^^
    hint: write `type = "…"`
    "#);
    insta::assert_snapshot!(refused("
#[derive(Table)]
struct Item {
    #[column(references(a, b))]
    id: i32,
}"), @r#"
    error: `references` needs a table
      --> src/models.rs:4:14
       |
     4 |     #[column(references(a, b))]
       |              ^^^^^^^^^^
    hint: write `references(users.id)` or `references = "users(id)"`
    "#);
    insta::assert_snapshot!(refused("
#[derive(Table)]
#[table(rename_all = \"snake\")]
struct Item { id: i32 }
"), @r#"
    error: there is no spelling `snake`
      --> src/models.rs:3:23
       |
     3 | #[table(rename_all = "snake")]
       |                       ^^^^^
    hint: there are snake_case, SCREAMING_SNAKE_CASE, kebab-case, SCREAMING-KEBAB-CASE, camelCase, PascalCase, lowercase, UPPERCASE
    "#);
    insta::assert_snapshot!(refused("
#[derive(Table)]
struct Item {
    #[column(identity = \"sometimes\")]
    id: i32,
}"), @r#"
    error: there is no identity `sometimes`
      --> src/models.rs:4:26
       |
     4 |     #[column(identity = "sometimes")]
       |                          ^^^^^^^^^
    hint: write `identity`, or `identity = "by default"`
    "#);
}

#[test]
fn only_structs_with_names_and_enums_without_data_fit() {
    insta::assert_snapshot!(refused("#[derive(Table)]\nstruct Item(i32);"), @"
    error: `Item` has no named fields, so it is no table
      --> src/models.rs:2:8
       |
     2 | struct Item(i32);
       |        ^^^^
    hint: derive `Table` on a struct with named fields
    ");
    insta::assert_snapshot!(refused("#[derive(Enum)]\nenum State { Open, Closed(i32) }"), @"
    error: `Closed` holds fields
      --> src/models.rs:2:20
       |
     2 | enum State { Open, Closed(i32) }
       |                    ^^^^^^
    hint: the variants of an enum type hold nothing; keep such data in `Json`
    ");
}
