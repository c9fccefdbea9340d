//! Binaries that migrate themselves when they start: the examples, one and many at once.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use build_support::{driver::Driver, engine::ServerError, history::Row};
use migrate_tests::harness::{Cluster, Database, built};
use postgres::Client;

const REVISIONS: usize = 4;

fn service(url: &str) -> Command {
    let mut command = Command::new(built("service-under-test"));
    command
        .env_clear()
        .env("DATABASE_URL", url)
        .stdin(Stdio::null());
    command
}

fn text(command: &mut Command) -> String {
    let output = command.output().expect("it starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    text
}

#[test]
fn a_service_migrates_itself_and_answers_and_finds_nothing_to_do_the_next_time() {
    let database = Database::fresh();
    let first = text(&mut service(&database.url()));
    assert_eq!(first.matches("applied ").count(), REVISIONS, "{first}");
    assert!(
        first.ends_with("1 active user(s), the first is ada@example.com\n"),
        "{first}"
    );
    let second = text(&mut service(&database.url()));
    assert!(
        second.starts_with("the database is up to date\n"),
        "{second}"
    );
}

#[test]
fn two_replicas_at_once_both_serve() {
    let database = Database::fresh();
    let mut replicas: Vec<Child> = (0..2)
        .map(|_| {
            let mut command = service(&database.url());
            command
                .arg("127.0.0.1:0")
                .stdout(Stdio::piped())
                .spawn()
                .expect("it starts")
        })
        .collect();
    for replica in &mut replicas {
        let address = listening(replica);
        let mut stream = TcpStream::connect(address).expect("it listens");
        stream
            .write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        assert!(
            answer.ends_with("1 active user(s), the first is ada@example.com"),
            "{answer}"
        );
    }
    for replica in &mut replicas {
        replica.kill().expect("it runs");
        replica.wait().expect("it ends");
    }
}

fn listening(replica: &mut Child) -> String {
    let lines = BufReader::new(replica.stdout.as_mut().expect("it is piped")).lines();
    lines
        .map(|line| line.expect("a line"))
        .find_map(|line| line.strip_prefix("listening on ").map(str::to_owned))
        .expect("it says where it listens")
}

#[test]
fn sixty_four_processes_on_an_empty_database_apply_each_revision_once() {
    let cluster = Cluster::with(&[("max_connections", "150")]);
    let url = cluster.database();
    let replicas: Vec<Child> = (0..64)
        .map(|_| {
            service(&url)
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("it starts")
        })
        .collect();
    let mut applied = 0;
    for replica in replicas {
        let output = replica.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success(),
            "{said}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        applied += said.matches("applied ").count();
    }
    assert_eq!(applied, REVISIONS);
    let mut client = Client::connect(&url, postgres::NoTls).expect("a connection");
    let row = client
        .query_one(
            "SELECT (SELECT count(*) FROM cargo_migrate_history), (SELECT count(*) FROM cargo_migrate_log), \
             (SELECT count(*) FROM users), (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory')",
            &[],
        )
        .expect("counts");
    let counts: [i64; 4] = [row.get(0), row.get(1), row.get(2), row.get(3)];
    assert_eq!(counts, [4, 4, 1, 0]);
}

#[test]
fn two_binaries_share_the_revisions_of_a_library() {
    let database = Database::fresh();
    let run = |name: &str| {
        let mut command = Command::new(built(name));
        text(
            command
                .env_clear()
                .env("DATABASE_URL", database.url())
                .stdin(Stdio::null()),
        )
    };
    assert_eq!(
        run("shop-api-under-test"),
        "api: 1 revision(s) applied, one order taken: a book\n"
    );
    assert_eq!(
        run("shop-worker-under-test"),
        "worker: 0 revision(s) applied, 1 order(s) sent\n"
    );
}

/// Counts what goes to the server.
pub(crate) struct Counted<'c>(pub(crate) &'c mut Client, pub(crate) usize);

impl Driver for Counted<'_> {
    fn script(&mut self, sql: &str) -> Result<(), ServerError> {
        self.1 += 1;
        self.0.script(sql)
    }

    fn read(&mut self, sql: &str) -> Result<Vec<Row>, ServerError> {
        self.1 += 1;
        self.0.read(sql)
    }
}

#[test]
fn a_start_with_nothing_to_do_is_one_round_trip_without_a_lock_or_a_write() {
    let database = Database::fresh();
    let mut client = database.client();
    build_support::migrations!().run(&mut client).expect("up");
    let role = format!("reader_{}", database.name());
    database.execute(&format!(
        "CREATE ROLE {role} LOGIN; GRANT SELECT ON cargo_migrate_state, cargo_migrate_history TO {role}"
    ));
    client
        .batch_execute(&format!(
            "SET ROLE {role}; SET default_transaction_read_only = on"
        ))
        .expect("a role");
    let mut counted = Counted(&mut client, 0);
    let report = build_support::migrations!()
        .run(&mut counted)
        .expect("nothing to do");
    assert!(report.is_up_to_date());
    assert_eq!(counted.1, 1);
}

#[test]
fn a_role_that_may_not_write_is_told_so_when_something_is_pending() {
    let database = Database::fresh();
    let role = format!("reader_{}", database.name());
    database.execute(&format!(
        "CREATE ROLE {role} LOGIN; REVOKE CREATE ON SCHEMA public FROM PUBLIC"
    ));
    let mut client = database.client();
    client
        .batch_execute(&format!("SET ROLE {role}"))
        .expect("a role");
    let error = build_support::migrations!()
        .run(&mut client)
        .expect_err("no rights");
    let text = build_support::Diagnose::diagnose(&error).to_string();
    assert!(
        text.contains("the role may not write the history"),
        "{text}"
    );
    assert!(text.contains("cargo migrate ensure-history"), "{text}");
}

#[test]
fn a_killed_process_gives_way_to_the_next_within_seconds() {
    let cluster = Cluster::start();
    let url = cluster.database();
    let mut client = Client::connect(&url, postgres::NoTls).expect("a connection");
    client
        .batch_execute(
            "CREATE FUNCTION slow() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN
               IF EXISTS (SELECT 1 FROM pg_event_trigger_ddl_commands() WHERE object_identity = 'public.users') THEN
                 PERFORM pg_sleep(60); END IF; END$$;
             CREATE EVENT TRIGGER slow ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION slow();",
        )
        .expect("a trigger that makes the first revision slow");
    let mut first = service(&url)
        .stdout(Stdio::null())
        .spawn()
        .expect("it starts");
    wait_for(
        &mut client,
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'",
    );
    first.kill().expect("it runs");
    first.wait().expect("it ends");
    client
        .batch_execute("DROP EVENT TRIGGER slow")
        .expect("no more waiting");
    let started = Instant::now();
    let said = text(&mut service(&url));
    assert_eq!(said.matches("applied ").count(), REVISIONS, "{said}");
    assert!(
        started.elapsed() < Duration::from_secs(10),
        "{:?}",
        started.elapsed()
    );
}

fn wait_for(client: &mut Client, count: &str) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while client
        .query_one(count, &[])
        .expect("a count")
        .get::<_, i64>(0)
        == 0
    {
        assert!(Instant::now() < deadline, "it never came: {count}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
