//! The common changes of a schema, done to a model: each becomes the revision that a person would
//! have written, and goes up, down and up again on a database with rows.

use migrate_tests::harness::{Database, Project, dump};

use crate::autogenerate::{package, package_of_sql, with_first};

/// The schema before, and rows in it.
const OLD: &str = "\
CREATE TABLE users (id bigint PRIMARY KEY, name text, email text NOT NULL, is_active boolean NOT NULL DEFAULT true);
CREATE TABLE posts (id bigint PRIMARY KEY, title text);
INSERT INTO users VALUES (1, 'Ann', 'ann@example.org');
INSERT INTO posts VALUES (1, 'First');
";

/// `users` as a struct: `name` as it is given, then more fields.
fn user(name: &str, more: &str) -> String {
    format!(
        "#[derive(Table)]\n#[table(name = \"users\")]\nstruct User {{\n    \
         #[column(primary_key)] id: i64,\n    {name},\n    email: String,\n    \
         #[column(default = true)] is_active: bool,\n    {more}\n}}\n"
    )
}

const NAME: &str = "name: Option<String>";
const POST: &str = "#[derive(Table)]\n#[table(name = \"posts\")]\nstruct Post { #[column(primary_key)] id: i64, title: Option<String> }\n";
const POSTS: &str = "CREATE TABLE posts (id bigint PRIMARY KEY, title text);\n";

/// `users` as SQL, in the same way.
fn users_sql(name: &str, more: &str) -> String {
    format!(
        "CREATE TABLE users (id bigint PRIMARY KEY, {name}, email text NOT NULL, \
         is_active boolean NOT NULL DEFAULT true{more});\n"
    )
}

/// Generates the revision from both kinds of model, which must come to the same, proves it, and
/// gives its scripts.
fn revision(models: &str, schema: &str, options: &[&str]) -> String {
    let of_models = proved(package(models), options);
    let of_sql = proved(package_of_sql(schema), options);
    assert_eq!(of_models, of_sql);
    of_models
}

/// Writes the revision, takes it up, down and up, and compares the dumps.
fn proved(project: Project, options: &[&str]) -> String {
    let database = Database::fresh();
    let project = project.with("DATABASE_URL", database.url());
    with_first(&project, OLD);
    let mut arguments = vec!["new", "change", "--autogenerate", "--rev-id", "2"];
    arguments.extend(options);
    project.cargo_migrate(&arguments).expect_success();
    let run = |arguments: &[&str]| {
        project.cargo_migrate(arguments).expect_success();
        dump(&database.url())
    };
    let before = run(&["up", "1"]);
    let after = run(&["up"]);
    assert_ne!(before, after);
    assert_eq!(
        run(&["down", "1"]),
        before,
        "down gives back what was there"
    );
    assert_eq!(run(&["up"]), after, "up comes to the same again");
    project
        .cargo_migrate(&["check", "--models", "--drift"])
        .expect_success();
    let (up, down) = ("migrations/2_change.up.sql", "migrations/2_change.down.sql");
    format!("{}--- down\n{}", project.read(up), project.read(down))
}

#[test]
fn adding_a_column() {
    let more = "#[column(type = \"varchar(20)\")] phone: Option<String>,";
    insta::assert_snapshot!(revision(
        &(user(NAME, more) + POST),
        &(users_sql("name text", ", phone varchar(20)") + POSTS),
        &[],
    ), @"
    -- Change.
    -- migrate: revises=1

    ALTER TABLE users ADD COLUMN phone varchar(20);
    --- down
    -- data-loss: all values of `users.phone`
    ALTER TABLE users DROP COLUMN phone;
    ");
}

#[test]
fn adding_a_column_that_refuses_null_to_a_table_with_rows() {
    let more = "#[column(type = \"varchar(20)\")] status: String,";
    insta::assert_snapshot!(revision(
        &(user(NAME, more) + POST),
        &(users_sql("name text", ", status varchar(20) NOT NULL") + POSTS),
        &["--backfill", "users.status='active'"],
    ), @"
    -- Change.
    -- migrate: revises=1

    ALTER TABLE users ADD COLUMN status varchar(20);

    UPDATE users SET status = 'active' WHERE status IS NULL;

    ALTER TABLE users ALTER COLUMN status SET NOT NULL;
    --- down
    -- data-loss: all values of `users.status`
    ALTER TABLE users DROP COLUMN status;
    ");
}

#[test]
fn adding_a_foreign_key() {
    let post = "#[derive(Table)]\n#[table(name = \"posts\")]\nstruct Post { #[column(primary_key)] id: i64, title: Option<String>, \
                #[column(references(users.id), on_delete = \"cascade\", foreign_key = \"fk_posts_author_id\")] author_id: Option<i64> }\n";
    insta::assert_snapshot!(revision(
        &(user(NAME, "") + post),
        &(users_sql("name text", "")
            + "CREATE TABLE posts (id bigint PRIMARY KEY, title text, author_id bigint \
               CONSTRAINT fk_posts_author_id REFERENCES users ON DELETE CASCADE);\n"),
        &[],
    ), @"
    -- Change.
    -- migrate: revises=1

    ALTER TABLE posts ADD COLUMN author_id bigint;

    -- may-fail: rows of `posts` break `fk_posts_author_id`
    ALTER TABLE posts ADD CONSTRAINT fk_posts_author_id FOREIGN KEY (author_id) REFERENCES users (id) ON DELETE CASCADE;
    --- down
    -- data-loss: all values of `posts.author_id`
    ALTER TABLE posts DROP COLUMN author_id;
    ");
}

#[test]
fn creating_an_index() {
    let model = user(NAME, "").replace(
        "name = \"users\"",
        "name = \"users\", index(name = \"ix_users_email_active\", columns(email, is_active))",
    );
    insta::assert_snapshot!(revision(
        &(model + POST),
        &(users_sql("name text", "")
            + POSTS
            + "CREATE INDEX ix_users_email_active ON users (email, is_active);\n"),
        &[],
    ), @"
    -- Change.
    -- migrate: revises=1

    CREATE INDEX ix_users_email_active ON users (email, is_active);
    --- down
    DROP INDEX ix_users_email_active;
    ");
}

#[test]
fn renaming_a_column() {
    let told = "#[column(was = \"name\")] full_name: Option<String>";
    let schema = users_sql("full_name text", "") + POSTS;
    insta::assert_snapshot!(proved(package(&(user(told, "") + POST)), &[]), @"
    -- Change.
    -- migrate: revises=1
    -- migrate: compatible=no

    ALTER TABLE users RENAME COLUMN name TO full_name;
    --- down
    ALTER TABLE users RENAME COLUMN full_name TO name;
    ");
    insta::assert_snapshot!(proved(
        package_of_sql(&schema),
        &["--rename", "users.name=full_name"],
    ), @"
    -- Change.
    -- migrate: revises=1
    -- migrate: compatible=no

    ALTER TABLE users RENAME COLUMN name TO full_name;
    --- down
    ALTER TABLE users RENAME COLUMN full_name TO name;
    ");
}

#[test]
fn creating_an_enum_type_with_its_column() {
    let more = "#[column(default = \"'pending'\")] status: UserStatus,";
    let status = "#[derive(Enum)] enum UserStatus { Pending, Active, Suspended }\n";
    insta::assert_snapshot!(revision(
        &(user(NAME, more) + POST + status),
        &("CREATE TYPE user_status AS ENUM ('pending', 'active', 'suspended');\n".to_owned()
            + &users_sql("name text", ", status user_status NOT NULL DEFAULT 'pending'")
            + POSTS),
        &[],
    ), @"
    -- Change.
    -- migrate: revises=1

    CREATE TYPE user_status AS ENUM ('pending', 'active', 'suspended');

    ALTER TABLE users ADD COLUMN status user_status NOT NULL DEFAULT 'pending';
    --- down
    -- data-loss: all values of `users.status`
    ALTER TABLE users DROP COLUMN status;

    DROP TYPE user_status;
    ");
}

#[test]
fn creating_tables_with_keys_and_indexes() {
    let more = "#[derive(Table)]\n#[table(name = \"tags\", unique(columns(label)), index(columns(post_id)))]\n\
                struct Tag { #[column(primary_key, identity)] id: i64, #[column(type = \"varchar(30)\")] label: String, \
                #[column(references(posts.id))] post_id: i64, #[column(default = \"now()\")] created_at: DateTime<Utc> }\n";
    insta::assert_snapshot!(revision(
        &(user(NAME, "") + POST + more),
        &(users_sql("name text", "")
            + POSTS
            + "CREATE TABLE tags (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, label varchar(30) NOT NULL UNIQUE, \
               post_id bigint NOT NULL REFERENCES posts, created_at timestamptz NOT NULL DEFAULT now());\n\
               CREATE INDEX ON tags (post_id);\n"),
        &[],
    ), @"
    -- Change.
    -- migrate: revises=1

    CREATE TABLE tags (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        label varchar(30) NOT NULL UNIQUE,
        post_id bigint NOT NULL REFERENCES posts (id),
        created_at timestamptz NOT NULL DEFAULT now()
    );

    CREATE INDEX tags_post_id_idx ON tags (post_id);
    --- down
    -- data-loss: all rows of `tags`
    DROP TABLE tags;
    ");
}

#[test]
fn a_column_of_a_diesel_table_and_of_a_sea_orm_entity() {
    let diesel = "diesel::table! { users (id) { id -> Int8, name -> Nullable<Text>, email -> Text, is_active -> Bool, phone -> Nullable<Varchar>, } }
                  diesel::table! { posts (id) { id -> Int8, title -> Nullable<Text>, } }";
    insta::assert_snapshot!(proved(package(diesel), &[]), @"
    -- Change.
    -- migrate: revises=1

    ALTER TABLE users ADD COLUMN phone varchar;
    --- down
    -- data-loss: all values of `users.phone`
    ALTER TABLE users DROP COLUMN phone;
    ");
    let entities = "mod users { #[derive(DeriveEntityModel)] #[sea_orm(table_name = \"users\")] pub struct Model {
                        #[sea_orm(primary_key, auto_increment = false)] pub id: i64, #[sea_orm(column_type = \"Text\", nullable)] pub name: Option<String>,
                        #[sea_orm(column_type = \"Text\")] pub email: String, pub is_active: bool, pub phone: Option<String> } }
                    mod posts { #[derive(DeriveEntityModel)] #[sea_orm(table_name = \"posts\")] pub struct Model {
                        #[sea_orm(primary_key, auto_increment = false)] pub id: i64, #[sea_orm(column_type = \"Text\", nullable)] pub title: Option<String> } }";
    insta::assert_snapshot!(proved(package(entities), &[]), @"
    -- Change.
    -- migrate: revises=1

    ALTER TABLE users ADD COLUMN phone varchar;
    --- down
    -- data-loss: all values of `users.phone`
    ALTER TABLE users DROP COLUMN phone;
    ");
}

/// Rows are changed by a revision of one's own: its scripts come from standard input or a file.
#[test]
fn changing_rows_is_a_revision_by_hand() {
    let database = Database::fresh();
    let project = package(&(user(NAME, "") + POST)).with("DATABASE_URL", database.url());
    with_first(&project, OLD);
    project.write(
        "rows.sql",
        "UPDATE users SET name = 'suspended' WHERE name = 'Ann';\n-- migrate: down\n\
         UPDATE users SET name = 'Ann' WHERE name = 'suspended';\n",
    );
    project
        .cargo_migrate(&["new", "suspend", "--sql", "rows.sql", "--rev-id", "2"])
        .expect_success();
    let name = || -> String {
        let row = database.client().query_one("SELECT name FROM users", &[]);
        row.unwrap().get(0)
    };
    for (arguments, expected) in [
        (["up", "head"], "suspended"),
        (["down", "1"], "Ann"),
        (["up", "head"], "suspended"),
    ] {
        project.cargo_migrate(&arguments).expect_success();
        assert_eq!(name(), expected);
    }
    let nothing = project.cargo_migrate(&["new", "more", "--autogenerate"]);
    assert!(nothing.stderr.contains("no difference"), "{nothing}");
}
