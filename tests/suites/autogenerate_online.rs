//! `new --autogenerate --online`: the forms that make nobody wait, in as few revisions as they need.

use migrate_tests::harness::{Database, dump};

use crate::autogenerate::{package_of_sql, with_first};

const OLD: &str = "CREATE TABLE users (id bigint PRIMARY KEY, name text, email text, age int);\n\
                   CREATE TABLE posts (id bigint PRIMARY KEY, author_id bigint);\n\
                   CREATE INDEX old_index ON posts (author_id, id);\n\
                   INSERT INTO users VALUES (1, 'Ann', 'ann@example.org', 40);\n\
                   INSERT INTO posts VALUES (1, 1);\n";
const NEW: &str = "CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL, email text, \
                   age int, status varchar(20) NOT NULL, \
                   CONSTRAINT users_email_key UNIQUE (email), CONSTRAINT adult CHECK (age > 17));\n\
                   CREATE TABLE posts (id bigint PRIMARY KEY, author_id bigint REFERENCES users ON DELETE CASCADE);\n\
                   CREATE INDEX posts_author ON posts (author_id);\n";

#[test]
fn each_change_takes_the_form_that_makes_nobody_wait() {
    let database = Database::fresh();
    let project = package_of_sql(NEW).with("DATABASE_URL", database.url());
    with_first(&project, OLD);
    let output = project.cargo_migrate(&[
        "new",
        "change",
        "--autogenerate",
        "--online",
        "--rev-id",
        "20260101000000",
        "--backfill",
        "users.status='active'",
    ]);
    output.expect_success();
    let files: Vec<&str> = output.stdout.lines().collect();
    assert_eq!(files.len(), 4, "{output}");
    let texts: Vec<String> = files.iter().map(|file| project.read(file)).collect();
    insta::assert_snapshot!(texts.join("=====\n").replace(&later_id(files[2]), "[later]"), @"
    -- Change (1 of 2).
    -- migrate: revises=1

    ALTER TABLE users ADD COLUMN status varchar(20);
    =====
    -- data-loss: all values of `users.status`
    ALTER TABLE users DROP COLUMN status;
    =====
    -- Change (2 of 2).
    -- migrate: revises=20260101000000
    -- migrate: transaction=none

    DROP INDEX CONCURRENTLY old_index;

    UPDATE users SET status = 'active' WHERE status IS NULL;

    ALTER TABLE users ADD CONSTRAINT users_name_not_null_check CHECK (name IS NOT NULL) NOT VALID;

    -- may-fail: `users.name` holds null
    ALTER TABLE users VALIDATE CONSTRAINT users_name_not_null_check;

    ALTER TABLE users ALTER COLUMN name SET NOT NULL;

    ALTER TABLE users DROP CONSTRAINT users_name_not_null_check;

    ALTER TABLE users ADD CONSTRAINT users_status_not_null_check CHECK (status IS NOT NULL) NOT VALID;

    -- may-fail: `users.status` holds null
    ALTER TABLE users VALIDATE CONSTRAINT users_status_not_null_check;

    ALTER TABLE users ALTER COLUMN status SET NOT NULL;

    ALTER TABLE users DROP CONSTRAINT users_status_not_null_check;

    ALTER TABLE users ADD CONSTRAINT adult CHECK (age > 17) NOT VALID;

    -- may-fail: rows of `users` are not unique
    CREATE UNIQUE INDEX CONCURRENTLY users_email_key ON users (email);

    ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_key;

    ALTER TABLE posts ADD CONSTRAINT posts_author_id_fkey FOREIGN KEY (author_id) REFERENCES users (id) ON DELETE CASCADE NOT VALID;

    -- may-fail: rows of `posts` break `posts_author_id_fkey`
    ALTER TABLE posts VALIDATE CONSTRAINT posts_author_id_fkey;

    -- may-fail: rows of `users` break `adult`
    ALTER TABLE users VALIDATE CONSTRAINT adult;

    CREATE INDEX CONCURRENTLY posts_author ON posts (author_id);
    =====
    -- migrate: transaction=none

    ALTER TABLE posts DROP CONSTRAINT posts_author_id_fkey;

    ALTER TABLE users DROP CONSTRAINT adult;

    ALTER TABLE users DROP CONSTRAINT users_email_key;

    ALTER TABLE users ALTER COLUMN status DROP NOT NULL;

    ALTER TABLE users ALTER COLUMN name DROP NOT NULL;

    DROP INDEX CONCURRENTLY posts_author;

    CREATE INDEX CONCURRENTLY old_index ON posts (author_id, id);
    ");

    project.cargo_migrate(&["up", "1"]).expect_success();
    let before = dump(&database.url());
    project.cargo_migrate(&["up"]).expect_success();
    let after = dump(&database.url());
    project.cargo_migrate(&["down", "1"]).expect_success();
    assert_eq!(dump(&database.url()), before);
    project.cargo_migrate(&["up"]).expect_success();
    assert_eq!(dump(&database.url()), after);
    project
        .cargo_migrate(&["check", "--models", "--drift"])
        .expect_success();
}

fn later_id(file: &str) -> String {
    let name = file.trim_start_matches("migrations/");
    name.split('_').next().unwrap().to_owned()
}
