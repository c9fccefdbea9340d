//! The first half of a real history as one revision: an empty database and one in the middle come to
//! the schema that the whole history builds.

use std::path::Path;

use migrate_tests::harness::{Database, Project, dump};

use super::{CORPORA, corpora};

#[test]
fn the_first_half_of_real_histories_squashed_builds_the_same_schema() {
    let Some(root) = corpora() else { return };
    for corpus in CORPORA {
        halve(corpus.name, &root.join(corpus.name));
    }
}

fn halve(name: &str, folder: &Path) {
    let whole = Database::fresh();
    let project = Project::on(&whole);
    copy(folder, &project.path().join("migrations"));
    let run = |database: &Database, arguments: &[&str]| {
        let url = database.url();
        let at = ["--dir", "migrations", "--database-url", &url];
        let output = project.cargo_migrate(&[arguments, &at].concat());
        output.expect_success();
        output
    };
    run(&whole, &["up"]);
    let status = run(&whole, &["status", "--format", "json"]).json();
    let ids: Vec<&str> = status["revisions"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| row["id"].as_str().expect("an id"))
        .collect();
    let (quarter, half) = (ids[ids.len() / 4], ids[ids.len() / 2]);
    let (middle, empty) = (Database::fresh(), Database::fresh());
    run(&middle, &["up", quarter]);
    let range = format!(":{half}");
    let squash = ["squash", &range, "--dir", "migrations"];
    let output = project.cargo_migrate(&squash);
    if output.status != Some(0) {
        // Data that can't be carried over is told, never dropped.
        assert!(
            output.stderr.contains("squash --replay"),
            "{name}: {output}"
        );
        let output = project.cargo_migrate(&[&squash[..], &["--replay"]].concat());
        assert_eq!(output.status, Some(0), "{name}: {output}");
    }
    for database in [&empty, &middle, &whole] {
        run(database, &["up"]);
        assert_eq!(dump(&database.url()), dump(&whole.url()), "{name}");
    }
    let current = |database| run(database, &["current", "--format", "json"]).json();
    assert_eq!(current(&empty), current(&middle), "{name}");
    assert_eq!(current(&empty), current(&whole), "{name}");
}

fn copy(from: &Path, to: &Path) {
    fs_err::create_dir_all(to).expect("made");
    for entry in fs_err::read_dir(from).expect("listed") {
        let path = entry.expect("listed").path();
        let target = to.join(path.file_name().expect("a name"));
        match path.is_dir() {
            true => copy(&path, &target),
            false => {
                fs_err::copy(&path, &target).expect("copied");
            }
        }
    }
}
