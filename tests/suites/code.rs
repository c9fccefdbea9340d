//! Revisions that are code of the application.

use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use build_support::connect::Settings;
use build_support::{Diagnose, Error, Migrations};
use migrate_tests::harness::{Database, Project, built, embedded};
use postgres::Client;

use crate::engine::{applied, value};

const TABLE: (&str, &str) = (
    "1_users.up.sql",
    "CREATE TABLE users (name text, plan text);",
);
const FILL: (&str, &str) = (
    "2_fill.up.sql",
    "-- Fill the plans.\n-- migrate: code\nINSERT INTO users VALUES ('ada');\n",
);
const LAST: (&str, &str) = ("3_last.up.sql", "ALTER TABLE users ADD COLUMN age int;");

fn run(migrations: Migrations, database: &Database) -> Result<Vec<String>, Error> {
    let report = migrations.run(&mut database.client())?;
    Ok(report.done.iter().map(|done| done.id.to_string()).collect())
}

#[test]
fn code_runs_after_its_files_script_and_is_recorded_once() {
    let database = Database::fresh();
    let migrations = || {
        embedded(&[TABLE, FILL, LAST]).code("2", |tx| {
            let names = tx.rows("SELECT name FROM users")?;
            assert_eq!(names, [[Some("ada".to_owned())]]);
            tx.batch_execute("UPDATE users SET plan = 'free'")?;
            Ok(())
        })
    };
    assert_eq!(run(migrations(), &database).expect("up"), ["1", "2", "3"]);
    assert_eq!(
        value(&database, "SELECT name || plan FROM users"),
        "adafree"
    );
    assert_eq!(applied(&database), ["1", "2", "3"]);
    assert_eq!(run(migrations(), &database).expect("nothing"), [""; 0]);
}

#[test]
fn code_that_fails_keeps_nothing_and_says_what_it_failed_with() {
    let database = Database::fresh();
    let migrations = embedded(&[TABLE, FILL, LAST]).code("2", |tx| {
        tx.batch_execute("UPDATE users SET plan = 'free'")?;
        Err("no such plan".into())
    });
    let error = run(migrations, &database).expect_err("it fails");
    assert_eq!(error.diagnose().exit.code(), 4);
    insta::assert_snapshot!(error.diagnose(), @r"
    error: revision `2` (Fill the plans.) failed
      --> migrations/2_fill.up.sql
       = no such plan
    note: the revision was rolled back; 1 earlier revision was applied, the database is at `1`
    hint: mend the code of the revision, and run it again
    ");
    assert_eq!(value(&database, "SELECT count(*) FROM users"), "0");
    assert_eq!(applied(&database), ["1"]);
}

#[test]
fn an_error_of_the_server_keeps_its_code_however_it_is_wrapped() {
    let database = Database::fresh();
    let migrations = embedded(&[TABLE, FILL]).code("2", |tx| {
        let client: &mut Client = tx.connection()?;
        client.execute("UPDATE users SET plan = $1 WHERE nothing", &[&"free"])?;
        Ok(())
    });
    let error = run(migrations, &database).expect_err("no such column");
    let failure = error.failure().expect("a failure in the database");
    assert!(failure.error.is("42703"), "{failure:?}");
    assert_eq!((failure.place.line, failure.statement), (0, None));
    assert_eq!(applied(&database), ["1"]);
}

#[test]
fn the_drivers_own_connection_takes_parameters() {
    let database = Database::fresh();
    let migrations = embedded(&[TABLE, FILL]).code("2", |tx| {
        assert!(tx.connection::<String>().is_err());
        let client: &mut Client = tx.connection()?;
        client.execute("UPDATE users SET plan = $1", &[&"free"])?;
        Ok(())
    });
    run(migrations, &database).expect("up");
    assert_eq!(value(&database, "SELECT plan FROM users"), "free");
}

#[test]
fn code_that_waits_for_a_lock_is_rolled_back_and_called_again() {
    let database = Database::fresh();
    run(embedded(&[TABLE]), &database).expect("up");
    let mut other = database.client();
    other
        .batch_execute("CREATE TABLE busy ()")
        .and_then(|()| other.batch_execute("BEGIN; LOCK TABLE busy"))
        .expect("a lock");
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&calls);
    let migrations = embedded(&[TABLE, FILL])
        .statement_lock_timeout(Duration::from_millis(200))
        .code("2", move |tx| {
            counter.fetch_add(1, Ordering::SeqCst);
            tx.batch_execute("LOCK TABLE busy")?;
            Ok(())
        });
    let unlocked = thread::spawn(move || {
        thread::sleep(Duration::from_millis(700));
        other.batch_execute("COMMIT")
    });
    run(migrations, &database).expect("the lock is free at last");
    unlocked.join().expect("a thread").expect("unlocked");
    assert!(calls.load(Ordering::SeqCst) > 1);
    assert_eq!(value(&database, "SELECT count(*) FROM users"), "1");
}

#[test]
fn code_can_not_end_its_transaction_unnoticed() {
    let database = Database::fresh();
    let polite = embedded(&[TABLE, FILL]).code("2", |tx| {
        tx.batch_execute("UPDATE users SET plan = 'free'; COMMIT")?;
        Ok(())
    });
    let error = run(polite, &database).expect_err("refused");
    let text = error.diagnose().to_string();
    assert!(
        text.contains("`COMMIT` in the code of a revision"),
        "{text}"
    );
    let sly = embedded(&[TABLE, FILL]).code("2", |tx| {
        tx.connection::<Client>()?.batch_execute("COMMIT; BEGIN")?;
        Ok(())
    });
    let error = run(sly, &database).expect_err("noticed");
    let text = error.diagnose().to_string();
    assert!(
        text.contains("ended the transaction that it ran in"),
        "{text}"
    );
    assert_eq!(applied(&database), ["1"]);
}

#[test]
fn settings_of_code_do_not_reach_the_next_revision_nor_the_caller() {
    let database = Database::fresh();
    let files = [
        TABLE,
        FILL,
        (
            "3_after.up.sql",
            "CREATE TABLE seen AS SELECT current_setting('work_mem') AS a, current_setting('search_path') AS b, \
             COALESCE(current_setting('my.own', true), '') AS c, current_user::text AS d;",
        ),
    ];
    let mut client = database.client();
    client
        .batch_execute("SET search_path = public; SET work_mem = '5MB'; CREATE ROLE coder; GRANT coder TO CURRENT_USER")
        .expect("settings of the caller");
    let migrations = embedded(&files).code("2", |tx| {
        tx.batch_execute(
            "SET work_mem = '9MB'; SET search_path = pg_catalog; SET my.own = 'x'; SET ROLE coder",
        )?;
        Ok(())
    });
    migrations.run(&mut client).expect("up");
    let seen = value(&database, "SELECT concat_ws(' ', a, b, c, d) FROM seen");
    assert!(seen.starts_with("5MB public "), "{seen}");
    assert!(!seen.contains("coder") && !seen.contains('x'), "{seen}");
    let row = client
        .query_one(
            "SELECT current_setting('work_mem'), current_user::text",
            &[],
        )
        .expect("settings");
    assert_eq!(row.get::<_, &str>(0), "5MB");
    assert_ne!(row.get::<_, &str>(1), "coder");
    client.batch_execute("DROP ROLE coder").expect("dropped");
}

#[test]
fn code_for_what_is_no_such_revision_stops_before_anything_runs() {
    let database = Database::fresh();
    let without_file = embedded(&[TABLE]).code("7", |_| Ok(()));
    let error = run(without_file, &database).expect_err("no file");
    insta::assert_snapshot!(error.diagnose(), @r"
    error: the application has code for revision `7`, which has no file
    hint: make the file with `cargo migrate new NAME --template code --rev-id 7`
    ");
    let undeclared = embedded(&[TABLE]).code("1", |_| Ok(()));
    let error = run(undeclared, &database).expect_err("not declared");
    insta::assert_snapshot!(error.diagnose(), @r"
    error: the application has code for revision `1`, whose file does not say so
    hint: write `-- migrate: code` at the head of its up script
    ");
    let forgotten = embedded(&[TABLE, FILL]);
    let error = run(forgotten, &database).expect_err("no code");
    insta::assert_snapshot!(error.diagnose(), @r"
    error: revision `2` is code of the application, which this program does not have
      --> migrations/2_fill.up.sql
    hint: run the application, or its own command: `APP migrate up`
    hint: in the application, give it with `build_support::migrations!().code(ID, |tx| …)`
    ");
    assert_eq!(
        value(
            &database,
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        ),
        "0"
    );
}

fn user(database: &Database) -> Command {
    let mut command = Command::new(built("code-user"));
    command
        .env_clear()
        .env("DATABASE_URL", database.url())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

#[test]
fn sixteen_processes_at_once_run_code_once() {
    let database = Database::fresh();
    let users: Vec<Child> = (0..16)
        .map(|_| user(&database).spawn().expect("it starts"))
        .collect();
    let outputs: Vec<Output> = users
        .into_iter()
        .map(|user| user.wait_with_output().expect("it ends"))
        .collect();
    for output in outputs {
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    assert_eq!(
        value(&database, "SELECT string_agg(name, ' ') FROM users"),
        "ada grace"
    );
    assert_eq!(applied(&database), ["1", "2", "3"]);
}

#[test]
fn the_applications_own_command_runs_code() {
    let database = Database::fresh();
    let output = user(&database)
        .args(["migrate", "up"])
        .output()
        .expect("it starts");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(value(&database, "SELECT count(*) FROM users"), "2");
}

/// A package with code among its revisions, which the subcommand sees as files alone.
fn package(database: &Database) -> Project {
    let project = Project::on(database);
    project.write(
        "Cargo.toml",
        "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n",
    );
    project.write("src/main.rs", "fn main() {}\n");
    for (name, text) in [TABLE, FILL, LAST] {
        project.write(format!("migrations/{name}"), text);
    }
    project.write("migrations/2_fill.down.sql", "DELETE FROM users;\n");
    project
}

#[test]
fn the_subcommand_names_the_command_that_has_the_code() {
    let database = Database::fresh();
    let project = package(&database);
    project.cargo_migrate(&["up", "1"]).expect_success();
    insta::assert_snapshot!(project.cargo_migrate(&["up"]), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: revision `2` is code of the application, which this program does not have
      --> migrations/2_fill.up.sql
    hint: run the application, or its own command: `cargo run -p shop -- migrate up`
    ");
    let script = project.cargo_migrate(&["up", "--sql"]);
    assert!(
        script
            .expect_failure(1)
            .contains("is code of the application"),
        "{script}"
    );
    assert_eq!(applied(&database), ["1"]);
}

#[test]
fn the_subcommand_reverts_code_by_its_down_script_and_redoes_none() {
    let database = Database::fresh();
    let project = package(&database);
    project.cargo_migrate(&["up", "1"]).expect_success();
    project.cargo_migrate(&["stamp", "2"]).expect_success();
    let redo = project.cargo_migrate(&["redo"]);
    assert!(
        redo.expect_failure(1)
            .contains("is code of the application"),
        "{redo}"
    );
    assert_eq!(applied(&database), ["1", "2"]);
    project.cargo_migrate(&["down", "-1"]).expect_success();
    assert_eq!(applied(&database), ["1"]);
}

#[test]
fn a_file_with_code_can_not_ask_for_no_transaction() {
    let database = Database::fresh();
    let project = Project::on(&database);
    project.write(
        "migrations/1_a.up.sql",
        "-- migrate: code transaction=none\n",
    );
    let output = project.cargo_migrate(&["status", "--dir", "migrations"]);
    let said = output.expect_failure(1);
    assert!(
        said.contains("`code` runs in a transaction, and this script runs without one"),
        "{said}"
    );
    project.write("migrations/1_a.up.sql", "-- migrate: code=yes\n");
    let output = project.cargo_migrate(&["status", "--dir", "migrations"]);
    assert!(output.expect_failure(1).contains("no value"), "{output}");
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(future)
}

#[test]
fn asynchronous_code_runs_on_its_driver_and_where_it_needs_no_more_on_a_blocking_one() {
    let migrations = || {
        embedded(&[TABLE, FILL, LAST]).code_async("2", |tx| {
            Box::pin(async move {
                let names = tx.rows("SELECT name FROM users").await?;
                assert_eq!(names.len(), 1);
                tx.batch_execute("UPDATE users SET plan = 'free'").await?;
                Ok(())
            })
        })
    };
    let (one, other) = (Database::fresh(), Database::fresh());
    block_on(async {
        let settings = Settings::parse(&one.url()).expect("a URL");
        let mut client = settings.connect_async().await.expect("connected");
        migrations().run_async(&mut client).await.expect("up");
    });
    run(migrations(), &other).expect("up");
    for database in [one, other] {
        assert_eq!(applied(&database), ["1", "2", "3"]);
        assert_eq!(value(&database, "SELECT plan FROM users"), "free");
    }
}

#[test]
fn asynchronous_code_has_its_drivers_own_connection_and_fails_whole() {
    let database = Database::fresh();
    let migrations = embedded(&[TABLE, FILL]).code_async("2", |tx| {
        Box::pin(async move {
            let client: &mut tokio_postgres::Client = tx.connection()?;
            client
                .execute("UPDATE users SET plan = $1", &[&"free"])
                .await?;
            Err("second thoughts".into())
        })
    });
    let blocking = embedded(&[TABLE, FILL]).code("2", |_| Ok(()));
    block_on(async {
        let settings = Settings::parse(&database.url()).expect("a URL");
        let mut client = settings.connect_async().await.expect("connected");
        let error = migrations
            .run_async(&mut client)
            .await
            .expect_err("it fails");
        assert!(error.diagnose().to_string().contains("second thoughts"));
        let error = blocking.run_async(&mut client).await.expect_err("refused");
        let text = error.diagnose().to_string();
        assert!(text.contains("hint: give it with `code_async`"), "{text}");
    });
    assert_eq!(value(&database, "SELECT count(*) FROM users"), "0");
    assert_eq!(applied(&database), ["1"]);
}

#[test]
fn code_runs_once_for_each_tenant() {
    let database = Database::fresh();
    database.execute("CREATE SCHEMA one; CREATE SCHEMA two; CREATE SCHEMA three");
    let migrations = embedded(&[TABLE, FILL, LAST]).code("2", |tx| {
        tx.batch_execute("UPDATE users SET plan = current_schema()")?;
        Ok(())
    });
    let connected = migrations.connect(&database.url()).expect("a URL");
    let report = connected.tenants(["one", "two", "three"]).run();
    let report = report.expect("a report").into_result().expect("up");
    assert_eq!(report.failed().count(), 0);
    let plans = "SELECT concat_ws(' ', (SELECT plan FROM one.users), (SELECT plan FROM two.users), (SELECT plan FROM three.users))";
    assert_eq!(value(&database, plans), "one two three");
}
