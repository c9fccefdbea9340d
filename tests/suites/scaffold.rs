//! Each kind of revision that `new` scaffolds, on a real database: up, down, up.
//!
//! Each kind by itself runs as it stands in its files; at last a whole line of them by the runner.

use migrate_tests::harness::{Database, Project, dump};

/// A schema that the kinds can work on, with rows where they matter.
const BEFORE: &str = "
    CREATE TABLE users (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        name text,
        email text NOT NULL,
        is_active boolean NOT NULL DEFAULT true,
        state text
    );
    INSERT INTO users (name, email, state) VALUES ('a', 'a@x', 'inactive'), ('b', 'b@x', NULL);
    CREATE TABLE posts (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, writer_id bigint);
    INSERT INTO posts (writer_id) VALUES (1), (NULL);
    CREATE SCHEMA shop;
    CREATE TABLE shop.\"Order Items\" (id int PRIMARY KEY, \"user\" text);
";

/// The two scripts of a scaffolded revision.
struct Scaffolded {
    up: String,
    down: String,
}

fn scaffold(arguments: &[&str]) -> Scaffolded {
    let project = Project::new();
    let all = [&["new"], arguments, &["--dir", "migrations"]].concat();
    let output = project.cargo_migrate(&all);
    let files: Vec<&str> = output.expect_success().lines().collect();
    let [up, down] = files.as_slice() else {
        panic!("two files were expected: {output}")
    };
    Scaffolded {
        up: project.read(up),
        down: project.read(down),
    }
}

/// Runs up, down and up, and gives what the schema is afterwards; `prepare` runs before.
fn round(prepare: &str, arguments: &[&str]) -> (Database, Scaffolded) {
    let scaffolded = scaffold(arguments);
    let database = Database::fresh();
    database.execute(BEFORE);
    database.execute(prepare);
    let before = dump(&database.url());
    database.execute(&scaffolded.up);
    let after = dump(&database.url());
    assert_ne!(before, after, "up changes the schema");
    database.execute(&scaffolded.down);
    assert_eq!(dump(&database.url()), before, "down gives the schema back");
    database.execute(&scaffolded.up);
    assert_eq!(dump(&database.url()), after, "up again does the same");
    (database, scaffolded)
}

fn count(database: &Database, sql: &str) -> i64 {
    let row = database.client().query_one(sql, &[]).expect(sql);
    row.get(0)
}

#[test]
fn a_table_with_all_that_a_field_can_say() {
    let (database, _) = round(
        "",
        &[
            "create_shop.\"Order\"",
            "user_id:bigint:not-null:index:references(users.id):on-delete=cascade",
            "code:varchar(20):not-null:unique",
            "price:numeric(10,2):not-null:default=0",
            "tags:text[]:not-null:default='{}'::text[]",
            "state:enum(shop.order_state,open,\"in transit\",'it''s done'):not-null:default='open'",
            "\"from\":timestamp with time zone",
            "--timestamps",
        ],
    );
    database.execute(
        "INSERT INTO shop.\"Order\" (user_id, code) VALUES (1, 'x');
         DELETE FROM users WHERE id = 1",
    );
    assert_eq!(count(&database, "SELECT count(*) FROM shop.\"Order\""), 0);
}

#[test]
fn a_table_with_a_key_of_its_own() {
    round(
        "",
        &[
            "create_sessions",
            "token:uuid:primary-key:default=gen_random_uuid()",
        ],
    );
    round(
        "",
        &[
            "create_members",
            "user_id:bigint:primary-key",
            "team_id:bigint:primary-key",
        ],
    );
}

#[test]
fn a_column() {
    round("", &["add_phone_to_users", "phone:varchar(20)"]);
    round("", &["add_phone_and_fax_to_users"]);
    round(
        "",
        &["add_note_to_shop.\"Order Items\"", "note:text:unique:index"],
    );
}

#[test]
fn a_column_that_is_not_null_in_three_steps() {
    let (database, _) = round(
        "",
        &[
            "add_status_to_users",
            "status:varchar(20):not-null:backfill='active'",
        ],
    );
    assert_eq!(
        count(
            &database,
            "SELECT count(*) FROM users WHERE status = 'active'"
        ),
        2
    );
    let (database, _) = round(
        "",
        &[
            "add_plan_to_users",
            "plan:text:not-null:default='free':backfill='old'",
        ],
    );
    database.execute("INSERT INTO users (email) VALUES ('c@x')");
    assert_eq!(
        count(&database, "SELECT count(*) FROM users WHERE plan = 'old'"),
        2
    );
    assert_eq!(
        count(&database, "SELECT count(*) FROM users WHERE plan = 'free'"),
        1
    );
}

#[test]
fn a_column_that_is_not_null_without_a_value_works_on_an_empty_table() {
    round("TRUNCATE users", &["add_age_to_users", "age:int:not-null"]);
}

#[test]
fn a_column_with_an_enum_type() {
    let (database, _) = round(
        "",
        &[
            "add_status_to_users",
            "status:enum(user_status,pending,active,suspended):not-null:default='pending'",
        ],
    );
    assert_eq!(
        count(
            &database,
            "SELECT count(*) FROM users WHERE status = 'pending'"
        ),
        2
    );
}

#[test]
fn a_column_with_a_foreign_key() {
    let (database, scaffolded) = round(
        "",
        &[
            "add_author_id_to_posts",
            "author_id:int:references(users.id):on-delete=cascade",
        ],
    );
    assert!(
        scaffolded
            .down
            .contains("DROP CONSTRAINT fk_posts_author_id")
    );
    database.execute("UPDATE posts SET author_id = 1; DELETE FROM users WHERE id = 1");
    assert_eq!(count(&database, "SELECT count(*) FROM posts"), 0);
}

#[test]
fn a_foreign_key_on_a_column_that_exists() {
    let field = "writer_id:references(users.id):on-delete=set-null";
    round("", &["add_foreign_key_to_posts", field]);
    let prepare = "ALTER TABLE posts ADD CONSTRAINT fk_posts_writer_id FOREIGN KEY (writer_id) \
                   REFERENCES users (id) ON DELETE SET NULL";
    round(prepare, &["drop_foreign_key_from_posts", field]);
}

#[test]
fn an_index() {
    round("", &["add_index_on_users", "email", "is_active"]);
    round("", &["add_index_on_shop.\"Order Items\"", "user"]);
    round(
        "CREATE INDEX ix_users_email ON users (email)",
        &["drop_index_from_users", "email"],
    );
}

#[test]
fn an_index_that_is_built_outside_a_transaction() {
    let arguments = [
        "add_index_on_users",
        "email",
        "--template",
        "add_index_concurrently",
    ];
    let (_, scaffolded) = round("", &arguments);
    assert!(scaffolded.up.contains("-- migrate: transaction=none\n"));
}

#[test]
fn a_unique_constraint() {
    round("", &["add_unique_on_users", "email"]);
    round(
        "ALTER TABLE users ADD CONSTRAINT uq_users_email UNIQUE (email)",
        &["drop_unique_from_users", "email"],
    );
}

#[test]
fn not_null() {
    round("", &["set_not_null_on_users", "state:backfill='new'"]);
    round("", &["drop_not_null_on_users", "email"]);
}

#[test]
fn another_name() {
    round("", &["rename_name_to_full_name_in_users"]);
    round("", &["rename_users_to_accounts"]);
    round("", &["rename_shop.\"Order Items\"_to_\"Order Lines\""]);
}

#[test]
fn an_enum_type() {
    round(
        "",
        &["create_enum_user_status", "pending", "active", "it's over"],
    );
    round(
        "CREATE TYPE user_status AS ENUM ('pending', 'active')",
        &["drop_enum_user_status", "pending", "active"],
    );
}

#[test]
fn a_schema_and_an_extension() {
    round("", &["create_schema_sales"]);
    round("", &["create_extension_citext"]);
}

#[test]
fn a_drop_of_what_is_described() {
    round(
        "",
        &[
            "drop_users",
            "name",
            "email:text:not-null",
            "is_active:boolean:not-null:default=true",
            "state",
        ],
    );
    round("", &["drop_state_from_users", "state:text"]);
}

#[test]
fn rows() {
    let scaffolded = scaffold(&["update_state_from_inactive_to_suspended_in_users"]);
    let database = Database::fresh();
    database.execute(BEFORE);
    let suspended = "SELECT count(*) FROM users WHERE state = 'suspended'";
    database.execute(&scaffolded.up);
    assert_eq!(count(&database, suspended), 1);
    database.execute(&scaffolded.down);
    assert_eq!(count(&database, suspended), 0);
    assert_eq!(
        count(
            &database,
            "SELECT count(*) FROM users WHERE state = 'inactive'"
        ),
        1
    );

    let backfill = scaffold(&["backfill_state_in_users", "state:backfill='new'"]);
    database.execute(&backfill.up);
    assert_eq!(
        count(&database, "SELECT count(*) FROM users WHERE state = 'new'"),
        1
    );
}

/// Every operation of a common workflow, each a revision on the one before.
const WORKFLOW: &[&[&str]] = &[
    &[
        "create_users",
        "email:varchar(255):not-null:unique",
        "name:varchar(100)",
        "is_active:boolean",
        "--timestamps",
    ],
    &["create_posts", "title:text:not-null"],
    &["add_phone_to_users", "phone:varchar(20)"],
    &[
        "add_status_to_users",
        "status:varchar(20):not-null:backfill='active'",
    ],
    &[
        "add_author_id_to_posts",
        "author_id:bigint:references(users.id):on-delete=cascade",
    ],
    &["add_index_on_users", "email", "is_active"],
    &["rename_name_to_full_name_in_users"],
    &[
        "add_state_to_users",
        "state:enum(user_state,pending,active,suspended):not-null:default='pending'",
    ],
    &["update_state_from_pending_to_suspended_in_users"],
    &[
        "add_index_on_posts",
        "title",
        "--template",
        "add_index_concurrently",
    ],
    &["manual_data_migration"],
    &["drop_phone_from_users", "phone:varchar(20)"],
];

#[test]
fn the_runner_applies_and_reverts_a_whole_line_of_them() {
    let database = Database::fresh();
    let project = Project::on(&database);
    let run = |arguments: &[&str]| {
        let all = [arguments, &["--dir", "migrations"]].concat();
        project.cargo_migrate(&all).expect_success().to_owned()
    };
    for arguments in WORKFLOW {
        run(&[&["new"], *arguments].concat());
    }
    run(&["up"]);
    let after = dump(&database.url());
    run(&["down", "-1"]);
    run(&["up"]);
    run(&["down", "base"]);
    assert!(!dump(&database.url()).contains("CREATE TABLE"));
    run(&["up"]);
    assert_eq!(dump(&database.url()), after);
}

#[test]
fn the_runner_refuses_to_revert_a_drop_of_the_unknown() {
    let database = Database::fresh();
    let project = Project::on(&database);
    let run =
        |arguments: &[&str]| project.cargo_migrate(&[arguments, &["--dir", "migrations"]].concat());
    run(&["new", "create_users"]).expect_success();
    run(&["new", "drop_users"]).expect_success();
    run(&["up"]).expect_success();
    let output = run(&["down", "-1"]);
    let said = output.expect_failure(1);
    assert!(
        said.contains("drops users, whose columns this revision does not know"),
        "{said}"
    );
}
