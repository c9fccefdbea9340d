//! Real histories as scripts: what psql makes of them is what `up` itself leaves.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use migrate_tests::harness::{Database, Project, dump};

use super::{CORPORA, corpora};
use crate::engine::value;

/// All that a history says, but for times and who ran it by what.
const RECORDS: &str = "SELECT string_agg(concat_ws(' ', id, slug, message, parents, depends_on, checksum, \
    down_checksum, md5(down_script), compatible), E'\\n' ORDER BY id) || (SELECT digest FROM cargo_migrate_state) \
    FROM cargo_migrate_history";

#[test]
fn scripts_of_real_histories_leave_what_up_leaves() {
    let Some(root) = corpora() else { return };
    for corpus in CORPORA {
        compare(corpus.name, &root.join(corpus.name));
    }
}

fn compare(name: &str, folder: &Path) {
    let (offline, online, by_up) = (Database::fresh(), Database::fresh(), Database::fresh());
    let project = Project::new();
    let dir = folder.to_str().expect("a path");
    let on = |database: &Database, arguments: &[&str]| {
        let mut command = project.command(arguments);
        project.finish(
            command
                .args(["--dir", dir])
                .env("DATABASE_URL", database.url()),
        )
    };
    // Without any connection, and with one that reads the state.
    let script = project.cargo_migrate(&["up", "base:head", "--sql", "--dir", dir]);
    psql(name, &offline, script.expect_success());
    let read = on(&online, &["up", "--sql"]);
    assert_eq!(read.expect_success(), script.stdout, "{name}");
    on(&by_up, &["up", "--quiet"]).expect_success();
    assert_eq!(dump(&offline.url()), dump(&by_up.url()), "{name}");
    assert_eq!(value(&offline, RECORDS), value(&by_up, RECORDS), "{name}");
    let again = on(&offline, &["up", "--sql"]);
    assert_eq!(again.expect_success(), "", "{name}: nothing is left to do");
}

fn psql(name: &str, database: &Database, script: &str) {
    let mut psql = Command::new("psql")
        .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", &database.url()])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("psql starts");
    let mut stdin = psql.stdin.take().expect("it is piped");
    stdin.write_all(script.as_bytes()).expect("it reads");
    drop(stdin);
    let output = psql.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {said}");
}
