//! `lint --trace`: the locks that statements really take, on a scratch database.

use migrate_tests::harness::{Database, Output, Project, server, skipped};
use serde_json::{Value, json};

const BASE: &str = "\
CREATE TABLE users (id bigint PRIMARY KEY, email varchar(80), age int);
CREATE INDEX users_email ON users (email);
CREATE TABLE posts (id bigint PRIMARY KEY, author bigint);
";

/// A project whose first revision makes `users` and `posts`, with `script` as its second.
fn project(script: &str) -> Project {
    let project = Project::new().with("MIGRATE_SCRATCH_URL", server().url("postgres"));
    project.write("migrations/1_base.sql", BASE);
    project.write("migrations/2_change.sql", script);
    project
}

fn run(project: &Project, arguments: &[&str]) -> Output {
    let mut all = vec!["lint", "--trace", "--dir", "migrations"];
    all.extend(arguments);
    project.cargo_migrate(&all)
}

/// What the trace of the second revision says in JSON.
#[track_caller]
fn traced(script: &str) -> Value {
    let output = run(&project(script), &["change", "--format", "json"]);
    assert!(matches!(output.status, Some(0 | 3)), "{output}");
    let trace = output.json()["trace"].take();
    assert_eq!(trace.as_array().map(Vec::len), Some(1), "{trace}");
    trace[0].clone()
}

/// The locks of a statement: `ACCESS EXCLUSIVE table users`.
fn locks(statement: &Value) -> Vec<String> {
    let text = |lock: &Value| {
        let part = |key: &str| lock[key].as_str().unwrap_or("?").to_owned();
        [part("mode"), part("kind"), part("name")].join(" ")
    };
    let locks = statement["locks"].as_array().expect("a list");
    locks.iter().map(text).collect()
}

/// The relations that a statement wrote anew: `table users`.
fn rewrites(statement: &Value) -> Vec<String> {
    let text = |relation: &Value| {
        let part = |key: &str| relation[key].as_str().unwrap_or("?").to_owned();
        [part("kind"), part("name")].join(" ")
    };
    let rewrites = statement["rewrites"].as_array().expect("a list");
    rewrites.iter().map(text).collect()
}

/// What a statement read from end to end: `table users, SHARE on table users`.
fn reads(statement: &Value) -> Vec<String> {
    let text = |read: &Value| {
        let part = |of: &Value, key: &str| of[key].as_str().unwrap_or("?").to_owned();
        let (kind, name, under) = (part(read, "kind"), part(read, "name"), &read["under"]);
        let (mode, on) = (part(under, "mode"), part(under, "kind"));
        format!("{kind} {name}, {mode} on {on} {}", part(under, "name"))
    };
    let reads = statement["reads"].as_array().expect("a list");
    reads.iter().map(text).collect()
}

/// What each statement of the second revision read from end to end.
#[track_caller]
fn all_reads(script: &str) -> Vec<Vec<String>> {
    let trace = traced(script);
    let statements = trace["statements"].as_array().expect("a list");
    statements.iter().map(reads).collect()
}

/// Times differ from run to run.
fn without_times(text: &str) -> String {
    let mut words: Vec<&str> = text.split(' ').collect();
    for at in 1..words.len() {
        if words[at].starts_with("ms") {
            assert!(words[at - 1].parse::<f64>().is_ok(), "{text}");
            words[at - 1] = "N";
        }
    }
    words.join(" ")
}

#[test]
fn a_person_reads_who_waits_for_what() {
    let script = "-- migrate: allow=rewrite,incompatible\n\
                  ALTER TABLE users ALTER COLUMN age TYPE bigint;\n\
                  UPDATE users SET age = 1 WHERE age = 2;\n\
                  CREATE TABLE notes (id bigint);\n";
    let output = run(&project(script), &["change"]);
    insta::assert_snapshot!(without_times(&output.stdout), @r"
    error: the lock of the schema change is held until these rows have changed [rows-beside-schema]
      --> migrations/2_change.sql:3:1
       |
     3 | UPDATE users SET age = 1 WHERE age = 2;
       | ^^^^^^^^^^^^
    hint: write `-- migrate: batch` above it, in a revision of its own
    2 change: 3 statements in one transaction, N ms
      migrations/2_change.sql:2:1: ALTER TABLE users ALTER COLUMN age TYPE bigint
        ACCESS EXCLUSIVE on table `users` for N ms, over 2 later statements: blocks reads, writes and schema changes
        rewrites table `users`, index `users_email` and index `users_pkey`
      migrations/2_change.sql:3:1: UPDATE users SET age = 1 WHERE age = 2
        reads all of table `users` while it holds ACCESS EXCLUSIVE on it
      1 other statement takes no further lock
    ");
    assert!(
        output
            .stderr
            .contains("note: the times are those of a scratch database"),
        "{output}"
    );
}

#[test]
fn a_change_of_type_that_rewrites_names_the_table_and_its_indexes() {
    let trace = traced("ALTER TABLE users ALTER COLUMN id TYPE int;");
    let statement = &trace["statements"][0];
    assert_eq!(locks(statement), ["ACCESS EXCLUSIVE table users"]);
    assert_eq!(
        rewrites(statement),
        ["table users", "index users_email", "index users_pkey"]
    );
}

#[test]
fn a_change_that_leaves_the_rows_alone_rewrites_nothing() {
    for script in [
        "ALTER TABLE users ADD COLUMN name text DEFAULT 'x';",
        // The index is made anew in the catalog, over the same file.
        "ALTER TABLE users ALTER COLUMN email TYPE varchar(100);",
    ] {
        let trace = traced(script);
        let statement = &trace["statements"][0];
        assert_eq!(
            locks(statement),
            ["ACCESS EXCLUSIVE table users"],
            "{script}"
        );
        assert_eq!(rewrites(statement), [""; 0], "{script}");
    }
}

#[test]
fn a_default_that_differs_from_row_to_row_rewrites_the_table() {
    let trace = traced("ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid();");
    assert!(
        rewrites(&trace["statements"][0]).contains(&"table users".to_owned()),
        "{trace}"
    );
}

#[test]
fn an_index_blocks_writes_and_one_that_is_built_concurrently_does_not() {
    let trace = traced("CREATE INDEX users_age ON users (age);");
    assert_eq!(locks(&trace["statements"][0]), ["SHARE table users"]);
    assert_eq!(
        trace["statements"][0]["locks"][0]["blocks"],
        json!(["writes", "schema-changes"])
    );

    let trace = traced("CREATE INDEX CONCURRENTLY users_age ON users (age);");
    assert_eq!(trace["transaction"], "none");
    assert_eq!(
        locks(&trace["statements"][0]),
        ["SHARE UPDATE EXCLUSIVE table users"]
    );
    assert_eq!(
        trace["statements"][0]["locks"][0]["blocks"],
        json!(["schema-changes"])
    );
}

#[test]
fn what_runs_outside_of_a_transaction_is_stopped_and_looked_at() {
    for (statement, expected) in [
        (
            "DROP INDEX CONCURRENTLY users_email",
            "SHARE UPDATE EXCLUSIVE table users",
        ),
        (
            "REINDEX TABLE CONCURRENTLY users",
            "SHARE UPDATE EXCLUSIVE table users",
        ),
        ("VACUUM users", "SHARE UPDATE EXCLUSIVE table users"),
        ("VACUUM FULL users", "ACCESS EXCLUSIVE table users"),
    ] {
        let trace = traced(&format!("-- migrate: transaction=none\n{statement};"));
        let locks = locks(&trace["statements"][0]);
        assert!(
            locks.contains(&expected.to_owned()),
            "{statement}: {locks:?}"
        );
    }
}

#[test]
fn the_lock_that_is_taken_at_the_end_is_seen_too() {
    if server().major() < 14 {
        return skipped("DETACH PARTITION … CONCURRENTLY needs PostgreSQL 14");
    }
    let project = project(
        "CREATE TABLE days (day int) PARTITION BY RANGE (day);\n\
         CREATE TABLE days_1 PARTITION OF days FOR VALUES FROM (1) TO (2);",
    );
    project.write(
        "migrations/3_detach.sql",
        "ALTER TABLE days DETACH PARTITION days_1 CONCURRENTLY;",
    );
    let output = run(&project, &["detach", "--format", "json"]);
    assert_eq!(
        locks(&output.json()["trace"][0]["statements"][0]),
        [
            "ACCESS EXCLUSIVE table days_1",
            "SHARE UPDATE EXCLUSIVE table days"
        ]
    );
}

#[test]
fn going_back_to_a_savepoint_releases_what_was_locked_behind_it() {
    let trace = traced(
        "SELECT FROM users;\n\
         SAVEPOINT a;\n\
         ALTER TABLE users ALTER COLUMN age TYPE bigint;\n\
         ROLLBACK TO a;\n\
         SELECT 1;\n\
         ALTER TABLE users ADD COLUMN a int;",
    );
    let statements = &trace["statements"];
    assert_eq!(locks(&statements[0]), ["ACCESS SHARE table users"]);
    assert_eq!(statements[0]["locks"][0]["later_statements"], 5);
    let released = &statements[2]["locks"][0];
    assert_eq!(released["later_statements"], 1);
    let time = |value: &Value| value.as_f64().expect("a number");
    let both = time(&statements[2]["duration_ms"]) + time(&statements[3]["duration_ms"]);
    assert!((time(&released["held_ms"]) - both).abs() < 0.01, "{trace}");
    assert_eq!(rewrites(&statements[3]), [""; 0]);
    assert_eq!(locks(&statements[5]), ["ACCESS EXCLUSIVE table users"]);
    assert_eq!(rewrites(&statements[5]), [""; 0]);
}

#[test]
fn a_foreign_key_locks_both_tables() {
    let trace = traced("ALTER TABLE posts ADD FOREIGN KEY (author) REFERENCES users (id);");
    assert_eq!(
        locks(&trace["statements"][0]),
        [
            "SHARE ROW EXCLUSIVE table posts",
            "SHARE ROW EXCLUSIVE table users"
        ]
    );
}

#[test]
fn validating_a_constraint_lets_everybody_work() {
    let project = project(
        "ALTER TABLE posts ADD CONSTRAINT author FOREIGN KEY (author) REFERENCES users (id) NOT VALID;",
    );
    project.write(
        "migrations/3_validate.sql",
        "ALTER TABLE posts VALIDATE CONSTRAINT author;",
    );
    let output = run(&project, &["validate", "--format", "json"]);
    output.expect_success();
    let statement = &output.json()["trace"][0]["statements"][0];
    assert_eq!(
        locks(statement),
        [
            "SHARE UPDATE EXCLUSIVE table posts",
            "ROW SHARE table users"
        ]
    );
}

#[test]
fn what_a_block_or_a_function_locks_is_seen() {
    let trace = traced(
        "CREATE FUNCTION widen() RETURNS void LANGUAGE plpgsql AS\n\
         $$ BEGIN EXECUTE 'ALTER TABLE posts ADD b int'; END $$;\n\
         DO $$ BEGIN EXECUTE 'ALTER TABLE users ALTER COLUMN age TYPE bigint'; END $$;\n\
         SELECT widen();",
    );
    assert_eq!(locks(&trace["statements"][0]), [""; 0]);
    assert_eq!(
        locks(&trace["statements"][1]),
        ["ACCESS EXCLUSIVE table users"]
    );
    assert!(rewrites(&trace["statements"][1]).contains(&"table users".to_owned()));
    assert_eq!(
        locks(&trace["statements"][2]),
        ["ACCESS EXCLUSIVE table posts"]
    );
}

#[test]
fn a_lock_is_told_once_and_is_held_to_the_end_of_the_transaction() {
    let trace = traced(
        "ALTER TABLE users ADD COLUMN a int;\n\
         ALTER TABLE users ADD COLUMN b int;\n\
         SELECT pg_sleep(0.05);",
    );
    let held = trace["statements"][0]["locks"][0]["held_ms"].as_f64();
    assert!(held.expect("a number") >= 50.0, "{trace}");
    assert_eq!(trace["statements"][0]["locks"][0]["later_statements"], 2);
    assert_eq!(locks(&trace["statements"][1]), [""; 0]);
    assert_eq!(
        (
            &trace["statements"][2]["line"],
            &trace["statements"][2]["column"]
        ),
        (&json!(3), &json!(1))
    );
}

#[test]
fn without_a_transaction_a_lock_ends_with_its_statement() {
    let trace = traced(
        "-- migrate: transaction=none\n\
         ALTER TABLE users ADD COLUMN a int;\n\
         ALTER TABLE users ADD COLUMN b int;\n\
         SELECT pg_sleep(0.05);",
    );
    for index in [0, 1] {
        let statement = &trace["statements"][index];
        assert_eq!(locks(statement), ["ACCESS EXCLUSIVE table users"]);
        assert_eq!(statement["locks"][0]["held_ms"], statement["duration_ms"]);
    }
}

#[test]
fn a_lock_that_grows_stronger_is_told_again() {
    let trace = traced("SELECT FROM users;\nALTER TABLE users ADD a int;");
    assert_eq!(locks(&trace["statements"][0]), ["ACCESS SHARE table users"]);
    assert_eq!(
        locks(&trace["statements"][1]),
        ["ACCESS EXCLUSIVE table users"]
    );
}

#[test]
fn what_the_revision_makes_itself_is_nobodys() {
    let trace = traced(
        "CREATE TABLE notes (id bigint);\n\
         ALTER TABLE notes ALTER COLUMN id TYPE int;\n\
         DROP INDEX users_email;\n\
         CREATE INDEX users_email ON users (email);",
    );
    assert_eq!(locks(&trace["statements"][1]), [""; 0]);
    assert_eq!(rewrites(&trace["statements"][1]), [""; 0]);
    assert_eq!(rewrites(&trace["statements"][3]), [""; 0]);
}

#[test]
fn an_index_is_named_where_its_lock_is_the_stronger_one() {
    let trace = traced("REINDEX INDEX users_email;");
    assert_eq!(
        locks(&trace["statements"][0]),
        ["ACCESS EXCLUSIVE index users_email", "SHARE table users"]
    );
    assert_eq!(rewrites(&trace["statements"][0]), ["index users_email"]);
}

#[test]
fn truncate_rewrites_nothing() {
    let trace = traced("TRUNCATE users;");
    assert_eq!(
        locks(&trace["statements"][0]),
        ["ACCESS EXCLUSIVE table users"]
    );
    assert_eq!(rewrites(&trace["statements"][0]), [""; 0]);
}

#[test]
fn a_full_read_is_told_with_the_lock_that_is_held_meanwhile() {
    for (script, read) in [
        (
            "ALTER TABLE users ADD CONSTRAINT adult CHECK (age > 17);",
            "table users, ACCESS EXCLUSIVE on table users",
        ),
        (
            "ALTER TABLE users ALTER COLUMN age SET NOT NULL;",
            "table users, ACCESS EXCLUSIVE on table users",
        ),
        (
            "ALTER TABLE users ADD UNIQUE (email);",
            "table users, ACCESS EXCLUSIVE on table users",
        ),
        (
            "CREATE INDEX users_age ON users (age);",
            "table users, SHARE on table users",
        ),
        (
            "REINDEX INDEX users_email;",
            "table users, ACCESS EXCLUSIVE on index users_email",
        ),
        (
            "ALTER TABLE posts ADD FOREIGN KEY (author) REFERENCES users;",
            "table posts, SHARE ROW EXCLUSIVE on table posts",
        ),
        (
            // The rows stay as they are, and are checked anew.
            "ALTER TABLE users ADD CHECK (email <> '');\
             ALTER TABLE users ALTER COLUMN email TYPE varchar(100);",
            "table users, ACCESS EXCLUSIVE on table users",
        ),
        (
            "DO $$ BEGIN EXECUTE 'ALTER TABLE users ALTER age SET NOT NULL'; END $$;",
            "table users, ACCESS EXCLUSIVE on table users",
        ),
        // What is read need not be what is locked.
        (
            "ALTER TABLE users ADD COLUMN posts bigint;\
             DELETE FROM posts WHERE author > 5;",
            "table posts, ACCESS EXCLUSIVE on table users",
        ),
    ] {
        let reads = all_reads(script);
        assert_eq!(reads.last(), Some(&vec![read.to_owned()]), "{script}");
    }
}

#[test]
fn validating_reads_the_table_in_nobodys_way_and_spares_the_read_of_set_not_null() {
    let script = "ALTER TABLE users ADD CONSTRAINT aged CHECK (age IS NOT NULL) NOT VALID;\n\
                  ALTER TABLE users VALIDATE CONSTRAINT aged;\n\
                  ALTER TABLE users ALTER COLUMN age SET NOT NULL;\n";
    let none = format!("-- migrate: transaction=none\n{script}");
    let validated = "table users, SHARE UPDATE EXCLUSIVE on table users".to_owned();
    assert_eq!(all_reads(&none), [vec![], vec![validated], vec![]]);
    // In the transaction that added it, its lock is still held.
    let validated = "table users, ACCESS EXCLUSIVE on table users".to_owned();
    assert_eq!(all_reads(script), [vec![], vec![validated], vec![]]);
}

#[test]
fn what_reads_no_whole_table_or_writes_it_anew_is_told_to_read_none() {
    for script in [
        "ALTER TABLE users ADD COLUMN name text DEFAULT 'x';",
        "ALTER TABLE users ADD CONSTRAINT adult CHECK (age > 17) NOT VALID;",
        // It is written anew, which is told.
        "ALTER TABLE users ALTER COLUMN age TYPE bigint;",
        // An empty file, and its indexes over it.
        "INSERT INTO users VALUES (1); TRUNCATE users;",
        // Nobody waits who only reads or writes.
        "UPDATE users SET age = 1;",
        "INSERT INTO posts SELECT id, 1 FROM users;",
        // Nobody's rows.
        "CREATE TABLE notes (id int); ALTER TABLE notes ADD CHECK (id > 0);",
        // An index is at hand, which the few rows of a scratch database do without.
        "INSERT INTO users SELECT n, 'a' || n FROM generate_series(1, 5) AS n;\
         REINDEX TABLE users; ANALYZE users;\
         ALTER TABLE posts ADD COLUMN x int;\
         UPDATE users SET age = 1 WHERE email = 'a3';",
    ] {
        let reads = all_reads(script);
        assert_eq!(reads.last(), Some(&vec![]), "{script}");
    }
}

#[test]
fn a_read_belongs_to_its_statement() {
    let script = "UPDATE users SET age = 1;\n\
                  LOCK TABLE users;\n\
                  UPDATE users SET age = 1;\n\
                  ALTER TABLE users ADD COLUMN name text;\n";
    let read = "table users, ACCESS EXCLUSIVE on table users".to_owned();
    assert_eq!(all_reads(script), [vec![], vec![], vec![read], vec![]]);
}

#[test]
fn each_partition_is_read_under_its_own_lock() {
    let base = "CREATE TABLE days (day int NOT NULL) PARTITION BY RANGE (day);\n\
                CREATE TABLE days_1 PARTITION OF days FOR VALUES FROM (0) TO (10);\n\
                CREATE TABLE days_rest PARTITION OF days DEFAULT;\n";
    let project = project("CREATE INDEX ON days (day);");
    project.write("migrations/1_base.sql", base);
    let told = run(&project, &["change"]);
    let lines = told.stdout.lines();
    let told: Vec<_> = lines.filter(|line| line.contains("reads all")).collect();
    assert_eq!(
        told,
        [
            "    reads all of table `days_1` while it holds SHARE on it",
            "    reads all of table `days_rest` while it holds SHARE on it",
        ]
    );
}

#[test]
fn a_transaction_may_choose_its_isolation() {
    let trace = traced(
        "SET LOCAL work_mem = '1MB';\n\
         SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;\n\
         UPDATE users SET age = 1 WHERE id = 1;",
    );
    assert_eq!(
        locks(&trace["statements"][2]),
        ["ROW EXCLUSIVE table users"]
    );
}

#[test]
fn the_pending_revisions_run_on_what_is_applied() {
    let database = Database::fresh();
    let project = project("ALTER TABLE users ADD a int;");
    let project = project.with("DATABASE_URL", database.url());
    project.write(
        "migrations/R__grown.sql",
        "CREATE OR REPLACE VIEW grown AS SELECT id FROM users;",
    );
    project
        .cargo_migrate(&["up", "--dir", "migrations"])
        .expect_success();
    run(&project, &["--format", "json"]).expect_success();

    project.write("migrations/3_view.sql", "DROP VIEW grown;");
    let output = run(&project, &["--format", "json"]);
    let trace = &output.json()["trace"];
    assert_eq!(trace[0]["revision"], "3");
    assert_eq!(
        locks(&trace[0]["statements"][0]),
        ["ACCESS EXCLUSIVE view grown"]
    );

    // A changed script stands for what it built before it was changed.
    project.write(
        "migrations/R__grown.sql",
        "CREATE OR REPLACE VIEW grown AS SELECT id, a FROM users;",
    );
    let output = run(&project, &["--format", "json"]);
    let trace = &output.json()["trace"];
    assert_eq!(
        locks(&trace[0]["statements"][0]),
        ["ACCESS EXCLUSIVE view grown"]
    );
    assert_eq!(trace[1]["revision"], "R__grown");

    let columns = database.client().query(
        "SELECT FROM information_schema.columns WHERE table_name = 'grown'",
        &[],
    );
    assert_eq!(
        columns.expect("it is there").len(),
        1,
        "nothing ran in the database itself"
    );
}

#[test]
fn what_an_applied_revision_without_a_file_made_is_told_to_be_missing() {
    let database = Database::fresh();
    let project = project("CREATE TABLE lost (id int);").with("DATABASE_URL", database.url());
    let up = ["up", "--dir", "migrations"];
    project.cargo_migrate(&up).expect_success();
    fs_err::remove_file(project.path().join("migrations/2_change.sql")).expect("removed");
    project.write(
        "migrations/3_more.sql",
        "-- migrate: revises=1\nALTER TABLE users ADD a int;",
    );
    let output = run(&project, &[]);
    output.expect_success();
    let warning = "warning: revision `2` is applied and has no file; \
                   the scratch database lacks what it made";
    assert!(output.stderr.contains(warning), "{output}");
    assert!(
        output.stdout.contains("ACCESS EXCLUSIVE on table `users`"),
        "{output}"
    );
}

#[test]
fn a_due_repeatable_script_is_traced_after_the_revisions() {
    let database = Database::fresh();
    let project = project("ALTER TABLE users ADD a int;").with("DATABASE_URL", database.url());
    project.write(
        "migrations/R__grown.sql",
        "UPDATE users SET a = 1 WHERE a = 2;",
    );
    let output = run(&project, &["--format", "json"]);
    let trace = &output.json()["trace"];
    let ids = [
        &trace[0]["revision"],
        &trace[1]["revision"],
        &trace[2]["revision"],
    ];
    assert_eq!(ids, ["1", "2", "R__grown"]);
    assert_eq!(
        locks(&trace[2]["statements"][0]),
        ["ROW EXCLUSIVE table users"]
    );
}

#[test]
fn code_is_told_to_be_untraced() {
    let script = "-- migrate: code\nALTER TABLE users ADD a int;";
    let trace = traced(script);
    assert_eq!(trace["code"], true);
    assert_eq!(
        locks(&trace["statements"][0]),
        ["ACCESS EXCLUSIVE table users"]
    );
    let output = run(&project(script), &["change"]);
    assert!(
        output
            .stdout
            .contains("  its code was not run, so what that locks is not known\n"),
        "{output}"
    );
}

#[test]
fn a_revision_that_fails_is_placed_and_what_ran_before_is_told() {
    let project = project("ALTER TABLE users ADD a int;");
    project.write(
        "migrations/3_wrong.sql",
        "SELECT 1;\nALTER TABLE users\n    ADD b timestampz;\n",
    );
    let output = run(&project, &["change", "wrong"]);
    assert!(
        output.stdout.contains("ACCESS EXCLUSIVE on table `users`"),
        "{output}"
    );
    output.expect_failure(4);
    insta::assert_snapshot!(output.stderr, @r#"
    2 revisions: 0 errors, 0 warnings, 0 accepted
    note: the times are those of a scratch database, which holds only the rows that revisions insert
    error: revision `3` does not run in a scratch database
      --> migrations/3_wrong.sql:3:11
       |
     3 |     ADD b timestampz;
       |           ^^^^^^^^^^ type "timestampz" does not exist [42704]
    note: nothing but the scratch database was touched
    "#);

    let output = run(&project, &["change", "wrong", "--format", "json"]);
    output.expect_failure(4);
    assert_eq!(output.json()["ok"], false);
    assert_eq!(output.json()["trace"].as_array().map(Vec::len), Some(1));
    let error: Value =
        serde_json::from_str(output.stderr.lines().last().unwrap_or("")).expect("JSON");
    assert_eq!(error["error"]["code"], 4);
    assert_eq!(error["error"]["line"], 3);
    assert_eq!(error["error"]["revision"], "3");
    assert_eq!(error["error"]["sqlstate"], "42704");
}

#[test]
fn a_revision_that_fails_without_a_transaction_or_at_its_commit_is_placed_too() {
    for script in [
        "-- migrate: transaction=none\nVACUUM nowhere;",
        "-- migrate: transaction=none\nSELECT nothing;",
        "CREATE TABLE a (b int UNIQUE DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO a VALUES (1), (1);",
    ] {
        let output = run(&project(script), &["change"]);
        let said = output.expect_failure(4);
        assert!(said.contains("migrations/2_change.sql:"), "{output}");
    }
}

#[test]
fn a_block_that_commits_runs_without_a_transaction() {
    let trace = traced(
        "-- migrate: transaction=none\n\
         DO $$ BEGIN LOCK TABLE users IN SHARE MODE; COMMIT; UPDATE posts SET author = 1; END $$;",
    );
    assert!(
        locks(&trace["statements"][0]).contains(&"SHARE table users".to_owned()),
        "{trace}"
    );
}

#[test]
fn the_shape_of_the_answer() {
    let mut trace = traced("ALTER TABLE users ALTER COLUMN age TYPE bigint;");
    for pointer in [
        "/duration_ms",
        "/statements/0/duration_ms",
        "/statements/0/locks/0/held_ms",
    ] {
        let time = trace.pointer_mut(pointer).expect("it is there");
        assert!(time.as_f64().expect("a number") > 0.0, "{pointer}");
        *time = json!("N");
    }
    assert_eq!(
        trace,
        json!({
            "revision": "2",
            "slug": "change",
            "transaction": "own",
            "code": false,
            "duration_ms": "N",
            "statements": [{
                "file": "migrations/2_change.sql",
                "line": 1,
                "column": 1,
                "sql": "ALTER TABLE users ALTER COLUMN age TYPE bigint",
                "duration_ms": "N",
                "locks": [{
                    "schema": "public",
                    "name": "users",
                    "kind": "table",
                    "mode": "ACCESS EXCLUSIVE",
                    "blocks": ["reads", "writes", "schema-changes"],
                    "held_ms": "N",
                    "later_statements": 0,
                }],
                "rewrites": [
                    { "schema": "public", "name": "users", "kind": "table" },
                    { "schema": "public", "name": "users_email", "kind": "index" },
                    { "schema": "public", "name": "users_pkey", "kind": "index" },
                ],
                "reads": [],
            }],
        })
    );
    let output = run(&project("SELECT 1;"), &["change", "--format", "json"]);
    assert_eq!(output.json()["ok"], true);
    let output = project("SELECT 1;").cargo_migrate(&[
        "lint",
        "change",
        "--dir",
        "migrations",
        "--format",
        "json",
    ]);
    assert_eq!(output.json().get("trace"), None);
}

#[test]
fn what_a_trace_sees_is_a_finding_where_the_project_gives_it_a_level() {
    let hidden = "DO $$ BEGIN EXECUTE 'ALTER TABLE users ALTER COLUMN age TYPE bigint'; END $$;";
    let found = |script: &str| {
        let project = project(script);
        project.write(
            "Cargo.toml",
            "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\
             [package.metadata.migrate.lint]\n\
             trace-lock = \"warning\"\ntrace-rewrite = \"error\"\ndynamic-sql = \"off\"\n",
        );
        project.write("src/lib.rs", "");
        let lint = ["lint", "change", "--trace"];
        (
            project.cargo_migrate(&lint),
            project.cargo_migrate(&[&lint[..], &["--sarif"]].concat()),
        )
    };
    let (told, sarif) = found(hidden);
    told.expect_failure(3);
    let lock = "warning: ACCESS EXCLUSIVE on table `users` blocks reads, writes and schema changes [trace-lock]";
    let rewrite =
        "error: rewrites table `users`, index `users_email` and index `users_pkey` [trace-rewrite]";
    for text in [lock, rewrite] {
        let placed = format!("{text}\n  --> migrations/2_change.sql:1:1\n");
        assert!(told.stdout.contains(&placed), "{told}");
    }
    let results = sarif.json()["runs"][0]["results"].take();
    let levels: Vec<_> = results
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| &one["level"])
        .collect();
    assert_eq!(levels, ["warning", "error"], "told once: {results}");

    let (told, _) = found(&format!("-- migrate: allow=rewrite, trace-lock\n{hidden}"));
    told.expect_success();
    assert!(told.stderr.contains("2 accepted"), "{told}");
    // What an earlier revision of the same run makes is nobody's yet.
    let (told, _) = found("CREATE INDEX users_age ON users (age);");
    assert!(
        told.stdout.contains("warning: SHARE on table `users`"),
        "{told}"
    );
    let all = project("CREATE INDEX users_age ON users (age);");
    all.write(
        "Cargo.toml",
        "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\
                             [package.metadata.migrate.lint]\ntrace-lock = \"error\"\n",
    );
    all.write("src/lib.rs", "");
    all.cargo_migrate(&["lint", "--all", "--trace"])
        .expect_success();
}

#[test]
fn a_full_read_is_a_finding_where_readers_or_writers_wait_for_it() {
    let script = "ALTER TABLE users ADD CONSTRAINT adult CHECK (age > 17) NOT VALID;\n";
    let validate = "ALTER TABLE users VALIDATE CONSTRAINT adult;\n";
    let found = |change: &str| {
        let project = project(script);
        project.write("migrations/3_last.sql", change);
        project.write(
            "Cargo.toml",
            "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\
             [package.metadata.migrate.lint]\ntrace-read = \"error\"\n",
        );
        project.write("src/lib.rs", "");
        project.cargo_migrate(&["lint", "last", "--trace"])
    };
    let told = found("DO $$ BEGIN ALTER TABLE users ALTER COLUMN age SET NOT NULL; END $$;\n");
    told.expect_failure(3);
    let finding = "error: reads all of table `users` while it holds ACCESS EXCLUSIVE on it [trace-read]\n  \
                   --> migrations/3_last.sql:1:1\n";
    assert!(told.stdout.contains(finding), "{told}");
    let told = found(validate);
    told.expect_success();
    let line = "    reads all of table `users` while it holds SHARE UPDATE EXCLUSIVE on it\n";
    assert!(told.stdout.contains(line), "{told}");
    found(&format!(
        "-- migrate: allow=lock\nLOCK TABLE users;\n{validate}"
    ))
    .expect_success();
}

#[test]
fn the_values_of_set_can_be_read() {
    let project = project("SELECT 1 / current_setting('migrate.divisor')::int;");
    let output = run(&project, &["change", "--set", "divisor=1"]);
    output.expect_success();
    run(&project, &["change"]).expect_failure(4);
}

#[test]
fn sarif_has_what_an_application_waits_for_as_notes() {
    let script = "INSERT INTO users VALUES (1);\nALTER TABLE users ALTER COLUMN age TYPE bigint;";
    let output = run(&project(script), &["change", "--sarif"]);
    let run = &output.json()["runs"][0];
    let results = run["results"].as_array().expect("a list");
    let notes: Vec<_> = results
        .iter()
        .filter(|one| one["level"] == "note")
        .collect();
    let told = |one: &&Value| {
        let line = &one["locations"][0]["physicalLocation"]["region"]["startLine"];
        format!("{} {line} {}", one["ruleId"], one["message"]["text"]).replace('"', "")
    };
    assert_eq!(
        notes.iter().map(told).collect::<Vec<_>>(),
        [
            "trace-lock 2 ACCESS EXCLUSIVE on table `users` blocks reads, writes and schema changes",
            "trace-rewrite 2 rewrites table `users`, index `users_email` and index `users_pkey`",
        ]
    );
    let rules = run["tool"]["driver"]["rules"].as_array().expect("a list");
    assert!(rules.iter().any(|rule| rule["id"] == "trace-lock"));
}
