//! The local server: scratch databases, the development server, and what is left when they end.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use build_support::connect::Settings;
use cargo_migrate::server::{
    Dev, DevSession, DevState, Environment, Scratch, ServerError, ServerOptions, Stopped,
};
use migrate_tests::harness::{Cluster, Database, dump, environment, server, signal};
use postgres::NoTls;
use tempfile::TempDir;

#[test]
fn each_test_has_a_database_of_its_own() {
    let (one, other) = (Database::fresh(), Database::fresh());
    one.execute("CREATE TABLE apples (id bigint PRIMARY KEY)");
    let copy = one.copy();
    assert!(dump(&one.url()).contains("CREATE TABLE public.apples"));
    assert_eq!(dump(&copy.url()), dump(&one.url()));
    assert_eq!(dump(&other.url()), "");
}

#[test]
fn a_private_server_is_gone_with_its_folder_when_dropped() {
    let cluster = Cluster::with(&[("wal_level", "logical")]);
    let row = cluster.client().query_one("SHOW wal_level", &[]).unwrap();
    assert_eq!(row.get::<_, String>(0), "logical");
    let pid = cluster.pid();
    assert!(runs(pid));
    drop(cluster);
    assert!(!runs(pid));
}

#[test]
fn a_server_is_gone_with_its_folder_when_its_user_is_killed() {
    let mut user = User::start(&["scratch"], &environment());
    let folder = PathBuf::from(&user.line);
    let pid = postmaster(&folder.join("data"));
    assert!(runs(pid));
    user.kill();
    soon(|| !runs(pid) && !folder.exists());
}

#[test]
fn nothing_is_left_at_whatever_moment_a_user_is_killed() {
    let workspace = Workspace::new();
    let places = tempfile::tempdir_in(memory()).unwrap();
    fs_err::set_permissions(places.path(), PermissionsExt::from_mode(0o1777)).unwrap();
    let environment = workspace
        .environment
        .clone()
        .with("MIGRATE_SCRATCH_DIR", places.path());
    for delay in (0..200).step_by(20) {
        let scratch = spawn(&["scratch"], &environment);
        let dev = spawn(&workspace.user(), &environment);
        std::thread::sleep(Duration::from_millis(delay));
        for mut user in [scratch, dev] {
            user.kill().unwrap();
            user.wait().unwrap();
        }
    }
    // Before its supervisor runs, a folder is left to the next sweep.
    let servers = || {
        fs_err::read_dir(places.path())
            .unwrap()
            .filter(|entry| entry.as_ref().unwrap().path().join("data").exists())
            .count()
    };
    soon(|| servers() == 0 && workspace.state() == DevState::Stopped);
    execute(&workspace.enter().database("app").unwrap(), "SELECT 1");
}

#[test]
fn a_server_that_does_not_start_says_why() {
    let options = ServerOptions {
        settings: vec![("shared_preload_libraries".into(), "absent".into())],
        ..ServerOptions::default()
    };
    let error = Scratch::start(&environment(), &options).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("could not access file \"absent\""),
        "{error}"
    );
}

#[test]
fn without_binaries_the_error_says_what_to_type() {
    let folder = tempfile::tempdir().unwrap();
    let hidden = Environment::default()
        .with("PATH", "/usr/bin:/bin")
        .with("MIGRATE_PG_SEARCH", "")
        .with("MIGRATE_CACHE_DIR", folder.path());
    let error = Scratch::start(&hidden, &ServerOptions::default()).unwrap_err();
    assert!(matches!(error, ServerError::NoBinaries), "{error}");
    assert!(
        error.hints()[0].contains("postgresql"),
        "{:?}",
        error.hints()
    );
}

#[test]
fn on_an_existing_server_only_databases_of_this_run_are_dropped() {
    let theirs = Database::fresh();
    let scratch = on(&server().url("postgres"), &theirs.url()).unwrap();
    let made = scratch.fresh_database().unwrap();
    let kept_open = scratch.connect(&made).unwrap();
    let copied = scratch.clone_database(theirs.name()).unwrap();
    assert!(made.starts_with("cm_scratch_"));
    assert!(matches!(
        scratch.drop_database(theirs.name()),
        Err(ServerError::NotScratch(_))
    ));
    drop(scratch);
    drop(kept_open);
    let mut client = theirs.client();
    for gone in [made, copied] {
        let found = client.query("SELECT 1 FROM pg_database WHERE datname = $1", &[&gone]);
        assert!(found.unwrap().is_empty());
    }
}

#[test]
fn the_target_is_never_a_scratch_server() {
    let target = Database::fresh();
    let refused = on(&target.url(), &target.url());
    assert!(matches!(refused, Err(ServerError::ScratchIsTarget)));
}

#[test]
fn development_data_is_kept_from_one_command_to_the_next() {
    let workspace = Workspace::new();
    let session = workspace.enter();
    execute(
        &session.database("app").unwrap(),
        "CREATE TABLE kept (id int)",
    );
    drop(session);
    let session = workspace.enter();
    execute(&session.database("app").unwrap(), "SELECT id FROM kept");
}

#[test]
fn commands_share_the_development_server_until_the_last_one_leaves() {
    let workspace = Workspace::new();
    let first = User::start(&workspace.user(), &workspace.environment);
    let second = User::start(&workspace.user(), &workspace.environment);
    assert_eq!(first.line, second.line);
    let pid = workspace.pid();
    drop(first);
    std::thread::sleep(Duration::from_millis(200));
    assert!(runs(pid));
    execute(&second.line, "SELECT 1");
    assert!(matches!(workspace.state(), DevState::InUse { .. }));
    drop(second);
    soon(|| !runs(pid) && workspace.state() == DevState::Stopped);
}

#[test]
fn commands_that_start_at_once_get_one_server() {
    let workspace = Workspace::new();
    let urls: Vec<_> = std::thread::scope(|scope| {
        let start = || User::start(&workspace.user(), &workspace.environment);
        let users: Vec<_> = (0..5).map(|_| scope.spawn(start)).collect();
        users.into_iter().map(|user| user.join().unwrap()).collect()
    });
    for user in &urls {
        assert_eq!(user.line, urls[0].line);
    }
    execute(&urls[0].line, "SELECT 1");
}

#[test]
fn the_development_server_of_a_killed_command_ends_and_starts_again() {
    let workspace = Workspace::new();
    let mut user = User::start(&workspace.user(), &workspace.environment);
    execute(&user.line, "CREATE TABLE kept (id int)");
    let pid = workspace.pid();
    user.kill();
    soon(|| !runs(pid));
    let session = workspace.enter();
    execute(&session.url("app"), "SELECT id FROM kept");
}

#[test]
fn a_server_without_supervisor_is_replaced() {
    let workspace = Workspace::new();
    let user = User::start(&workspace.user(), &workspace.environment);
    execute(&user.line, "CREATE TABLE kept (id int)");
    let pid = workspace.pid();
    signal(parent(pid), "KILL");
    assert!(runs(pid));
    let session = workspace.enter();
    assert!(!runs(pid));
    execute(&session.url("app"), "SELECT id FROM kept");
}

#[test]
fn a_server_that_was_killed_is_replaced_while_its_supervisor_lives() {
    let workspace = Workspace::new();
    let user = User::start(&workspace.user(), &workspace.environment);
    execute(&user.line, "CREATE TABLE kept (id int)");
    // Commits are asynchronous: this flushes the last one.
    execute(&user.line, "CHECKPOINT");
    signal(workspace.pid(), "KILL");
    let session = workspace.enter();
    execute(&session.url("app"), "SELECT id FROM kept");
}

#[test]
fn a_kept_server_outlives_its_commands_until_it_is_stopped() {
    let workspace = Workspace::new();
    let url = workspace
        .dev()
        .start(&mut |_| {})
        .unwrap()
        .database("app")
        .unwrap();
    let pid = workspace.pid();
    drop(User::start(&workspace.user(), &workspace.environment));
    std::thread::sleep(Duration::from_millis(200));
    execute(&url, "SELECT 1");
    assert!(matches!(workspace.state(), DevState::Kept { .. }));
    assert_eq!(workspace.dev().stop(&mut |_| {}).unwrap(), Stopped::Running);
    assert!(!runs(pid));
    assert_eq!(workspace.dev().stop(&mut |_| {}).unwrap(), Stopped::Nothing);
}

#[test]
fn the_development_server_says_what_it_does() {
    let workspace = Workspace::new();
    let mut said = Vec::new();
    let session = workspace
        .dev()
        .enter(&mut |line| said.push(line.to_owned()))
        .unwrap();
    assert!(
        said[0].starts_with("making the local development server's data in"),
        "{said:?}"
    );
    let first = said.len();
    let again = workspace
        .dev()
        .enter(&mut |line| said.push(line.to_owned()))
        .unwrap();
    assert_eq!(said.len(), first);
    assert_eq!(again.url("app"), session.url("app"));
}

#[test]
fn data_of_another_major_is_not_touched() {
    let workspace = Workspace::new();
    drop(workspace.enter());
    workspace.dev().stop(&mut |_| {}).unwrap();
    let version = workspace.data().join("PG_VERSION");
    fs_err::write(&version, "9\n").unwrap();
    let error = workspace.dev().enter(&mut |_| {}).unwrap_err();
    assert!(
        matches!(error, ServerError::OtherMajor { made_by: 9, .. }),
        "{error}"
    );
}

#[test]
fn nobody_but_the_servers_account_can_enter_its_folders() {
    let workspace = Workspace::new();
    let session = workspace.enter();
    for folder in [session.socket(), &workspace.data()] {
        assert_eq!(
            fs_err::metadata(folder).unwrap().permissions().mode() & 0o077,
            0
        );
    }
    let own = fs_err::metadata("/proc/self").unwrap().uid();
    let servers = fs_err::metadata(workspace.data()).unwrap().uid();
    assert_eq!(servers == own, own != 0);
}

fn on(url: &str, target: &str) -> Result<Scratch, ServerError> {
    let read = |url| Settings::parse(url).unwrap();
    Scratch::on(url, read(url), Some(&read(target)))
}

/// A target folder with a development server, which is stopped at the end.
struct Workspace {
    target: TempDir,
    environment: Environment,
}

impl Workspace {
    fn new() -> Self {
        let target = tempfile::tempdir_in(memory()).unwrap();
        fs_err::set_permissions(target.path(), PermissionsExt::from_mode(0o755)).unwrap();
        let environment = environment().with("TMPDIR", memory());
        Self {
            target,
            environment,
        }
    }

    fn dev(&self) -> Dev {
        Dev::of(&self.environment, self.target.path()).unwrap()
    }

    fn enter(&self) -> DevSession {
        self.dev().enter(&mut |_| {}).unwrap()
    }

    fn state(&self) -> DevState {
        self.dev().status().unwrap().state
    }

    fn data(&self) -> PathBuf {
        self.dev().status().unwrap().data
    }

    fn pid(&self) -> u32 {
        postmaster(&self.data())
    }

    fn user(&self) -> [&str; 2] {
        ["dev", self.target.path().to_str().unwrap()]
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        let _ = self.dev().stop(&mut |_| {});
    }
}

/// Another process that uses a server.
struct User {
    process: Child,
    /// Its end makes the process leave.
    input: Option<ChildStdin>,
    /// What it announced.
    line: String,
}

impl User {
    fn start(arguments: &[&str], environment: &Environment) -> Self {
        let mut process = spawn(arguments, environment);
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let input = process.stdin.take();
        Self {
            process,
            input,
            line: line.trim().to_owned(),
        }
    }

    fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for User {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.process.wait();
    }
}

fn spawn(arguments: &[&str], environment: &Environment) -> Child {
    Command::new(env!("CARGO_BIN_EXE_server-user"))
        .args(arguments)
        .env_clear()
        .envs(environment.variables())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Memory where there is some: what is tested is not the disk.
fn memory() -> &'static Path {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        memory
    } else {
        Path::new("/tmp")
    }
}

fn execute(url: &str, sql: &str) {
    postgres::Client::connect(url, NoTls)
        .unwrap()
        .batch_execute(sql)
        .unwrap();
}

fn postmaster(data: &Path) -> u32 {
    let file = fs_err::read_to_string(data.join("postmaster.pid")).unwrap();
    file.lines().next().unwrap().parse().unwrap()
}

/// Whether a process runs; one that nobody has waited for yet does not.
fn runs(pid: u32) -> bool {
    stat(pid).is_some_and(|(state, _)| state != "Z")
}

fn parent(pid: u32) -> u32 {
    stat(pid).unwrap().1
}

fn stat(pid: u32) -> Option<(String, u32)> {
    let output = Command::new("ps")
        .args(["-o", "stat=,ppid=", "-p", &pid.to_string()])
        .output();
    let line = String::from_utf8(output.unwrap().stdout).unwrap();
    let mut fields = line.split_whitespace();
    let state = fields.next()?.chars().next()?.to_string();
    Some((state, fields.next()?.parse().unwrap()))
}

#[track_caller]
fn soon(holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(
            begun.elapsed() < Duration::from_secs(5),
            "it did not come true"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
}
