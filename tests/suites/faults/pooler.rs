//! Behind pgbouncer in transaction mode: each transaction may run in another session.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use build_support::connect::Settings;
use build_support::engine::{EngineError, Operation, Options};
use migrate_tests::harness::{Database, Project, as_owner_of, give_to_owner_of, socket_folder};
use tempfile::TempDir;

use super::start::{COUNTER, expect_counted_once, run_together, start_together};
use super::{STORY, expect_no_lock, expect_told_once, expected_schema, story};
use crate::engine::{applied, graph, run, up, value};

/// How many sessions the clients share.
const POOL_SIZE: usize = 3;

/// A pooler in front of the shared server, stopped when dropped.
struct Pooler {
    child: Child,
    port: u16,
    _folder: TempDir,
}

impl Pooler {
    /// Starts one; `None`, and a word about it, where pgbouncer is not installed.
    fn start(database: &Database) -> Option<Self> {
        let program = [
            "/usr/sbin/pgbouncer",
            "/usr/bin/pgbouncer",
            "/usr/local/bin/pgbouncer",
        ];
        let Some(program) = program.into_iter().find(|path| Path::new(path).is_file()) else {
            let _ = writeln!(std::io::stderr(), "skipped: pgbouncer is not installed");
            return None;
        };
        let server = socket_folder(&database.url());
        let folder = TempDir::with_prefix("pooler-").expect("a folder");
        let port = free_port();
        let configuration = folder.path().join("pgbouncer.ini");
        let users = folder.path().join("users.txt");
        fs_err::write(&users, "\"postgres\" \"\"\n").expect("written");
        fs_err::write(&configuration, settings(&server, port, &users)).expect("written");
        give_to_owner_of(&server, folder.path());
        let mut command = as_owner_of(&server, program);
        let child = command
            .arg(&configuration)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let pooler = Self {
            child: child.expect("pgbouncer starts"),
            port,
            _folder: folder,
        };
        pooler.wait_until_ready();
        Some(pooler)
    }

    fn wait_until_ready(&self) {
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(
                started.elapsed() < Duration::from_secs(10),
                "pgbouncer does not listen"
            );
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn url(&self, database: &Database) -> String {
        let (port, name) = (self.port, database.name());
        format!("postgres://postgres@127.0.0.1:{port}/{name}?sslmode=disable")
    }

    /// Lets it open all of its sessions to the server; the first client would have the only one.
    fn warm(&self, database: &Database) {
        let connect = |_| self.settings(database).connect().expect("connected");
        let mut clients: Vec<_> = (0..POOL_SIZE).map(connect).collect();
        for words in ["BEGIN; SELECT 1", "COMMIT"] {
            for client in &mut clients {
                client.batch_execute(words).expect("a session for each");
            }
        }
    }

    fn settings(&self, database: &Database) -> Settings {
        Settings::parse(&self.url(database)).expect("a URL")
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn settings(server: &Path, port: u16, users: &Path) -> String {
    format!(
        "[databases]\n* = host={} port=5432\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
         listen_port = {port}\nunix_socket_dir =\nauth_type = trust\nauth_file = {}\n\
         pool_mode = transaction\ndefault_pool_size = {POOL_SIZE}\nmax_client_conn = 200\n\
         server_round_robin = 1\n",
        server.display(),
        users.display()
    )
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its address").port()
}

fn run_pooled(
    pooler: &Pooler,
    database: &Database,
    graph: &build_support::graph::Graph,
) -> Result<(), EngineError> {
    let mut client = pooler.settings(database).connect().expect("connected");
    let operation = Operation::Up(vec!["head".to_owned()]);
    run(&mut client, graph, &Options::default(), operation)
        .0
        .map(drop)
}

#[test]
fn many_runs_through_a_pooler_apply_each_revision_once_and_leave_no_lock() {
    let database = Database::fresh();
    let Some(pooler) = Pooler::start(&database) else {
        return;
    };
    let in_transactions: Vec<_> = STORY
        .iter()
        .copied()
        .filter(|(name, _)| !name.starts_with('3'))
        .chain([(
            "5_leak.up.sql",
            "SET search_path = pg_temp;\nSET statement_timeout = 7;",
        )])
        .collect();
    let graph = graph(&in_transactions);
    thread::scope(|scope| {
        for _ in 0..24 {
            scope.spawn(|| run_pooled(&pooler, &database, &graph).expect("applied"));
        }
    });
    let log = value(
        &database,
        "SELECT string_agg(id::text, ' ' ORDER BY id) FROM log",
    );
    assert_eq!(log, "1 2 4");
    assert_eq!(applied(&database), ["1", "2", "4", "5"]);
    expect_no_lock(&database, "behind a pooler");
    expect_usual_settings(&pooler, &database);
}

/// Expects that nothing which a revision sets waits in a pooled session for somebody else.
#[track_caller]
fn expect_usual_settings(pooler: &Pooler, database: &Database) {
    let mut other = pooler.settings(database).connect().expect("connected");
    for _ in 0..12 {
        let rows = other.simple_query(
            "SELECT concat_ws(' ', current_setting('search_path'), current_setting('statement_timeout'), \
             current_setting('lock_timeout'), current_setting('application_name'))",
        );
        let rows = rows.expect("an answer");
        let row = rows.iter().find_map(|message| match message {
            postgres::SimpleQueryMessage::Row(row) => row.get(0),
            _ => None,
        });
        assert_eq!(row.map(str::trim), Some("\"$user\", public 0 0"));
    }
}

#[test]
fn work_outside_of_transactions_is_done_right_or_refused_with_the_reason() {
    let schema = expected_schema();
    let database = Database::fresh();
    let Some(pooler) = Pooler::start(&database) else {
        return;
    };
    thread::scope(|scope| {
        let running: Vec<_> = (0..6)
            .map(|_| scope.spawn(|| run_pooled(&pooler, &database, &story())))
            .collect();
        for run in running {
            match run.join().expect("no panic") {
                Ok(()) | Err(EngineError::Pooled { .. }) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
    });
    expect_no_lock(&database, "behind a pooler");
    // Over a direct connection it goes on from there.
    up(&database, &story()).expect("applied");
    expect_told_once(&database, &schema, "behind a pooler, then direct");
}

#[test]
fn sixty_four_processes_through_a_pooler_all_succeed_and_each_ddl_runs_once() {
    let database = Database::fresh();
    let Some(pooler) = Pooler::start(&database) else {
        return;
    };
    database.execute(COUNTER);
    let project = Project::new().with("DATABASE_URL", pooler.url(&database));
    let in_transactions = STORY.iter().filter(|(name, _)| !name.starts_with('3'));
    for (name, text) in in_transactions {
        project.write(format!("migrations/{name}"), text);
    }
    start_together(&project, 64);
    expect_counted_once(&database);
    assert_eq!(applied(&database), ["1", "2", "4"]);
    expect_no_lock(&database, "sixty-four processes through a pooler");
}

#[test]
fn sixty_four_processes_refuse_a_concurrent_index_through_a_pooler_and_a_direct_run_builds_it() {
    let schema = expected_schema();
    let database = Database::fresh();
    let Some(pooler) = Pooler::start(&database) else {
        return;
    };
    database.execute(COUNTER);
    let project = Project::new().with("DATABASE_URL", pooler.url(&database));
    for (name, text) in STORY {
        project.write(format!("migrations/{name}"), text);
    }
    pooler.warm(&database);
    for output in run_together(&project, 64) {
        expect_refused(&output);
    }
    // What could go through a pooler did so, once; of the index there is nothing.
    assert_eq!(applied(&database), ["1", "2"]);
    let indexes = "SELECT count(*) FROM pg_indexes WHERE tablename = 'numbers'";
    assert_eq!(value(&database, indexes), "0");
    expect_no_lock(&database, "refused sixty-four times");
    expect_usual_settings(&pooler, &database);
    up(&database, &story()).expect("applied over a direct connection");
    expect_counted_once(&database);
    database.execute("DROP EVENT TRIGGER counter; DROP SCHEMA counter CASCADE");
    expect_told_once(&database, &schema, "refused through a pooler, then direct");
}

/// Expects that a process says why it does not build an index through a pooler.
#[track_caller]
fn expect_refused(output: &Output) {
    let said = String::from_utf8_lossy(&output.stderr);
    let reason =
        "revision `3` runs without a transaction, and the connection does not keep its session";
    assert!(said.contains(reason), "{said}");
    assert!(said.contains("connect to the server itself"), "{said}");
    assert_eq!(output.status.code(), Some(1), "{said}");
}

#[test]
fn settings_in_the_url_are_the_poolers_to_refuse_and_its_words_are_passed_on() {
    let database = Database::fresh();
    let Some(pooler) = Pooler::start(&database) else {
        return;
    };
    let url = format!("{}&options=-c%20geqo%3Doff", pooler.url(&database));
    let settings = Settings::parse(&url).expect("a URL");
    // Newer poolers pass some of them on.
    if let Err(error) = settings.connect() {
        let said = error.to_string();
        assert!(said.contains("unsupported startup parameter"), "{said}");
    }
}
