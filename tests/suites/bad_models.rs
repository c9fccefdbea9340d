//! Models that make no revision: what `new --autogenerate` says, word for word, with the place and a
//! way out. No file is written.

use migrate_tests::harness::{Output, Project};

use crate::autogenerate::{package, package_of_sql, users, with_first};

const USERS: &str = "CREATE TABLE users (id bigint PRIMARY KEY, name text);\n";

fn refused(project: &Project) -> Output {
    refused_with(project, &[])
}

fn refused_with(project: &Project, options: &[&str]) -> Output {
    let before = project.files("migrations");
    let arguments = [&["new", "change", "--autogenerate"], options].concat();
    let output = project.cargo_migrate(&arguments);
    assert_eq!(project.files("migrations"), before, "{output}");
    output
}

#[test]
fn a_schema_file_with_an_error_is_pointed_at() {
    let project =
        package_of_sql("CREATE TABLE a (id int);\nCREATE VIEW v AS SELECT nmae FROM a;\n");
    insta::assert_snapshot!(refused(&project), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the desired schema can't be built
      --> schema.sql:2:25
       |
     2 | CREATE VIEW v AS SELECT nmae FROM a;
       |                         ^^^^ column "nmae" does not exist [42703]
    "#);
    let project = package_of_sql("CREATE TABLE a (\n    id int,\n);\n");
    insta::assert_snapshot!(refused(&project), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the desired schema can't be built
      --> schema.sql:3:1
       |
     3 | );
       | ^ syntax error at or near ")" [42601]
    "#);
    let project = package_of_sql("CREATE TABLE a (id int);\nCOMMENT ON TABLE a IS 'it's';\n");
    insta::assert_snapshot!(refused(&project), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the string is never closed
      --> schema.sql:2:28
       |
     2 | COMMENT ON TABLE a IS 'it's';
       |                            ^
    ");
}

#[test]
fn what_others_wait_for_is_to_blame() {
    let project = package_of_sql(
        "CREATE VIEW first AS SELECT id FROM second;\nCREATE VIEW second AS SELECT id FROM third;\nCREATE VIEW third AS SELECT idd FROM a;\nCREATE TABLE a (id int);\n",
    );
    insta::assert_snapshot!(refused(&project), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the desired schema can't be built
      --> schema.sql:3:29
       |
     3 | CREATE VIEW third AS SELECT idd FROM a;
       |                             ^^^ column "idd" does not exist [42703]
    hint: Perhaps you meant to reference the column "a.id".
    "#);
}

#[test]
fn objects_of_a_schema_that_need_each_other_are_named() {
    let project = package_of_sql(
        "CREATE VIEW a AS SELECT id FROM b;\nCREATE VIEW b AS SELECT id FROM app.c;\nCREATE SCHEMA app;\nCREATE VIEW app.c AS SELECT id FROM a;\n",
    );
    insta::assert_snapshot!(refused(&project), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the desired schema can't be built: `a`, `b` and `c` need each other
      --> schema.sql:1:33
       |
     1 | CREATE VIEW a AS SELECT id FROM b;
       |                                 ^ relation "b" does not exist [42P01]
    note: `b` needs `c`: schema.sql:2:33
    note: `c` needs `a`: schema.sql:4:37
    hint: let one of them do without the other
    "#);
}

#[test]
fn a_plan_without_an_order_names_the_objects() {
    let project = package_of_sql(
        "CREATE TABLE t (a int);
         CREATE FUNCTION first_a(int) RETURNS int IMMUTABLE BEGIN ATOMIC SELECT min(a) FROM t; END;
         ALTER TABLE t ADD COLUMN b int GENERATED ALWAYS AS (first_a(a)) STORED;\n",
    );
    insta::assert_snapshot!(refused(&project), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: no order of statements exists: function `first_a(integer)`, table `t` need each other
    hint: write this revision by hand: `cargo migrate new NAME`
    ");
}

#[test]
fn two_models_for_one_table_name_both_places() {
    let project = package(&format!(
        "{}diesel::table! {{ users (id) {{ id -> Int8, }} }}\n",
        users("")
    ));
    insta::assert_snapshot!(refused(&project), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the table `users` has two models
      --> src/models.rs:7:18
       |
     7 | diesel::table! { users (id) { id -> Int8, } }
       |                  ^^^^^
    note: the other one: src/models.rs:3:8
    hint: keep one of them, or leave the other out of `models`
    ");
}

#[test]
fn a_model_and_a_schema_file_for_one_table_name_both_places() {
    let project = package(&users(""));
    let manifest = project.read("Cargo.toml");
    project
        .write(
            "Cargo.toml",
            manifest.replace("models =", "schema = [\"schema.sql\"]\nmodels ="),
        )
        .write(
            "schema.sql",
            "-- People.\nCREATE TABLE IF NOT EXISTS public.people ();\nCREATE TABLE public.users (id bigint);\n",
        );
    insta::assert_snapshot!(refused(&project), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the desired schema can't be built
      --> schema.sql:3:14
       |
     3 | CREATE TABLE public.users (id bigint);
       |              ^^^^^^ relation "users" already exists [42P07]
    note: the other one: src/models.rs:2:17
    hint: keep one of them, or leave the other's file out of `models` and `schema`
    "#);
    let project =
        package_of_sql("CREATE TYPE mood AS ENUM ('sad');\nCREATE DOMAIN Mood AS text;\n");
    insta::assert_snapshot!(refused(&project), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the desired schema can't be built
      --> schema.sql:2:15
       |
     2 | CREATE DOMAIN Mood AS text;
       |               ^^^^ type "mood" already exists [42710]
    note: the other one: schema.sql:1:13
    hint: keep one of them, or leave the other's file out of `models` and `schema`
    "#);
}

#[test]
fn a_rust_type_that_can_not_be_mapped_is_pointed_at() {
    let project = package("#[derive(Table)]\nstruct Item {\n    count: u64,\n}\n");
    insta::assert_snapshot!(refused(&project), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: PostgreSQL has no type for `u64`
      --> src/models.rs:3:12
       |
     3 |     count: u64,
       |            ^^^
    hint: PostgreSQL has no unsigned integers: use `i64`, or say which type the column has: `#[column(type = "…")]`
    "#);
    let project = package("#[derive(Table)]\nstruct Item {\n    price: Option<Money>,\n}\n");
    insta::assert_snapshot!(refused(&project), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: can't tell which PostgreSQL type `Money` is
      --> src/models.rs:3:19
       |
     3 |     price: Option<Money>,
       |                   ^^^^^
    hint: say which type the column has: `#[column(type = "…")]`, or add the file that declares it to `models`
    "#);
}

#[test]
fn a_part_of_a_model_that_the_server_refuses_is_pointed_at() {
    let project = package(&users(
        "#[column(default = \"nwo()\")]\n    at: SystemTime,\n",
    ));
    insta::assert_snapshot!(refused(&project), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the desired schema can't be built
      --> src/models.rs:6:21
       |
     6 | #[column(default = "nwo()")]
       |                     ^^^ function nwo() does not exist [42883]
    hint: No function matches the given name and argument types. You might need to add explicit type casts.
    hint: declare it in a schema file (`schema` in `[package.metadata.migrate]`), for example with `CREATE EXTENSION` or `CREATE TYPE`
    "#);
}

#[test]
fn a_value_for_existing_rows_is_pointed_at_in_the_model() {
    let project = package(&users(
        "name: Option<String>,\n    #[column(backfill = \"lower(nmae)\")]\n    handle: String,\n",
    ));
    with_first(&project, USERS);
    insta::assert_snapshot!(refused(&project), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: `users.handle` can't be filled for existing rows
      --> src/models.rs:7:32
       |
     7 |     #[column(backfill = "lower(nmae)")]
       |                                ^^^^ column "nmae" does not exist [42703]
    note: Perhaps you meant to reference the column "users.name".
    note: no file was written
    hint: correct the value: an SQL expression over the columns of `users`
    "#);
    let project = package(&users(
        "name: Option<String>,\n    #[column(backfill = \"'many'\")]\n    posts: i32,\n",
    ));
    with_first(&project, USERS);
    insta::assert_snapshot!(refused(&project), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: `users.posts` can't be filled for existing rows
      --> src/models.rs:7:26
       |
     7 |     #[column(backfill = "'many'")]
       |                          ^ invalid input syntax for type integer: "many" [22P02]
    note: no file was written
    hint: correct the value: an SQL expression over the columns of `users`
    "#);
    let project = package(&users(
        "#[column(backfill = \"lower(\")]\n    name: String,\n",
    ));
    with_first(&project, USERS);
    insta::assert_snapshot!(refused_with(&project, &["--online"]), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: `users.name` can't be filled for existing rows
      --> src/models.rs:6:22
       |
     6 | #[column(backfill = "lower(")]
       |                      ^^^^^^ syntax error at or near "WHERE" [42601]
    note: no file was written
    hint: correct the value: an SQL expression over the columns of `users`
    "#);
}

#[test]
fn a_value_for_existing_rows_names_the_flag_that_gave_it() {
    let project = package(&users(
        "name: Option<String>,\n    #[column(backfill = \"lower(name)\")]\n    handle: String,\n",
    ));
    with_first(&project, USERS);
    let flag = ["--backfill", "users.handle=lowr(name)"];
    insta::assert_snapshot!(refused_with(&project, &flag), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: `users.handle` can't be filled for existing rows
    note: PostgreSQL says: function lowr(text) does not exist
    note: it is the value of `--backfill "users.handle=lowr(name)"`
    note: No function matches the given name and argument types. You might need to add explicit type casts.
    note: no file was written
    hint: correct the value: an SQL expression over the columns of `users`
    "#);
    let json = [&flag[..], &["--format", "json"]].concat();
    insta::assert_snapshot!(refused_with(&project, &json), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    {"error":{"code":1,"message":"`users.handle` can't be filled for existing rows","revision":null,"file":null,"line":null,"column":null,"sqlstate":"42883","notes":["PostgreSQL says: function lowr(text) does not exist","it is the value of `--backfill \"users.handle=lowr(name)\"`","No function matches the given name and argument types. You might need to add explicit type casts.","no file was written"],"hints":["correct the value: an SQL expression over the columns of `users`"]}}
    "#);
}

#[test]
fn a_schema_that_says_nothing_would_drop_everything() {
    let project = package_of_sql("-- Nothing yet.\n");
    with_first(&project, USERS);
    insta::assert_snapshot!(refused(&project), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the desired schema is empty: that would drop everything, table `users`
    hint: check that the models and schema files are found: `cargo migrate config`
    ");
    with_first(
        &project,
        &format!(
            "{USERS}CREATE TABLE a (id serial, at date);\nCREATE INDEX ON a (at);\nCREATE VIEW v AS SELECT 1;\n\
             CREATE TYPE mood AS ENUM ('sad');\nCREATE SCHEMA app;\nCREATE SEQUENCE app.numbers;\n"
        ),
    );
    insta::assert_snapshot!(refused(&project), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the desired schema is empty: that would drop everything, schema `app`, enum `mood`, sequence `app.numbers` and 3 more
    hint: check that the models and schema files are found: `cargo migrate config`
    ");
}

#[test]
fn a_project_that_says_nowhere_what_its_schema_is() {
    let project = package("");
    let manifest = project.read("Cargo.toml");
    project.write(
        "Cargo.toml",
        manifest.replace("models = [\"src/models.rs\"]", ""),
    );
    insta::assert_snapshot!(refused(&project), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the project says nowhere what its schema is
    hint: add `models = ["src/models/*.rs"]` or `schema = ["schema.sql"]` to `[package.metadata.migrate]` in `Cargo.toml`
    "#);
    let project = package("");
    project.write(
        "Cargo.toml",
        manifest.replace("src/models.rs", "src/model/*.rs"),
    );
    insta::assert_snapshot!(refused(&project), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: no file matches the configured models `src/model/*.rs`
    hint: correct `models` in `[package.metadata.migrate]`, or make the file
    ");
}
