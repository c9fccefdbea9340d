//! `build_support::testing`: a database with all revisions applied, for an application's own tests.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use build_support::testing::Database;
use migrate_tests::harness::{Cluster, built, embedded};
use postgres::{Client, NoTls};

const FILES: &[(&str, &str)] = &[
    ("1_users.up.sql", "CREATE TABLE users (name text);"),
    ("2_ada.up.sql", "INSERT INTO users VALUES ('ada');"),
];

fn count(url: &str, sql: &str) -> i64 {
    let mut client = Client::connect(url, NoTls).expect("connected");
    client.query_one(sql, &[]).expect("a count").get(0)
}

fn databases(home: &str, prefix: &str) -> i64 {
    let sql = "SELECT count(*) FROM pg_database WHERE starts_with(datname::text, 'PREFIX')";
    count(home, &sql.replace("PREFIX", prefix))
}

#[test]
fn each_has_all_revisions_and_what_a_test_does_in_one_is_in_no_other() {
    let cluster = Cluster::start();
    let home = cluster.database();
    let one = Database::fresh(embedded(FILES), &home).expect("a database");
    let other = Database::fresh(embedded(FILES), &home).expect("another");
    let mut client = Client::connect(one.url(), NoTls).expect("connected");
    client
        .batch_execute("DELETE FROM users")
        .expect("a test's work");
    assert_eq!(count(one.url(), "SELECT count(*) FROM users"), 0);
    assert_eq!(count(other.url(), "SELECT count(*) FROM users"), 1);
    assert_eq!(
        count(other.url(), "SELECT count(*) FROM cargo_migrate_history"),
        2
    );
    assert_eq!(databases(&home, "migrate_template_"), 1);
    // The client of the test is still connected.
    drop((one, other));
    assert_eq!(databases(&home, "migrate_test_"), 0);
}

#[test]
fn after_the_first_each_takes_less_than_a_tenth_of_a_second() {
    let cluster = Cluster::with(&[("fsync", "off")]);
    let home = cluster.database();
    let _first = Database::fresh(embedded(FILES), &home).expect("a database");
    let mut fastest = Duration::MAX;
    for _ in 0..10 {
        let started = Instant::now();
        let _database = Database::fresh(embedded(FILES), &home).expect("a database");
        fastest = fastest.min(started.elapsed());
    }
    assert!(fastest < Duration::from_millis(100), "{fastest:?}");
}

#[test]
fn another_set_of_revisions_has_another_template() {
    let cluster = Cluster::start();
    let home = cluster.database();
    let _one = Database::fresh(embedded(FILES), &home).expect("a database");
    let fewer = Database::fresh(embedded(&FILES[..1]), &home).expect("a database");
    assert_eq!(count(fewer.url(), "SELECT count(*) FROM users"), 0);
    assert_eq!(databases(&home, "migrate_template_"), 2);
}

#[test]
fn a_revision_that_fails_is_the_error_and_leaves_no_database() {
    let cluster = Cluster::start();
    let home = cluster.database();
    let broken = embedded(&[("1_a.up.sql", "CREATE TABLE a (b nothing);")]);
    let error = Database::fresh(broken, &home).expect_err("it fails");
    assert!(error.failure().is_some(), "{error}");
    assert_eq!(databases(&home, "migrate_"), 0);
}

#[test]
fn it_can_be_had_inside_a_runtime() {
    let cluster = Cluster::start();
    let home = cluster.database();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let database = Database::fresh(embedded(FILES), &home).expect("a database");
        assert!(database.url().ends_with(database.name()));
    });
    assert_eq!(databases(&home, "migrate_test_"), 0);
}

/// Another process and the database that it has.
struct User {
    process: Child,
    database: String,
}

fn start(home: &str) -> Child {
    Command::new(built("testing-user"))
        .env_clear()
        .env("DATABASE_URL", home)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts")
}

impl User {
    fn of(mut process: Child) -> Self {
        let mut database = String::new();
        let output = process.stdout.as_mut().expect("it is piped");
        BufReader::new(output)
            .read_line(&mut database)
            .expect("a line");
        let database = database.trim().to_owned();
        assert!(database.starts_with("migrate_test_"), "{database}");
        Self { process, database }
    }
}

#[test]
fn processes_at_once_make_one_template_and_take_their_databases_with_them() {
    let cluster = Cluster::start();
    let home = cluster.database();
    let started: Vec<Child> = (0..8).map(|_| start(&home)).collect();
    let users: Vec<User> = started.into_iter().map(User::of).collect();
    assert_eq!(databases(&home, "migrate_template_"), 1);
    assert_eq!(databases(&home, "migrate_test_"), 8);
    for mut user in users {
        drop(user.process.stdin.take());
        assert!(user.process.wait().expect("it ends").success());
    }
    assert_eq!(databases(&home, "migrate_test_"), 0);
}

#[test]
fn what_a_killed_process_left_is_dropped_by_the_next_and_nothing_else_is() {
    let cluster = Cluster::start();
    let home = cluster.database();
    let (mut killed, mut alive) = (User::of(start(&home)), User::of(start(&home)));
    killed.process.kill().expect("it runs");
    killed.process.wait().expect("it ends");
    let started = Instant::now();
    // The server takes a moment to see that the connection ended.
    while databases(&home, &killed.database) == 1 {
        let mine = Database::fresh(embedded(FILES), &home).expect("a database");
        assert_eq!(databases(&home, mine.name()), 1);
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "it is still there"
        );
    }
    assert_eq!(databases(&home, &alive.database), 1);
    drop(alive.process.stdin.take());
    assert!(alive.process.wait().expect("it ends").success());
}
