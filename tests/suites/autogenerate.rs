//! `new --autogenerate`, `check --models` and `check --drift`, through the compiled subcommand.

use migrate_tests::harness::{Database, Project, dump, server};

const MANIFEST: &str = r#"
[package]
name = "blog"
version = "0.1.0"
edition = "2024"

[package.metadata.migrate]
models = ["src/models.rs"]

[workspace]
"#;

/// A package with models; scratch databases are on the server of the tests.
pub(crate) fn package(models: &str) -> Project {
    let project = Project::new().with("MIGRATE_SCRATCH_URL", server().url("postgres"));
    project
        .write("Cargo.toml", MANIFEST)
        .write("src/lib.rs", "")
        .write("src/models.rs", models);
    project
}

/// A package whose schema is an SQL file.
pub(crate) fn package_of_sql(schema: &str) -> Project {
    let project = package("");
    project
        .write(
            "Cargo.toml",
            MANIFEST.replace("models = [\"src/models.rs\"]", "schema = [\"schema.sql\"]"),
        )
        .write("schema.sql", schema);
    project
}

/// Writes the first revision by hand.
pub(crate) fn with_first(project: &Project, sql: &str) {
    let text = format!("-- First.\n-- migrate: revises=base\n\n{sql}");
    project.write("migrations/1_first.up.sql", text);
}

/// Generates revision 2 and gives its scripts, one below the other.
pub(crate) fn generated(project: &Project, options: &[&str]) -> String {
    let mut arguments = vec!["new", "change", "--autogenerate", "--rev-id", "2"];
    arguments.extend(options);
    project.cargo_migrate(&arguments).expect_success();
    let up = project.read("migrations/2_change.up.sql");
    let down = project.read("migrations/2_change.down.sql");
    let up = up.split_once("\n\n").expect("a head and a body").1;
    format!("{up}--- down\n{down}")
}

const USERS: &str = "CREATE TABLE users (id bigint PRIMARY KEY, name text);\n";

/// The model of that table, with more fields.
pub(crate) fn users(fields: &str) -> String {
    format!(
        "#[derive(Table)]\n#[table(name = \"users\")]\nstruct User {{\n    \
         #[column(primary_key)]\n    id: i64,\n{fields}}}\n"
    )
}

#[test]
fn a_new_column_is_added_and_dropped() {
    let project = package(&users(
        "name: Option<String>,\n#[column(type = \"varchar(20)\")]\nphone: Option<String>,\n",
    ));
    with_first(&project, USERS);
    insta::assert_snapshot!(generated(&project, &[]), @"
    ALTER TABLE users ADD COLUMN phone varchar(20);
    --- down
    -- data-loss: all values of `users.phone`
    ALTER TABLE users DROP COLUMN phone;
    ");
}

#[test]
fn a_column_that_refuses_null_is_filled_first() {
    let project = package(&users(
        "name: Option<String>,\n#[column(type = \"varchar(20)\")]\nstatus: String,\n",
    ));
    with_first(&project, USERS);
    insta::assert_snapshot!(generated(&project, &["--backfill", "users.status='active'"]), @"
    ALTER TABLE users ADD COLUMN status varchar(20);

    UPDATE users SET status = 'active' WHERE status IS NULL;

    ALTER TABLE users ALTER COLUMN status SET NOT NULL;
    --- down
    -- data-loss: all values of `users.status`
    ALTER TABLE users DROP COLUMN status;
    ");
}

#[test]
fn a_model_says_what_existing_rows_get() {
    let project = package(&users(
        "name: Option<String>,\n#[column(backfill = \"lower(name)\")]\nhandle: String,\n",
    ));
    with_first(&project, USERS);
    insta::assert_snapshot!(generated(&project, &[]), @"
    ALTER TABLE users ADD COLUMN handle text;

    UPDATE users SET handle = lower(name) WHERE handle IS NULL;

    ALTER TABLE users ALTER COLUMN handle SET NOT NULL;
    --- down
    -- data-loss: all values of `users.handle`
    ALTER TABLE users DROP COLUMN handle;
    ");
    project
        .cargo_migrate(&["check", "--models"])
        .expect_success();
    insta::assert_snapshot!(project.cargo_migrate(&["new", "x", "--autogenerate", "--backfill", "usrs.handle=''"]), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the desired schema has no column `usrs.handle`, which a backfill names
    hint: name table and column: `--backfill "users.status='active'"`
    "#);
    insta::assert_snapshot!(project.cargo_migrate(&["new", "x", "--autogenerate", "--backfill", "handle"]), @r#"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `--backfill handle` names no column and value
    hint: write it as `--backfill "users.status='active'"`
    "#);
}

#[test]
fn a_rename_that_is_taken_for_one_is_told() {
    let project = package(&users("full_name: Option<String>,\n"));
    with_first(&project, USERS);
    let output = project.cargo_migrate(&[
        "new",
        "change",
        "--autogenerate",
        "--rev-id",
        "2",
        "--format",
        "json",
    ]);
    output.expect_success();
    assert_eq!(
        output.json()["hazards"],
        serde_json::json!(["rename-assumed"])
    );
    assert_eq!(
        output.json()["changes"][0]["details"][0],
        "rename-assumed: `users.name` is taken to become `users.full_name`"
    );
    insta::assert_snapshot!(project.read("migrations/2_change.up.sql"), @"
    -- Change.
    -- migrate: revises=1
    -- migrate: compatible=no

    -- rename-assumed: `users.name` is taken to become `users.full_name`
    ALTER TABLE users RENAME COLUMN name TO full_name;
    ");
}

#[test]
fn down_gives_privileges_back_with_the_table() {
    let database = Database::fresh();
    let project = package(&users("")).with("DATABASE_URL", database.url());
    with_first(
        &project,
        &format!(
            "{USERS}CREATE TABLE posts (id int);\nGRANT SELECT ON posts TO PUBLIC;\nGRANT UPDATE (name) ON users TO PUBLIC;\n"
        ),
    );
    insta::assert_snapshot!(generated(&project, &[]), @"
    -- data-loss: all values of `users.name`
    ALTER TABLE users DROP COLUMN name;

    -- data-loss: all rows of `posts`
    DROP TABLE posts;
    --- down
    CREATE TABLE posts (
        id integer
    );

    ALTER TABLE users ADD COLUMN name text;

    GRANT SELECT ON posts TO PUBLIC;

    GRANT UPDATE (name) ON users TO PUBLIC;
    ");
    project.cargo_migrate(&["up", "1"]).expect_success();
    let before = dump(&database.url());
    project
        .cargo_migrate(&["up", "--allow", "data-loss"])
        .expect_success();
    project.cargo_migrate(&["down", "1"]).expect_success();
    assert_eq!(dump(&database.url()), before);
}

#[test]
fn what_is_excluded_is_neither_changed_nor_reported() {
    let project = package(&users("name: Option<String>,\nphone: Option<String>,\n"));
    with_first(
        &project,
        &format!(
            "{USERS}CREATE TABLE audit_log (id int);\nCREATE TABLE spatial_ref_sys (id int);\n"
        ),
    );
    let manifest = project.read("Cargo.toml");
    project.write(
        "Cargo.toml",
        manifest.replace("models =", "exclude = [\"table:audit_*\"]\nmodels ="),
    );
    let output = project.cargo_migrate(&[
        "new",
        "change",
        "--autogenerate",
        "--rev-id",
        "2",
        "--exclude",
        "spatial_*",
    ]);
    output.expect_success();
    insta::assert_snapshot!(output.stderr, @"
    detected: add-column `users.phone`
    created revision 2
    note: up and down were tried in a scratch database; read them before you apply them
    ");
    let missing = project.cargo_migrate(&["check", "--models"]);
    insta::assert_snapshot!(missing, @"
    exit code: 3
    ----- stdout -----
    found    models: no revision does what the models say: drop-table `spatial_ref_sys`
    ----- stderr -----
    hint: run `cargo migrate new NAME --autogenerate` to write the revision
    ");
}

#[test]
fn a_foreign_key_an_index_and_an_enum_are_added() {
    let project = package(&format!(
        "{}{}",
        users("name: Option<String>,\n#[column(default = \"'pending'\")]\nstatus: UserStatus,\n"),
        "#[derive(Enum)] enum UserStatus { Pending, Active }
         #[derive(Table)] #[table(name = \"posts\", index(name = \"ix_posts\", columns(id, author_id)))]
         struct Post { id: i64, #[column(references(users.id), on_delete = \"cascade\")] author_id: Option<i64> }"
    ));
    with_first(
        &project,
        &format!("{USERS}CREATE TABLE posts (id bigint NOT NULL);\n"),
    );
    insta::assert_snapshot!(generated(&project, &[]), @"
    CREATE TYPE user_status AS ENUM ('pending', 'active');

    ALTER TABLE posts ADD COLUMN author_id bigint;

    ALTER TABLE users ADD COLUMN status user_status NOT NULL DEFAULT 'pending';

    -- may-fail: rows of `posts` break `posts_author_id_fkey`
    ALTER TABLE posts ADD CONSTRAINT posts_author_id_fkey FOREIGN KEY (author_id) REFERENCES users (id) ON DELETE CASCADE;

    CREATE INDEX ix_posts ON posts (id, author_id);
    --- down
    -- data-loss: all values of `posts.author_id`
    ALTER TABLE posts DROP COLUMN author_id;

    -- data-loss: all values of `users.status`
    ALTER TABLE users DROP COLUMN status;

    DROP TYPE user_status;
    ");
}

#[test]
fn a_told_rename_is_one_and_may_stay_in_the_model() {
    let models =
        users("#[column(was = \"name\")]\nfull_name: Option<String>,\nnick: Option<String>,\n");
    let project = package(&models);
    with_first(&project, USERS);
    insta::assert_snapshot!(generated(&project, &[]), @"
    ALTER TABLE users RENAME COLUMN name TO full_name;

    ALTER TABLE users ADD COLUMN nick text;
    --- down
    ALTER TABLE users RENAME COLUMN full_name TO name;

    -- data-loss: all values of `users.nick`
    ALTER TABLE users DROP COLUMN nick;
    ");
    let again = project.cargo_migrate(&["new", "again", "--autogenerate"]);
    again.expect_success();
    assert_eq!(project.files("migrations").len(), 3, "{again}");
}

#[test]
fn a_rename_is_told_on_the_command_line() {
    let project = package(&users(
        "full_name: Option<String>,\nnick: Option<String>,\n",
    ));
    with_first(&project, USERS);
    let text = generated(&project, &["--rename", "users.name=full_name"]);
    assert!(text.contains("RENAME COLUMN name TO full_name"), "{text}");
}

#[test]
fn no_difference_writes_no_file_and_says_so() {
    let project = package(&users("name: Option<String>,\n"));
    with_first(&project, USERS);
    insta::assert_snapshot!(project.cargo_migrate(&["new", "nothing", "--autogenerate"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    no difference: the revisions build what the models say, no file was written
    ");
    let json = project.cargo_migrate(&["new", "nothing", "--autogenerate", "--format", "json"]);
    insta::assert_snapshot!(json.json().to_string(), @r#"{"id":null,"files":[],"changes":[],"hazards":[]}"#);
    assert_eq!(project.files("migrations"), ["migrations/1_first.up.sql"]);
}

#[test]
fn the_answer_names_files_changes_and_hazards() {
    let project = package(&users(""));
    with_first(&project, USERS);
    let output = project.cargo_migrate(&[
        "new",
        "drop_name",
        "--autogenerate",
        "--rev-id",
        "2",
        "--format",
        "json",
    ]);
    output.expect_success();
    insta::assert_snapshot!(serde_json::to_string_pretty(&output.json()).unwrap(), @r#"
    {
      "id": "2",
      "files": [
        "migrations/2_drop_name.up.sql",
        "migrations/2_drop_name.down.sql"
      ],
      "changes": [
        {
          "kind": "drop-column",
          "object": "users.name",
          "sql": "ALTER TABLE users DROP COLUMN name",
          "hazards": [
            "data-loss"
          ],
          "details": [
            "data-loss: all values of `users.name`"
          ]
        }
      ],
      "hazards": [
        "data-loss"
      ]
    }
    "#);
    assert_eq!(output.stderr, "", "the answer has it all");
}

#[test]
fn what_an_older_release_would_miss_is_marked() {
    let first = "CREATE TABLE users (id bigint PRIMARY KEY, name text);\n\
                 CREATE INDEX by_name ON users (name);\n\
                 CREATE VIEW names AS SELECT name FROM users;\n";
    for (schema, is_marked) in [
        // Without the column, the table, the view; with another name.
        ("CREATE TABLE users (id bigint PRIMARY KEY);\n", true),
        ("CREATE TABLE people (id bigint);\n", true),
        (
            &first.replace("CREATE VIEW names AS SELECT name FROM users;\n", ""),
            true,
        ),
        (&first.replace("VIEW names", "VIEW all_names"), true),
        // Without the index; with more; a view that is made again around a changed column.
        (
            &first.replace("CREATE INDEX by_name ON users (name);\n", ""),
            false,
        ),
        (&first.replace("name text", "name text, age int"), false),
        (&first.replace("name text", "name varchar(200)"), false),
    ] {
        let project = package_of_sql(schema);
        with_first(&project, first);
        generated(&project, &["--no-renames"]);
        let up = project.read("migrations/2_change.up.sql");
        assert_eq!(
            up.contains("-- migrate: compatible=no\n"),
            is_marked,
            "{up}"
        );
    }
}

#[test]
fn up_refuses_data_loss_until_the_file_or_the_command_line_accepts_it() {
    let database = Database::fresh();
    let project = package(&users("")).with("DATABASE_URL", database.url());
    with_first(&project, USERS);
    generated(&project, &[]);
    let up = project.read("migrations/2_change.up.sql");
    insta::assert_snapshot!(up, @"
    -- Change.
    -- migrate: revises=1
    -- migrate: compatible=no
    -- migrate: hazard=data-loss

    -- data-loss: all values of `users.name`
    ALTER TABLE users DROP COLUMN name;
    ");
    insta::assert_snapshot!(project.cargo_migrate(&["up"]), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: revision `2` has the hazard `data-loss`, which nobody accepted
      --> migrations/2_change.up.sql
    hint: add `-- migrate: allow=data-loss` to the file once it is reviewed
    hint: pass `--allow data-loss` to accept it for this run
    ");
    assert!(
        !dump(&database.url()).contains("CREATE TABLE public.users"),
        "nothing ran"
    );
    let reviewed = up.replace("hazard=data-loss", "hazard=data-loss allow=data-loss");
    project.write("migrations/2_change.up.sql", reviewed);
    project.cargo_migrate(&["up"]).expect_success();
    project.cargo_migrate(&["down", "-1"]).expect_success();
    project.write("migrations/2_change.up.sql", up);
    project
        .cargo_migrate(&["up", "--allow", "data-loss"])
        .expect_success();
}

#[test]
fn what_models_can_not_say_stays() {
    let project = package(&users(
        "#[column(was = \"name\")]\nfull_name: Option<String>,\n",
    ));
    with_first(
        &project,
        &format!(
            "{USERS}\
         CREATE EXTENSION hstore;\n\
         CREATE SCHEMA app;\n\
         CREATE SEQUENCE app.numbers;\n\
         CREATE DOMAIN app.mail AS text;\n\
         CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';\n\
         CREATE TRIGGER touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION app.touch();\n\
         CREATE VIEW names AS SELECT name FROM users;\n\
         CREATE MATERIALIZED VIEW counts AS SELECT count(*) AS n FROM users;\n\
         CREATE INDEX counts_n ON counts (n);\n\
         ALTER TABLE users ENABLE ROW LEVEL SECURITY;\n\
         CREATE POLICY own ON users USING (name = current_user);\n\
         COMMENT ON VIEW names IS 'Only names.';\n"
        ),
    );
    insta::assert_snapshot!(generated(&project, &[]), @"
    ALTER TABLE users RENAME COLUMN name TO full_name;
    --- down
    ALTER TABLE users RENAME COLUMN full_name TO name;
    ");
}

#[test]
fn partitions_of_a_model_stay() {
    let project = package(
        "#[derive(Table)] #[table(name = \"events\", partition_by = \"RANGE (at)\")]
         struct Event { at: NaiveDate, kind: Option<String> }",
    );
    with_first(
        &project,
        "CREATE TABLE events (at date NOT NULL) PARTITION BY RANGE (at);\n\
         CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');\n\
         CREATE INDEX events_1_at ON events_1 (at);\n",
    );
    let text = generated(&project, &[]);
    assert!(!text.contains("DROP TABLE"), "{text}");
    assert!(
        text.contains("ALTER TABLE events ADD COLUMN kind text"),
        "{text}"
    );
}

#[test]
fn a_view_over_a_column_that_goes_is_named() {
    let project = package(&users(""));
    with_first(
        &project,
        &format!("{USERS}CREATE VIEW names AS SELECT name FROM users;\n"),
    );
    insta::assert_snapshot!(project.cargo_migrate(&["new", "change", "--autogenerate"]), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: view `names` needs column `users.name`, which the models no longer have
    note: models can't say such an object, so it would stay as the revisions have it
    hint: say what becomes of it in a schema file (`schema` in `[package.metadata.migrate]`)
    hint: or change it in a revision of its own first: `cargo migrate new NAME`
    ");
    assert_eq!(project.files("migrations"), ["migrations/1_first.up.sql"]);
}

#[test]
fn a_schema_file_says_all_kinds_so_that_absence_means_something() {
    let project = package_of_sql("CREATE TABLE users (id bigint PRIMARY KEY, name text);\n");
    with_first(
        &project,
        &format!("{USERS}CREATE VIEW names AS SELECT count(*) FROM users;\n"),
    );
    insta::assert_snapshot!(generated(&project, &[]), @"
    DROP VIEW names;
    --- down
    CREATE VIEW names AS
    SELECT count(*) AS count
       FROM users;
    ");
}

#[test]
fn diesel_tables_keep_what_they_can_not_say() {
    let project = package(
        "diesel::table! { users (id) { id -> Int8, email -> Varchar, price -> Nullable<Numeric>, age -> Nullable<Int4>, } }
         diesel::table! { posts (id) { id -> Int4, user_id -> Int8, } }
         diesel::joinable!(posts -> users (user_id));",
    );
    with_first(
        &project,
        "CREATE TABLE users (id bigserial PRIMARY KEY, email varchar(80) NOT NULL DEFAULT 'x' UNIQUE, price numeric(10,2) CHECK (price > 0));\n\
         CREATE INDEX lower_email ON users (lower(email));\n\
         COMMENT ON TABLE users IS 'People.';\n\
         CREATE TABLE posts (id integer PRIMARY KEY, user_id bigint NOT NULL CONSTRAINT of_user REFERENCES users ON DELETE CASCADE);\n",
    );
    insta::assert_snapshot!(generated(&project, &[]), @"
    ALTER TABLE users ADD COLUMN age integer;
    --- down
    -- data-loss: all values of `users.age`
    ALTER TABLE users DROP COLUMN age;
    ");
}

#[test]
fn sea_orm_entities_keep_what_they_can_not_say() {
    let project = package(
        "#[derive(DeriveEntityModel)] #[sea_orm(table_name = \"users\")]
         pub struct Model {
             #[sea_orm(primary_key)] pub id: i32,
             #[sea_orm(unique)] pub email: String,
             pub price: Option<Decimal>,
             pub nick: Option<String>,
         }",
    );
    with_first(
        &project,
        "CREATE TABLE users (id serial PRIMARY KEY, email varchar NOT NULL DEFAULT 'x' UNIQUE, price numeric CHECK (price > 0));\n\
         CREATE INDEX lower_email ON users (lower(email));\n\
         CREATE INDEX dropped ON users (price);\n",
    );
    insta::assert_snapshot!(generated(&project, &[]), @"
    DROP INDEX dropped;

    ALTER TABLE users ADD COLUMN nick varchar;
    --- down
    CREATE INDEX dropped ON users (price);

    -- data-loss: all values of `users.nick`
    ALTER TABLE users DROP COLUMN nick;
    ");
}

#[test]
fn new_tables_that_refer_to_each_other_apply_both_ways() {
    let project = package(
        "#[derive(Table)] #[table(name = \"users\")] struct User { #[column(primary_key)] id: i64, #[column(references(posts.id))] pinned: Option<i64> }
         #[derive(Table)] #[table(name = \"posts\")] struct Post { #[column(primary_key)] id: i64, #[column(references(users.id))] author: i64 }",
    );
    insta::assert_snapshot!(generated(&project, &[]), @"
    CREATE TABLE posts (
        id bigint PRIMARY KEY,
        author bigint NOT NULL
    );

    CREATE TABLE users (
        id bigint PRIMARY KEY,
        pinned bigint
    );

    ALTER TABLE posts ADD CONSTRAINT posts_author_fkey FOREIGN KEY (author) REFERENCES users (id);

    ALTER TABLE users ADD CONSTRAINT users_pinned_fkey FOREIGN KEY (pinned) REFERENCES posts (id);
    --- down
    ALTER TABLE posts DROP CONSTRAINT posts_author_fkey;

    ALTER TABLE users DROP CONSTRAINT users_pinned_fkey;

    -- data-loss: all rows of `posts`
    DROP TABLE posts;

    -- data-loss: all rows of `users`
    DROP TABLE users;
    ");
}

#[test]
fn online_splits_into_the_revisions_that_it_takes() {
    let project = package(&users(
        "#[column(index = \"users_name\")]\nname: Option<String>,\nnick: Option<String>,\n",
    ));
    with_first(&project, USERS);
    let output = project.cargo_migrate(&[
        "new",
        "change",
        "--autogenerate",
        "--online",
        "--rev-id",
        "20260101000000",
    ]);
    output.expect_success();
    let ups = project.files("migrations");
    let ups = ups
        .iter()
        .filter(|file| file.ends_with("up.sql") && !file.contains("1_first"));
    let texts: Vec<String> = ups.map(|file| project.read(file)).collect();
    assert_eq!(texts.len(), 2, "{output}");
    let alone = texts
        .iter()
        .find(|text| text.contains("CONCURRENTLY"))
        .unwrap();
    assert!(alone.contains("-- migrate: transaction=none"), "{alone}");
}

#[test]
fn a_drop_that_may_be_a_rename_is_asked_for() {
    let project = package(&users(
        "full_name: Option<String>,\nnick: Option<String>,\n",
    ));
    with_first(&project, USERS);
    let output = project.cargo_migrate(&["new", "change", "--autogenerate"]);
    insta::assert_snapshot!(output.stderr.lines().filter(|line| !line.contains("created revision")).collect::<Vec<_>>().join("\n"), @"
    detected: add-column `users.full_name`
    detected: add-column `users.nick`
    detected: drop-column `users.name`
      hazard: data-loss: all values of `users.name`
    warning: column `users.name` is dropped, but may have become `users.full_name` or `users.nick`
    hint: pass `--rename users.name=users.full_name` if it became that
    hint: pass `--rename users.name=users.nick` if it became that
    note: up and down were tried in a scratch database; read them before you apply them
    ");
}

#[test]
fn check_models_finds_what_no_revision_does() {
    let project = package(&users("name: Option<String>,\nphone: Option<String>,\n"));
    with_first(&project, USERS);
    insta::assert_snapshot!(project.cargo_migrate(&["check", "--models"]), @"
    exit code: 3
    ----- stdout -----
    found    models: no revision does what the models say: add-column `users.phone`
    ----- stderr -----
    hint: run `cargo migrate new NAME --autogenerate` to write the revision
    ");
    generated(&project, &[]);
    insta::assert_snapshot!(project.cargo_migrate(&["check", "--models"]), @"
    exit code: 0
    ----- stdout -----
    ok       models
    ----- stderr -----
    ");
}

#[test]
fn check_drift_finds_what_no_applied_revision_did() {
    let database = Database::fresh();
    let project = package(&users("")).with("DATABASE_URL", database.url());
    with_first(&project, USERS);
    project.cargo_migrate(&["up"]).expect_success();
    project
        .cargo_migrate(&["check", "--drift"])
        .expect_success();
    database.execute("ALTER TABLE users ADD COLUMN by_hand text");
    insta::assert_snapshot!(project.cargo_migrate(&["check", "--drift"]), @"
    exit code: 3
    ----- stdout -----
    found    drift: the database is not what its applied revisions build: add-column `users.by_hand`
    ----- stderr -----
    hint: run `cargo migrate diff migrations database` to see the statements
    ");
}

/// The example's models changed three times: each revision comes out again as it stands there.
#[test]
fn the_revisions_of_the_example_are_generated_from_its_models() {
    let example = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/models");
    let steps = [
        ("20261101120000", "create_blog", "history/1_create_blog.rs"),
        ("20261108120000", "add_posts", "history/2_add_posts.rs"),
        ("20261115120000", "rename_name", "history/3_rename_name.rs"),
        ("20261122120000", "add_comments", "src/models.rs"),
    ];
    let database = Database::fresh();
    let project = package("").with("DATABASE_URL", database.url());
    for (id, name, models) in steps {
        let text = fs_err::read_to_string(example.join(models)).unwrap();
        project.write("src/models.rs", text);
        let output = project.cargo_migrate(&["new", name, "--autogenerate", "--rev-id", id]);
        output.expect_success();
        for direction in ["up", "down"] {
            let file = format!("migrations/{id}_{name}.{direction}.sql");
            let stands = fs_err::read_to_string(example.join(&file)).unwrap_or_default();
            if std::env::var_os("UPDATE_EXAMPLE").is_some() {
                fs_err::write(example.join(&file), project.read(&file)).unwrap();
                continue;
            }
            assert_eq!(project.read(&file), stands, "{file}\n{output}");
        }
    }
    project.cargo_migrate(&["up"]).expect_success();
    project
        .cargo_migrate(&["check", "--models", "--drift"])
        .expect_success();
    project
        .cargo_migrate(&["down", "base", "--yes"])
        .expect_success();
    assert!(!dump(&database.url()).contains("CREATE TABLE public.users"));
}
