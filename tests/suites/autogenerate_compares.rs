//! What `new --autogenerate` compares, with what, and what it leaves out.

use migrate_tests::harness::{Database, Project, dump};

use crate::autogenerate::{generated, package, package_of_sql, users, with_first};

const USERS: &str = "CREATE TABLE users (id bigint PRIMARY KEY, name text);\n";

/// Says that nothing differs, and writes nothing.
#[track_caller]
fn finds_nothing(project: &Project) {
    let before = project.files("migrations");
    let output = project.cargo_migrate(&["new", "nothing", "--autogenerate"]);
    output.expect_success();
    assert!(output.stderr.contains("no difference"), "{output}");
    assert_eq!(project.files("migrations"), before);
}

/// The revisions are what is compared, applied or not: the database may be behind, ahead or away.
#[test]
fn the_database_need_not_be_at_head() {
    let database = Database::fresh();
    let project = package(&users("name: Option<String>,\nphone: Option<String>,\n"))
        .with("DATABASE_URL", database.url());
    with_first(&project, USERS);
    let up = generated(&project, &[]);
    assert!(up.contains("ADD COLUMN phone"), "{up}");
    finds_nothing(&project);
    project.cargo_migrate(&["up"]).expect_success();
    finds_nothing(&project);
    let away = project.with("DATABASE_URL", "postgres://nobody@127.0.0.1:1/nowhere");
    finds_nothing(&away);
}

#[test]
fn two_heads_are_refused_until_they_are_merged() {
    let project = package(&users(
        "name: Option<String>,\na: Option<i32>,\nb: Option<i32>,\nc: Option<i32>,\n",
    ));
    with_first(&project, USERS);
    for (id, column) in [("2", "a"), ("3", "b")] {
        project.write(
            format!("migrations/{id}_{column}.up.sql"),
            format!("-- migrate: revises=1\nALTER TABLE users ADD COLUMN {column} int;\n"),
        );
    }
    let before = project.files("migrations");
    let output = project.cargo_migrate(&["new", "change", "--autogenerate"]);
    insta::assert_snapshot!(output, @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: there are 2 heads: `2` (a), `3` (b)
    hint: name the one that it follows: `--head 2`
    hint: or join them first: `cargo migrate merge`
    hint: or move one line after the other: `cargo migrate rebase 3`
    ");
    assert_eq!(project.files("migrations"), before);
    project
        .cargo_migrate(&["new", "by_hand", "--head", "3", "--rev-id", "4"])
        .expect_success();
    project
        .cargo_migrate(&["merge", "--rev-id", "5"])
        .expect_success();
    let arguments = ["new", "change", "--autogenerate", "--rev-id", "6"];
    project.cargo_migrate(&arguments).expect_success();
    insta::assert_snapshot!(project.read("migrations/6_change.up.sql"), @"
    -- Change.
    -- migrate: revises=5

    ALTER TABLE users ADD COLUMN c integer;
    ");
}

#[test]
fn check_lists_what_differs_and_writes_nothing() {
    let project = package(&users("phone: Option<String>,\n"));
    with_first(&project, USERS);
    let before = project.files("migrations");
    insta::assert_snapshot!(project.cargo_migrate(&["check", "--models"]), @"
    exit code: 3
    ----- stdout -----
    found    models: no revision does what the models say: rename-column `users.name`
    ----- stderr -----
    hint: run `cargo migrate new NAME --autogenerate` to write the revision
    ");
    assert_eq!(project.files("migrations"), before);
    project.write("src/models.rs", users("name: Option<String>,\n"));
    insta::assert_snapshot!(project.cargo_migrate(&["check", "--models"]), @"
    exit code: 0
    ----- stdout -----
    ok       models
    ----- stderr -----
    ");
}

#[test]
fn a_parent_is_made_before_its_child_and_goes_after_it() {
    let project = package(
        "#[derive(Table)] #[table(name = \"a_child\")] struct Child { #[column(primary_key)] parent_id: i64, \
         #[column(primary_key)] at: NaiveDate, #[column(references(z_parent.id))] of: i64 }
         #[derive(Table)] #[table(name = \"z_parent\")] struct Parent { #[column(primary_key)] id: i64 }",
    );
    insta::assert_snapshot!(generated(&project, &[]), @"
    CREATE TABLE z_parent (
        id bigint PRIMARY KEY
    );

    CREATE TABLE a_child (
        parent_id bigint,
        at date,
        of bigint NOT NULL REFERENCES z_parent (id),
        PRIMARY KEY (parent_id, at)
    );
    --- down
    -- data-loss: all rows of `a_child`
    DROP TABLE a_child;

    -- data-loss: all rows of `z_parent`
    DROP TABLE z_parent;
    ");
    // The columns of a key of two refuse null by themselves: nothing is left to say.
    finds_nothing(&project);
}

#[test]
fn the_tables_of_the_history_are_never_compared() {
    let database = Database::fresh();
    let project = package(&format!(
        "{}#[derive(Table)] #[table(name = \"revisions\", schema = \"meta\")] struct Revision {{ id: i64 }}\n",
        users("name: Option<String>,\n")
    ))
    .with("DATABASE_URL", database.url());
    let manifest = project.read("Cargo.toml");
    let settings = "history-table = \"revisions\"\nhistory-schema = \"meta\"\nmodels =";
    project.write("Cargo.toml", manifest.replace("models =", settings));
    database.execute("CREATE SCHEMA meta");
    project.write(
        "migrations/1_first.up.sql",
        format!("-- migrate: revises=base\nCREATE SCHEMA IF NOT EXISTS meta;\n{USERS}"),
    );
    project.cargo_migrate(&["up"]).expect_success();
    assert!(dump(&database.url()).contains("CREATE TABLE meta.revisions"));
    finds_nothing(&project);
    project
        .cargo_migrate(&["check", "--models", "--drift"])
        .expect_success();
    for sides in [["database", "models"], ["models", "database"]] {
        let output = project.cargo_migrate(&["diff", sides[0], sides[1], "--exit-code"]);
        output.expect_success();
    }
}

/// It has to be there before the first revision, so no revision makes it.
#[test]
fn the_schema_of_the_history_is_there_for_revisions_and_no_drift() {
    let database = Database::fresh();
    database.execute("CREATE SCHEMA app");
    let tables = "CREATE TABLE app.users (id int PRIMARY KEY);\n\
                  CREATE TABLE app.history_notes (history int);\n";
    let project = package_of_sql(&format!("CREATE SCHEMA app;\n{tables}"))
        .with("DATABASE_URL", database.url())
        .with("MIGRATE_HISTORY_SCHEMA", "app")
        .with("MIGRATE_HISTORY_TABLE", "history");
    with_first(&project, tables);
    let down = "DROP TABLE app.history_notes, app.users;\n";
    project.write("migrations/1_first.down.sql", down);
    project.cargo_migrate(&["up"]).expect_success();
    finds_nothing(&project);
    project.cargo_migrate(&["verify"]).expect_success();
    project.cargo_migrate(&["check"]).expect_success();
    // What is only named like the history's table is the project's own.
    database.execute("ALTER TABLE app.history_notes DROP COLUMN history");
    let drift = project.cargo_migrate(&["check", "--drift"]);
    assert_eq!(drift.status, Some(3), "{drift}");
    let found = "drop-column `app.history_notes.history`";
    assert!(drift.stdout.contains(found), "{drift}");
}

#[test]
fn public_is_the_schema_where_none_is_said() {
    let project = package(
        "#[derive(Table)] #[table(name = \"users\", schema = \"public\")] struct User { #[column(primary_key)] id: i64, name: Option<String> }
         #[derive(Table)] #[table(name = \"users\", schema = \"app\")] struct AppUser { #[column(primary_key)] id: i64 }",
    );
    with_first(&project, USERS);
    insta::assert_snapshot!(generated(&project, &[]), @"
    CREATE SCHEMA app;

    CREATE TABLE app.users (
        id bigint PRIMARY KEY
    );
    --- down
    -- data-loss: all rows of `app.users`
    DROP TABLE app.users;

    DROP SCHEMA app;
    ");
}

#[test]
fn keys_that_change_go_before_they_come() {
    let project = package_of_sql(
        "CREATE TABLE p (id int PRIMARY KEY);
         CREATE TABLE t (a int, b int, c int, CONSTRAINT named UNIQUE (b), CONSTRAINT was_index UNIQUE (c), \
         CONSTRAINT \"Case\" UNIQUE (a), r int CONSTRAINT r REFERENCES p ON DELETE CASCADE, \
         s int CONSTRAINT s REFERENCES p ON DELETE NO ACTION, d int CONSTRAINT d REFERENCES p DEFERRABLE INITIALLY DEFERRED, \
         e int);\n",
    );
    with_first(
        &project,
        "CREATE TABLE p (id int PRIMARY KEY);
         CREATE TABLE t (a int, b int, c int, CONSTRAINT named UNIQUE (a, b), CONSTRAINT \"case\" UNIQUE (a), \
         r int CONSTRAINT r REFERENCES p ON DELETE RESTRICT, s int CONSTRAINT s REFERENCES p, \
         d int CONSTRAINT d REFERENCES p, e int CONSTRAINT \"FkE\" REFERENCES p);
         CREATE UNIQUE INDEX was_index ON t (c);\n",
    );
    insta::assert_snapshot!(generated(&project, &[]), @r#"
    ALTER TABLE t RENAME CONSTRAINT "case" TO "Case";

    ALTER TABLE t DROP CONSTRAINT "FkE";

    ALTER TABLE t DROP CONSTRAINT d;

    ALTER TABLE t DROP CONSTRAINT r;

    ALTER TABLE t DROP CONSTRAINT named;

    DROP INDEX was_index;

    -- may-fail: rows of `t` break `named`
    ALTER TABLE t ADD CONSTRAINT named UNIQUE (b);

    -- may-fail: rows of `t` break `was_index`
    ALTER TABLE t ADD CONSTRAINT was_index UNIQUE (c);

    -- may-fail: rows of `t` break `d`
    ALTER TABLE t ADD CONSTRAINT d FOREIGN KEY (d) REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED;

    -- may-fail: rows of `t` break `r`
    ALTER TABLE t ADD CONSTRAINT r FOREIGN KEY (r) REFERENCES p (id) ON DELETE CASCADE;
    --- down
    ALTER TABLE t RENAME CONSTRAINT "Case" TO "case";

    ALTER TABLE t DROP CONSTRAINT d;

    ALTER TABLE t DROP CONSTRAINT r;

    ALTER TABLE t DROP CONSTRAINT named;

    ALTER TABLE t DROP CONSTRAINT was_index;

    -- may-fail: rows of `t` break `named`
    ALTER TABLE t ADD CONSTRAINT named UNIQUE (a, b);

    -- may-fail: rows of `t` break `FkE`
    ALTER TABLE t ADD CONSTRAINT "FkE" FOREIGN KEY (e) REFERENCES p (id);

    -- may-fail: rows of `t` break `d`
    ALTER TABLE t ADD CONSTRAINT d FOREIGN KEY (d) REFERENCES p (id);

    -- may-fail: rows of `t` break `r`
    ALTER TABLE t ADD CONSTRAINT r FOREIGN KEY (r) REFERENCES p (id) ON DELETE RESTRICT;

    -- may-fail: rows of `t` are not unique
    CREATE UNIQUE INDEX was_index ON t (c);
    "#);
}

#[test]
fn a_new_table_has_its_keys_inside_and_its_indexes_beside() {
    let schema = "CREATE TABLE t (a int UNIQUE, b int, CONSTRAINT ab UNIQUE (a, b));\nCREATE INDEX i ON t (b);\n";
    let project = package_of_sql(&format!("CREATE TABLE stays (id int);\n{schema}"));
    with_first(&project, "CREATE TABLE stays (id int);\n");
    insta::assert_snapshot!(generated(&project, &[]), @"
    CREATE TABLE t (
        a integer UNIQUE,
        b integer,
        CONSTRAINT ab UNIQUE (a, b)
    );

    CREATE INDEX i ON t (b);
    --- down
    -- data-loss: all rows of `t`
    DROP TABLE t;
    ");
}

/// Each filter over each kind of change: a table, a column, an index, a unique constraint, a foreign
/// key and a check come, go and change.
#[test]
fn what_is_left_out_neither_comes_nor_goes_nor_changes() {
    let side = |columns: &str, more: &str| {
        format!(
            "CREATE TABLE p (id int PRIMARY KEY);\nCREATE TABLE t (id int, a int, b int{columns});\n{more}"
        )
    };
    let from = side(
        ", x_old int, x_type int, CONSTRAINT x_u_old UNIQUE (a), CONSTRAINT x_u UNIQUE (b), \
         CONSTRAINT x_c_old CHECK (a > 0), CONSTRAINT x_c CHECK (b > 0), \
         CONSTRAINT x_f_old FOREIGN KEY (a) REFERENCES p, CONSTRAINT x_f FOREIGN KEY (b) REFERENCES p",
        "CREATE INDEX x_i_old ON t (a);\nCREATE INDEX x_i ON t (b);\nCREATE TABLE x_t_old (id int);\nCREATE TABLE x_t (id int);\n",
    );
    let to = side(
        ", x_new int, x_type text, CONSTRAINT x_u_new UNIQUE (id), CONSTRAINT x_u UNIQUE (b, a), \
         CONSTRAINT x_c_new CHECK (id > 0), CONSTRAINT x_c CHECK (b > 1), \
         CONSTRAINT x_f_new FOREIGN KEY (id) REFERENCES p, CONSTRAINT x_f FOREIGN KEY (b) REFERENCES p ON DELETE CASCADE",
        "CREATE INDEX x_i_new ON t (id);\nCREATE INDEX x_i ON t (b DESC);\nCREATE TABLE x_t_new (id int UNIQUE);\nCREATE TABLE x_t (id int UNIQUE);\n",
    );
    let project = package_of_sql(&to);
    with_first(&project, &from);
    let all = project.cargo_migrate(&["diff", "migrations", "models", "--no-renames"]);
    all.expect_success();
    assert!(all.stderr.matches("x_").count() >= 18, "{all}");
    let kinds = ["table:x_*", "column:x_*", "index:x_*", "constraint:x_*"];
    for (at, kind) in kinds.iter().enumerate() {
        let hidden = project.cargo_migrate(&[
            "diff",
            "migrations",
            "models",
            "--no-renames",
            "--exclude",
            kind,
        ]);
        hidden.expect_success();
        let names = [
            &["`x_t_old`", "`x_t_new`"][..],
            &["`t.x_old`", "`t.x_new`", "`t.x_type`"],
            &["`t.x_i`", "`t.x_i_old`", "`t.x_i_new`"],
            &[
                "`t.x_u`",
                "`t.x_c`",
                "`t.x_f`",
                "`t.x_u_old`",
                "`t.x_f_new`",
            ],
        ];
        for (other, names) in names.iter().enumerate() {
            for name in *names {
                let said = hidden.stderr.contains(name);
                assert_eq!(said, other != at, "{kind}: {name}\n{hidden}");
            }
        }
    }
    let mut arguments = vec!["new", "nothing", "--autogenerate"];
    arguments.extend(kinds.iter().flat_map(|kind| ["--exclude", kind]));
    let nothing = project.cargo_migrate(&arguments);
    assert!(nothing.stderr.contains("no difference"), "{nothing}");
    let only = project.cargo_migrate(&[
        "diff",
        "migrations",
        "models",
        "--no-renames",
        "--include",
        "x_t*",
    ]);
    insta::assert_snapshot!(only.stderr, @"
    detected: create-table `x_t_new`
    detected: alter-column `t.x_type`
      hazard: lock: ACCESS EXCLUSIVE on `t`
      hazard: rewrite: writes `t` anew
    detected: add-constraint `x_t.x_t_id_key`
      hazard: lock: ACCESS EXCLUSIVE on `x_t`
      hazard: may-fail: rows of `x_t` break `x_t_id_key`
    detected: drop-table `x_t_old`
      hazard: data-loss: all rows of `x_t_old`
    warning: table `x_t_old` is dropped, but may have become `x_t_new`
    hint: pass `--rename x_t_old=x_t_new` if it became that
    ");
}

#[test]
fn a_key_to_a_table_that_is_left_out_stays() {
    let project = package_of_sql(
        "CREATE TABLE away (id int PRIMARY KEY, more int);\nCREATE TABLE t (a int REFERENCES away, b int);\n",
    );
    with_first(
        &project,
        "CREATE TABLE away (id int PRIMARY KEY);\nCREATE TABLE t (a int REFERENCES away);\n",
    );
    let text = generated(&project, &["--exclude", "away"]);
    insta::assert_snapshot!(text, @"
    ALTER TABLE t ADD COLUMN b integer;
    --- down
    -- data-loss: all values of `t.b`
    ALTER TABLE t DROP COLUMN b;
    ");
}

#[test]
fn generated_and_identity_columns_and_comments_are_seen() {
    let project = package_of_sql(
        "CREATE TABLE t (a int, g int GENERATED ALWAYS AS (a * 3) STORED, i int GENERATED BY DEFAULT AS IDENTITY, \
         j int NOT NULL, k int GENERATED ALWAYS AS IDENTITY, c int);
         COMMENT ON TABLE t IS ''; COMMENT ON COLUMN t.a IS 'New.'; COMMENT ON COLUMN t.c IS 'Other.';\n",
    );
    with_first(
        &project,
        "CREATE TABLE t (a int, g int GENERATED ALWAYS AS (a * 2) STORED, i int GENERATED ALWAYS AS IDENTITY, \
         j int GENERATED ALWAYS AS IDENTITY, k int NOT NULL, c int);
         COMMENT ON TABLE t IS NULL; COMMENT ON COLUMN t.c IS 'One.'; COMMENT ON COLUMN t.g IS 'Old.';\n",
    );
    insta::assert_snapshot!(generated(&project, &[]), @"
    ALTER TABLE t DROP COLUMN g;

    ALTER TABLE t ALTER COLUMN j DROP IDENTITY;

    ALTER TABLE t ALTER COLUMN k ADD GENERATED ALWAYS AS IDENTITY;

    ALTER TABLE t ALTER COLUMN i SET GENERATED BY DEFAULT;

    -- rewrite: writes `t` anew
    ALTER TABLE t ADD COLUMN g integer GENERATED ALWAYS AS (a * 3) STORED;

    SELECT setval(pg_get_serial_sequence('t', 'k'), max(k)) FROM t HAVING max(k) IS NOT NULL;

    COMMENT ON COLUMN t.a IS 'New.';

    COMMENT ON COLUMN t.c IS 'Other.';
    --- down
    ALTER TABLE t DROP COLUMN g;

    ALTER TABLE t ALTER COLUMN k DROP IDENTITY;

    ALTER TABLE t ALTER COLUMN j ADD GENERATED ALWAYS AS IDENTITY;

    ALTER TABLE t ALTER COLUMN i SET GENERATED ALWAYS;

    -- rewrite: writes `t` anew
    ALTER TABLE t ADD COLUMN g integer GENERATED ALWAYS AS (a * 2) STORED;

    SELECT setval(pg_get_serial_sequence('t', 'j'), max(j)) FROM t HAVING max(j) IS NOT NULL;

    COMMENT ON COLUMN t.a IS NULL;

    COMMENT ON COLUMN t.c IS 'One.';

    COMMENT ON COLUMN t.g IS 'Old.';
    ");
}

/// There is no hook that rewrites operations: the files are plain SQL, and a command of `post-write`
/// may change them.
#[test]
fn a_command_may_rewrite_what_was_generated() {
    let project = package(&users("name: Option<String>,\nphone: Option<String>,\n"));
    with_first(&project, USERS);
    let manifest = project.read("Cargo.toml");
    let hook = "post-write = [\"sh rewrite.sh\"]\nmodels =";
    project.write(
        "rewrite.sh",
        "sed -i 's/ADD COLUMN/ADD COLUMN IF NOT EXISTS/' \"$1\"\n",
    );
    project.write("Cargo.toml", manifest.replace("models =", hook));
    let text = generated(&project, &[]);
    assert!(text.contains("ADD COLUMN IF NOT EXISTS phone"), "{text}");
}

#[test]
fn what_no_statement_changes_is_told_of_the_direction_that_leaves_it() {
    let base = "CREATE TABLE base (id int, note text);\n";
    let inherits = format!("{base}CREATE TABLE child () INHERITS (base);\n");
    let told = |schema: &str| {
        let project = package_of_sql(&format!("{base}{schema}"));
        with_first(&project, &inherits);
        let arguments = ["new", "change", "--autogenerate", "--rev-id", "2"];
        project.cargo_migrate(&arguments).stderr
    };
    // Up leaves it, so down finds it as it was.
    insta::assert_snapshot!(told("CREATE TABLE child (note text DEFAULT 'c') INHERITS (base);\n"), @"
    detected: create-default `child.note`
    note: column `child.note` stays: its table inherits it, and can't begin to declare it too
    created revision 2
    note: up and down were tried in a scratch database; read them before you apply them
    ");
    // What a child leaves its parent with is its own, and so it is when it is back.
    insta::assert_snapshot!(told("CREATE TABLE child (id int, note text);\n"), @"
    detected: alter-table `child`
    warning: after the down script this still differs: column `child.id` (its table declares it, and can't begin to only inherit it)
    warning: after the down script this still differs: column `child.note` (its table declares it, and can't begin to only inherit it)
    created revision 2
    note: up and down were tried in a scratch database; read them before you apply them
    ");
}
