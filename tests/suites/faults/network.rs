//! A machine that vanishes without closing its connections.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use migrate_tests::harness::{Cluster, Project, binary};
use postgres::{Client, NoTls};

/// Another machine, as far as the network can tell: a namespace with a cable to this one.
struct Machine {
    name: String,
    /// The first three numbers of the cable's addresses: ours ends in 1, the machine's in 2.
    network: String,
}

impl Machine {
    /// Makes one; `None`, and a word about it, where that is not permitted.
    fn plugged_in() -> Option<Self> {
        let pid = std::process::id();
        let name = format!("cm{}", pid % 1_000_000);
        let network = format!("10.{}.{}", 100 + pid % 100, (pid / 100) % 250);
        let machine = Self { name, network };
        match machine.plug_in() {
            true => Some(machine),
            false => {
                let _ = writeln!(std::io::stderr(), "skipped: no network may be made");
                None
            }
        }
    }

    fn plug_in(&self) -> bool {
        let Self { name, network } = self;
        let (ours, theirs) = (format!("{name}a"), format!("{name}b"));
        let (our_address, their_address) = (format!("{network}.1/24"), format!("{network}.2/24"));
        let link = [
            "link", "add", &ours, "type", "veth", "peer", "name", &theirs,
        ];
        let inside = |arguments: &[&str]| ip(&[&["-n", name], arguments].concat());
        ip(&["netns", "add", name])
            && ip(&[&link[..], &["netns", name]].concat())
            && ip(&["addr", "add", &our_address, "dev", &ours])
            && ip(&["link", "set", &ours, "up"])
            && inside(&["addr", "add", &their_address, "dev", &theirs])
            && inside(&["link", "set", &theirs, "up"])
    }

    /// The cable is cut: neither side is told.
    fn vanish(&self) {
        assert!(ip(&[
            "-n",
            &self.name,
            "link",
            "set",
            &format!("{}b", self.name),
            "down"
        ]));
        assert!(ip(&["link", "set", &format!("{}a", self.name), "down"]));
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        ip(&["netns", "del", &self.name]);
        ip(&["link", "del", &format!("{}a", self.name)]);
    }
}

fn ip(arguments: &[&str]) -> bool {
    let output = Command::new("ip").args(arguments).output();
    output.is_ok_and(|output| output.status.success())
}

#[test]
fn the_lock_of_a_machine_that_vanished_is_free_in_seconds() {
    let Some(machine) = Machine::plugged_in() else {
        return;
    };
    let address = format!("{}.1", machine.network);
    let cluster = Cluster::with(&[("listen_addresses", &address)]);
    cluster.trust(&format!("{}.0/24", machine.network));
    let url = cluster.database();
    let name = url.rsplit('/').next().expect("it has a name");
    let remote = format!("postgres://postgres@{address}:5432/{name}?sslmode=disable");

    let project = Project::new().with("DATABASE_URL", remote);
    project.write(
        "migrations/1_slow.up.sql",
        "CREATE TABLE a (n int);\nSELECT pg_sleep(120);\n",
    );
    let inside = project.command(&["up", "--dir", "migrations"]);
    let mut command = Command::new("ip");
    command
        .args(["netns", "exec", &machine.name])
        .arg(binary())
        .args(inside.get_args())
        .current_dir(project.path())
        .envs(
            inside
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child = command.spawn().expect("it starts");
    let mut admin = Client::connect(&url, NoTls).expect("connected");
    let mut sleepers = || -> i64 {
        let question = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
        admin.query_one(question, &[]).expect("an answer").get(0)
    };
    let started = Instant::now();
    while sleepers() == 0 {
        assert!(
            started.elapsed() < Duration::from_secs(30),
            "it never began"
        );
        thread::sleep(Duration::from_millis(50));
    }
    machine.vanish();
    let vanished = Instant::now();
    while sleepers() > 0 {
        let waited = vanished.elapsed();
        assert!(
            waited < Duration::from_secs(25),
            "its lock is held after {waited:?}"
        );
        thread::sleep(Duration::from_millis(100));
    }
    // Whoever is next has the lock.
    let next = Project::new().with("DATABASE_URL", &url);
    next.write("migrations/1_slow.up.sql", "CREATE TABLE a (n int);\n");
    next.cargo_migrate(&["up", "--dir", "migrations"])
        .expect_success();
    child.kill().expect("killed");
    child.wait().expect("waited for");
}
