//! A disk that is full.

use std::io::Write as _;
use std::process::Command;

use build_support::Diagnose as _;
use build_support::engine::{EngineError, Left, Operation, Options};
use migrate_tests::harness::{Cluster, give_to_owner_of};
use tempfile::TempDir;

use crate::engine::{graph, run};

/// A file system of a few megabytes, gone when dropped.
struct SmallDisk(TempDir);

impl SmallDisk {
    /// Mounts one; `None`, and a word about it, where that is not permitted.
    fn mount(cluster: &Cluster) -> Option<Self> {
        let folder = TempDir::with_prefix("disk-").expect("a folder");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=8m", "tmpfs"])
            .arg(folder.path())
            .output();
        if !mounted.is_ok_and(|output| output.status.success()) {
            let _ = writeln!(std::io::stderr(), "skipped: no file system may be mounted");
            return None;
        }
        give_to_owner_of(cluster.folder(), folder.path());
        Some(Self(folder))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: the server may still have files open in it.
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[test]
fn a_full_disk_rolls_the_revision_back_and_says_what_to_do() {
    let cluster = Cluster::start();
    let Some(disk) = SmallDisk::mount(&cluster) else {
        return;
    };
    let mut client = cluster.client();
    let folder = disk.0.path().display();
    client
        .batch_execute(&format!("CREATE TABLESPACE small LOCATION '{folder}'"))
        .expect("a tablespace");
    let fill = "CREATE TABLE first ();\n\
                CREATE TABLE big TABLESPACE small AS\n\
                SELECT repeat('x', 1000) AS x FROM generate_series(1, ROWS);";
    let head = || Operation::Up(vec!["head".to_owned()]);
    let options = Options::default();
    let too_much = fill.replace("ROWS", "50000");
    let error = run(
        &mut client,
        &graph(&[("1_f.sql", &too_much)]),
        &options,
        head(),
    )
    .0
    .expect_err("there is no room");
    let EngineError::Failed(failure) = &error else {
        panic!("{error:?}");
    };
    assert_eq!(failure.error.sqlstate.as_deref(), Some("53100"));
    assert_eq!(failure.left, Left::Nothing);
    let diagnostic = error.diagnose();
    assert_eq!(diagnostic.exit.code(), 4);
    let advice = "make room on the server's disk, and run it again".to_owned();
    assert!(diagnostic.hints.contains(&advice), "{:?}", diagnostic.hints);
    let row = client
        .query_one("SELECT to_regclass('first') IS NULL", &[])
        .expect("an answer");
    assert!(row.get::<_, bool>(0), "something was kept");

    let less = fill.replace("ROWS", "500");
    run(&mut client, &graph(&[("1_f.sql", &less)]), &options, head())
        .0
        .expect("there is room for this");
}
