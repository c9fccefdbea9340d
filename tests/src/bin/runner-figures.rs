//! Figures of the runner at full size, where the suites have the small one: `together`, `batches`,
//! `queue`, `memory`, or all.
//!
//! It starts a server of its own, or uses the one that `MIGRATE_SCRATCH_URL` names.

#![allow(clippy::print_stdout)]

use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use migrate_tests::harness::{Database, Project};

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let all: [(&str, fn()); 4] = [
        ("together", together),
        ("batches", batches),
        ("queue", queue),
        ("memory", memory),
    ];
    for (name, figure) in all {
        if wanted.is_empty() || wanted.iter().any(|word| word == name) {
            println!("{name}");
            figure();
        }
    }
}

/// A number from the environment, for a quick look at less.
fn size(variable: &str, usual: u64) -> u64 {
    let text = std::env::var(variable).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn number(database: &Database, question: &str) -> i64 {
    let mut client = database.client();
    client
        .query_one(question, &[])
        .expect("an answer")
        .get::<_, Option<i64>>(0)
        .unwrap_or_default()
}

fn start_up(project: &Project) -> Child {
    let mut command = project.command(&["up", "--dir", "migrations"]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("the subcommand starts")
}

fn up(project: &Project) -> Duration {
    let started = Instant::now();
    let output = project.cargo_migrate(&["up", "--dir", "migrations"]);
    output.expect_success();
    started.elapsed()
}

/// Many processes that start at once where revisions are pending: until the last of them is through.
fn together() {
    let (processes, revisions) = (size("PROCESSES", 100), size("REVISIONS", 20));
    let database = Database::fresh();
    let project = Project::on(&database);
    for number in 1..=revisions {
        let table =
            format!("CREATE TABLE t{number} (id bigint PRIMARY KEY, name text NOT NULL);\n");
        project.write(format!("migrations/{number}_t.sql"), table);
    }
    let started = Instant::now();
    let children: Vec<Child> = (0..processes).map(|_| start_up(&project)).collect();
    for mut child in children {
        assert!(child.wait().expect("it ends").success());
    }
    let took = started.elapsed().as_secs_f64();
    let applied = number(
        &database,
        "SELECT count(*) FROM cargo_migrate_log WHERE event = 'apply'",
    );
    println!(
        "  {processes} processes, {revisions} pending revisions: the last was through after {took:.2} s; applied {applied}, each once"
    );
    assert_eq!(applied.unsigned_abs(), revisions);
}

/// A table, and an application that writes its rows one at a time, at random.
fn table(database: &Database, rows: u64) -> Project {
    let project = Project::on(database);
    project.write(
        "migrations/1_t.sql",
        format!(
            "CREATE TABLE t (id bigint PRIMARY KEY, touched int NOT NULL, seen int NOT NULL, name text NOT NULL);\n\
             INSERT INTO t SELECT n, 0, 0, 'name of ' || n FROM generate_series(1, {rows}) AS n;\n"
        ),
    );
    up(&project);
    database.execute("VACUUM ANALYZE t");
    project
}

/// Runs `work` while an application writes single rows; gives what it waited at most.
fn longest_wait(database: &Database, rows: u64, work: impl FnOnce()) -> Duration {
    let (over, longest) = (AtomicBool::new(false), AtomicU64::new(0));
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut client = database.client();
            let mut id = 1;
            while !over.load(Ordering::SeqCst) {
                id = (id * 48_271) % rows + 1;
                let asked = Instant::now();
                let write = format!("UPDATE t SET seen = seen + 1 WHERE id = {id}");
                client.batch_execute(&write).expect("written");
                let waited = u64::try_from(asked.elapsed().as_millis()).unwrap_or(u64::MAX);
                longest.fetch_max(waited, Ordering::SeqCst);
                thread::sleep(Duration::from_millis(2));
            }
        });
        work();
        over.store(true, Ordering::SeqCst);
    });
    Duration::from_millis(longest.load(Ordering::SeqCst))
}

/// One UPDATE, the same in batches, and in batches with ten kills.
fn batches() {
    let rows = size("ROWS", 5_000_000);
    let update = "UPDATE t SET touched = touched + 1;\n";
    for (what, script, kills) in [
        ("one UPDATE", update.to_owned(), 0),
        ("in batches", format!("-- migrate: batch\n{update}"), 0),
        (
            "in batches, killed ten times",
            format!("-- migrate: batch\n{update}"),
            10,
        ),
    ] {
        let database = Database::fresh();
        let project = table(&database, rows);
        project.write("migrations/2_fill.sql", script);
        let started = Instant::now();
        let longest = longest_wait(&database, rows, || {
            for kill in 1..=kills {
                kill_at(&project, &database, rows * kill / (kills + 1));
            }
            up(&project);
        });
        let took = started.elapsed().as_secs_f64();
        let wrong = number(&database, "SELECT count(*) FROM t WHERE touched <> 1");
        println!(
            "  {what}: {rows} rows in {took:.1} s, {:.0} a second; a writer of single rows waited at most {} ms; rows not touched exactly once: {wrong}",
            rows as f64 / took,
            longest.as_millis()
        );
    }
}

/// Starts `up` and kills it when so many rows are done.
fn kill_at(project: &Project, database: &Database, rows: u64) {
    let mut child = start_up(project);
    let done = "SELECT sum(batch_rows)::bigint FROM cargo_migrate_history";
    while number(database, done) < i64::try_from(rows).unwrap_or(i64::MAX) {
        assert!(
            child.try_wait().expect("asked").is_none(),
            "it ended before it was killed"
        );
        thread::sleep(Duration::from_millis(5));
    }
    child.kill().expect("killed");
    child.wait().expect("waited for");
}

/// Two hundred clients while a revision that needs the table alone waits behind a long transaction.
fn queue() {
    let (clients, limit) = (size("CLIENTS", 200), 200);
    let database = Database::fresh();
    let project = Project::on(&database);
    project.write(
        "migrations/1_t.sql",
        "CREATE TABLE t (id int PRIMARY KEY, n int);\nINSERT INTO t SELECT i, 0 FROM generate_series(1, 1000) AS i;\n",
    );
    up(&project);
    project.write(
        "migrations/2_c.sql",
        format!("-- migrate: lock-timeout={limit}ms\nALTER TABLE t ADD COLUMN note text;\n"),
    );
    let mut report = database.client();
    report
        .batch_execute("BEGIN; SELECT count(*) FROM t")
        .expect("read");
    let (over, longest, served) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    thread::scope(|scope| {
        for client in 0..clients {
            let (database, over, longest, served) = (&database, &over, &longest, &served);
            scope.spawn(move || {
                let mut connection = database.client();
                let statement = match client % 2 {
                    0 => format!("SELECT n FROM t WHERE id = {}", client + 1),
                    _ => format!("UPDATE t SET n = n + 1 WHERE id = {}", client + 1),
                };
                while !over.load(Ordering::SeqCst) {
                    let asked = Instant::now();
                    connection.batch_execute(&statement).expect("served");
                    let waited = u64::try_from(asked.elapsed().as_millis()).unwrap_or(u64::MAX);
                    longest.fetch_max(waited, Ordering::SeqCst);
                    served.fetch_add(1, Ordering::SeqCst);
                    thread::sleep(Duration::from_millis(100));
                }
            });
        }
        scope.spawn(|| {
            thread::sleep(Duration::from_secs(10));
            report.batch_execute("COMMIT").expect("ended");
        });
        let took = up(&project);
        over.store(true, Ordering::SeqCst);
        println!(
            "  the revision waited {:.1} s for the long transaction",
            took.as_secs_f64()
        );
    });
    println!(
        "  {clients} clients, {} statements; longest wait {} ms, with a lock timeout of {limit} ms",
        served.load(Ordering::SeqCst),
        longest.load(Ordering::SeqCst)
    );
}

/// What the subcommand and its backend need for one revision of 100 MB.
fn memory() {
    let megabytes = size("MEGABYTES", 100);
    let database = Database::fresh();
    let project = Project::on(&database);
    let mut script = "CREATE TABLE t (id int, name text);\n".to_owned();
    let mut id = 0;
    while (script.len() as u64) < megabytes * 1_000_000 {
        id += 1;
        let row = format!("INSERT INTO t VALUES ({id}, 'the name of row {id}, {id:060}');\n");
        script.push_str(&row);
    }
    project.write("migrations/1_big.sql", &script);
    drop(script);
    let mut child = start_up(&project);
    let (mut client, mut backend) = (0, 0);
    let started = Instant::now();
    while child.try_wait().expect("asked").is_none() {
        client = client.max(peak(child.id()));
        let pid = "SELECT pid::bigint FROM pg_stat_activity WHERE datname = current_database() \
                   AND application_name LIKE '%revision 1'";
        let mut rows = database.client().query(pid, &[]).expect("an answer");
        if let Some(row) = rows.pop() {
            backend = backend.max(peak(
                u32::try_from(row.get::<_, i64>(0)).unwrap_or_default(),
            ));
        }
        thread::sleep(Duration::from_millis(100));
    }
    println!(
        "  a revision of {megabytes} MB, {id} statements, in {:.1} s: client {} MB, backend {} MB",
        started.elapsed().as_secs_f64(),
        client / 1000,
        backend / 1000
    );
}

/// The most memory that a process had so far, in kB.
fn peak(pid: u32) -> u64 {
    let status = fs_err::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}
