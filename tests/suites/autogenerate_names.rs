//! Constraints and indexes that a model leaves unnamed keep the names that the table's have.

use crate::autogenerate::{generated, package, with_first};

const OLD: &str = "\
CREATE TABLE users (id bigint CONSTRAINT pk_users PRIMARY KEY, email text NOT NULL CONSTRAINT uq_users_email UNIQUE, \
age int CONSTRAINT ck_users_age CHECK (age > 0));
CREATE INDEX ix_users_age ON users (age);
CREATE TABLE posts (id bigint PRIMARY KEY, author_id bigint CONSTRAINT fk_posts_users REFERENCES users);
";

fn models(email: &str, age: &str, post: &str) -> String {
    format!(
        "#[derive(Table)] #[table(name = \"users\")] struct User {{ #[column(primary_key)] id: i64, \
         #[column({email})] email: String, #[column({age})] age: Option<i32> }}\n\
         #[derive(Table)] #[table(name = \"posts\")] struct Post {{ #[column(primary_key)] id: i64, \
         #[column(references(users.id){post})] author_id: Option<i64> }}\n"
    )
}

#[test]
fn unnamed_parts_of_a_model_equal_named_ones_of_the_table() {
    let project = package(&models("unique", "index, check = \"age > 0\"", ""));
    with_first(&project, OLD);
    let output = project.cargo_migrate(&["new", "change", "--autogenerate"]);
    insta::assert_snapshot!(output, @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    no difference: the revisions build what the models say, no file was written
    ");
    let back = project.cargo_migrate(&["diff", "models", "migrations", "--exit-code"]);
    back.expect_success();
}

#[test]
fn a_given_name_is_meant() {
    let project = package(&models(
        "unique = \"users_email\"",
        "index, check = \"age > 0\"",
        ", foreign_key = \"posts_author\"",
    ));
    with_first(&project, OLD);
    insta::assert_snapshot!(generated(&project, &[]), @"
    ALTER TABLE posts RENAME CONSTRAINT fk_posts_users TO posts_author;

    ALTER TABLE users RENAME CONSTRAINT uq_users_email TO users_email;
    --- down
    ALTER TABLE posts RENAME CONSTRAINT posts_author TO fk_posts_users;

    ALTER TABLE users RENAME CONSTRAINT users_email TO uq_users_email;
    ");
}

#[test]
fn other_columns_or_another_rule_make_another_constraint() {
    let project = package(&models(
        "unique",
        "index = \"by_age\", check = \"age > 1\"",
        ", on_delete = \"cascade\"",
    ));
    with_first(&project, OLD);
    insta::assert_snapshot!(generated(&project, &[]), @"
    ALTER INDEX ix_users_age RENAME TO by_age;

    ALTER TABLE posts DROP CONSTRAINT fk_posts_users;

    ALTER TABLE users DROP CONSTRAINT ck_users_age;

    -- may-fail: rows of `users` break `users_age_check`
    ALTER TABLE users ADD CONSTRAINT users_age_check CHECK (age > 1);

    -- may-fail: rows of `posts` break `posts_author_id_fkey`
    ALTER TABLE posts ADD CONSTRAINT posts_author_id_fkey FOREIGN KEY (author_id) REFERENCES users (id) ON DELETE CASCADE;
    --- down
    ALTER INDEX by_age RENAME TO ix_users_age;

    ALTER TABLE posts DROP CONSTRAINT posts_author_id_fkey;

    ALTER TABLE users DROP CONSTRAINT users_age_check;

    -- may-fail: rows of `users` break `ck_users_age`
    ALTER TABLE users ADD CONSTRAINT ck_users_age CHECK (age > 0);

    -- may-fail: rows of `posts` break `fk_posts_users`
    ALTER TABLE posts ADD CONSTRAINT fk_posts_users FOREIGN KEY (author_id) REFERENCES users (id);
    ");
}

#[test]
fn keys_of_a_diesel_table_keep_their_names() {
    let project = package(
        "diesel::table! { users (id) { id -> Int8, email -> Text, age -> Nullable<Int4>, } }
         diesel::table! { posts (id) { id -> Int8, author_id -> Nullable<Int8>, } }
         diesel::joinable!(posts -> users (author_id));",
    );
    with_first(&project, OLD);
    let output = project.cargo_migrate(&["new", "change", "--autogenerate"]);
    assert!(output.stderr.contains("no difference"), "{output}");
}
