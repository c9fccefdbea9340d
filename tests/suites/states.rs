//! What revisions build is kept between runs, as data folders of throw-away servers.

use migrate_tests::harness::{Project, environment};
use tempfile::TempDir;

use crate::autogenerate::package_of_sql;

const REVISIONS: usize = 24;

/// A project of many revisions whose commands use servers of their own and this cache.
fn project(cache: &TempDir) -> Project {
    let schema: String = (1..=REVISIONS)
        .map(|n| format!("CREATE TABLE t{n} (id int);\n"))
        .collect();
    let project = package_of_sql(&schema)
        .with("MIGRATE_SCRATCH_URL", "")
        .with("MIGRATE_CACHE_DIR", cache.path());
    for n in 1..=REVISIONS {
        project.write(
            format!("migrations/{n}_t.up.sql"),
            format!("CREATE TABLE t{n} (id int);\n"),
        );
    }
    project
}

fn states(cache: &TempDir) -> Vec<String> {
    let entries = fs_err::read_dir(cache.path()).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with("state-"))
        .collect();
    names.sort();
    names
}

fn check(project: &Project) -> String {
    let output = project.cargo_migrate(&["check", "--models"]);
    format!("{}{}", output.stdout, output.stderr)
}

#[test]
fn what_revisions_build_is_kept_by_their_checksums() {
    if environment().text("MIGRATE_SCRATCH_URL").is_some() {
        return;
    }
    let cache = TempDir::new().unwrap();
    let project = project(&cache);
    assert_eq!(check(&project), "ok       models\n");
    let kept = states(&cache);
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert_eq!(check(&project), "ok       models\n");
    assert_eq!(states(&cache), kept);

    // A revision more goes on from what is kept.
    project.write(
        "migrations/90_more.up.sql",
        "ALTER TABLE t1 ADD COLUMN more int;\n",
    );
    assert!(check(&project).contains("drop-column `t1.more`"));
    assert_eq!(states(&cache), kept);
    // An edit of an old one does not.
    project.write("migrations/1_t.up.sql", "CREATE TABLE t1 (id bigint);\n");
    assert!(check(&project).contains("alter-column `t1.id`"));
    assert_eq!(states(&cache).len(), 2);
}

#[test]
fn a_state_that_is_spoilt_does_not_stand_in_the_way() {
    let cache = TempDir::new().unwrap();
    let project = project(&cache);
    check(&project);
    for state in states(&cache) {
        fs_err::write(cache.path().join(state).join("global/pg_control"), "spoilt").unwrap();
    }
    let begun = std::time::Instant::now();
    assert_eq!(check(&project), "ok       models\n");
    assert!(
        begun.elapsed().as_secs() < 50,
        "no waiting for a server that is gone"
    );
    assert_eq!(states(&cache).len(), 1, "it is made anew");
    assert_eq!(check(&project), "ok       models\n");
}

#[test]
fn a_generated_revision_comes_out_the_same_from_a_kept_state() {
    let cache = TempDir::new().unwrap();
    let project = project(&cache);
    let schema = project.read("schema.sql");
    project.write(
        "schema.sql",
        schema + "CREATE TABLE added (id int PRIMARY KEY);\n",
    );
    let generate = || {
        let output = project.cargo_migrate(&["new", "added", "--autogenerate", "--rev-id", "99"]);
        output.expect_success();
        let scripts =
            ["up", "down"].map(|way| project.read(format!("migrations/99_added.{way}.sql")));
        for way in ["up", "down"] {
            fs_err::remove_file(
                project
                    .path()
                    .join(format!("migrations/99_added.{way}.sql")),
            )
            .unwrap();
        }
        (scripts, output.stderr)
    };
    let first = generate();
    assert_eq!(states(&cache).len(), 1);
    assert_eq!(generate(), first);
}
