//! `build::migrations` in a real package, built by Cargo: what it notices and what it refuses.

use std::path::PathBuf;
use std::process::Command;

use migrate_tests::harness::{Output, Project};

/// A package whose build script looks at its revisions. Its dependencies are built once for all
/// tests and all runs, beside those of the tests themselves; so each has a name of its own.
fn package(name: &str) -> Project {
    let project = Project::new();
    let library = workspace().join("build-support");
    project.write(
        "Cargo.toml",
        format!(
            "[package]\nname = \"{name}\"\nedition = \"2024\"\n[workspace]\n[build-dependencies]\n\
             build-support = {{ path = {library:?}, default-features = false, features = [\"build\"] }}\n",
        ),
    );
    let lock = fs_err::read_to_string(workspace().join("Cargo.lock")).expect("a lock file");
    project.write("Cargo.lock", lock);
    project.write(
        "build.rs",
        "fn main() { build_support::build::migrations(\"migrations\"); }\n",
    );
    let main = "fn main() { println!(\"{}\", include_str!(concat!(env!(\"OUT_DIR\"), \
                \"/cargo_migrate/built.rs\"))); }\n";
    project.write("src/main.rs", main);
    project.write("migrations/1_users.up.sql", "CREATE TABLE users ();\n");
    project
}

fn workspace() -> PathBuf {
    let tests = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    tests.parent().expect("it is in the workspace").to_owned()
}

/// Builds and runs the package, which prints what its build script found out.
fn run(project: &Project) -> Output {
    project.finish(cargo().arg("run").current_dir(project.path()))
}

/// Cargo, without a network, with a target folder that is kept from run to run.
fn cargo() -> Command {
    let mut command = Command::new(env!("CARGO"));
    command
        .args(["--offline", "--quiet"])
        .env("CARGO_TARGET_DIR", env!("CARGO_TARGET_TMPDIR"))
        .env("CARGO_PROFILE_DEV_DEBUG", "false")
        .env("CARGO_INCREMENTAL", "0");
    command
}

/// The lines that Cargo prints of what the build script refuses.
fn refused(project: &Project) -> String {
    refusal(&run(project))
}

fn refusal(output: &Output) -> String {
    assert_eq!(output.status, Some(101), "{output}");
    let lines = output
        .stderr
        .lines()
        .filter_map(|line| line.strip_prefix("error: ")?.split_once("@0.0.0: "));
    let lines: Vec<&str> = lines.map(|(_, line)| line).collect();
    lines.join("\n")
}

#[test]
fn a_new_a_renamed_an_edited_and_a_deleted_file_are_noticed() {
    let project = package("notices");
    let mut seen = vec![run(&project).expect_success().to_owned()];
    let mut differs = |what: &str| {
        let now = run(&project).expect_success().to_owned();
        assert!(!seen.contains(&now), "{what}: {now}");
        seen.push(now);
    };
    project.write("migrations/2_orders.up.sql", "CREATE TABLE orders ();\n");
    differs("a new file");
    let file = |name: &str| project.path().join("migrations").join(name);
    fs_err::rename(file("2_orders.up.sql"), file("3_orders.up.sql")).expect("renamed");
    differs("a renamed file");
    project.write(
        "migrations/3_orders.up.sql",
        "CREATE TABLE orders (id int);\n",
    );
    differs("an edited file");
    let first = seen[0].clone();
    fs_err::remove_file(file("3_orders.up.sql")).expect("removed");
    assert_eq!(run(&project).expect_success(), first, "a deleted file");
}

#[test]
fn what_is_wrong_fails_the_build_with_its_place() {
    let project = package("refuses");
    project.write(
        "migrations/2_orders.up.sql",
        "-- Add orders.\n-- migrate: revises=7\nSELECT 1;\n",
    );
    insta::assert_snapshot!(refused(&project), @r#"
    migrations/2_orders.up.sql:2:21: revision `2` revises `7`, which does not exist
      hint: restore the missing file, or name the revision that it shall follow
    "#);
    project.write(
        "migrations/2_orders.up.sql",
        "-- migrate: revises=1\nSELECT 1;\nCOMMIT;\n",
    );
    insta::assert_snapshot!(refused(&project), @r#"
    migrations/2_orders.up.sql:3:1: this COMMIT has no BEGIN: it would end the transaction of the revision, whose record would be written apart from it
      hint: delete it: a revision runs in a transaction of its own
      hint: split the file at this place where two transactions are meant
    "#);
    project.write("migrations/2_orders.up.sql", "-- migrate: revises=1\n");
    project.write("migrations/3_items.up.sql", "-- migrate: revises=1\n");
    insta::assert_snapshot!(refused(&project), @r#"
    migrations/3_items.up.sql:1:21: the revisions have 2 heads: `2` (orders), `3` (items)
      hint: run `cargo migrate merge` to join them by a merge revision
      hint: run `cargo migrate rebase 3` to move that line after the other
      hint: where several are meant, write `heads = "many"` under `[package.metadata.migrate]`
    "#);
    let manifest = project.read("Cargo.toml");
    let many = "[package.metadata.migrate]\nheads = \"many\"\n";
    project.write("Cargo.toml", format!("{manifest}{many}"));
    run(&project).expect_success();
}

#[test]
fn a_folder_that_is_missing_or_outside_of_the_package_is_named() {
    let project = package("misses");
    let moved = project.path().join("elsewhere");
    fs_err::rename(project.path().join("migrations"), &moved).expect("moved");
    insta::assert_snapshot!(refused(&project), @r#"
    the folder `migrations` does not exist in [project]
      hint: make it by `cargo migrate init`
      hint: the path in build.rs is relative to the folder of Cargo.toml
    "#);
    let inner = Project::new();
    for file in ["Cargo.toml", "Cargo.lock", "src/main.rs"] {
        inner.write(format!("inner/{file}"), project.read(file));
    }
    inner.write("migrations/1_users.up.sql", "SELECT 1;\n");
    let script = "fn main() { build_support::build::migrations(\"../migrations\"); }\n";
    inner.write("inner/build.rs", script);
    let build = |inner: &Project| {
        inner.finish(cargo().arg("build").current_dir(inner.path().join("inner")))
    };
    let output = build(&inner);
    assert!(
        output
            .expect_failure(101)
            .contains("lies outside the package, so a published crate would not hold it"),
        "{output}"
    );
    let manifest = inner.read("inner/Cargo.toml");
    let private = manifest.replacen("edition", "publish = false\nedition", 1);
    inner.write("inner/Cargo.toml", private);
    build(&inner).expect_success();
}

#[test]
fn several_folders_hold_one_graph() {
    let project = package("several");
    project.write(
        "build.rs",
        "fn main() { build_support::build::migrations([\"migrations\", \"more\", \"./migrations\"]); }\n",
    );
    project.write("more/2_orders.up.sql", "-- migrate: revises=1\nSELECT 2;\n");
    project.write(
        "migrations/3_items.up.sql",
        "-- migrate: revises=2\nSELECT 3;\n",
    );
    let built = run(&project);
    assert!(
        built
            .expect_success()
            .contains("folders: &[\"migrations\", \"more\"]"),
        "{built}"
    );
    project.write("more/2_orders.up.sql", "-- migrate: revises=7\nSELECT 2;\n");
    insta::assert_snapshot!(refused(&project), @r#"
    more/2_orders.up.sql:1:21: revision `2` revises `7`, which does not exist
      hint: restore the missing file, or name the revision that it shall follow
    "#);
}

#[test]
fn a_second_set_of_revisions_does_not_take_the_place_of_the_first() {
    let project = package("doubled");
    project.write("more/2_orders.up.sql", "SELECT 2;\n");
    project.write(
        "build.rs",
        "fn main() { build_support::build::migrations(\"migrations\"); build_support::build::migrations(\"more\"); }\n",
    );
    insta::assert_snapshot!(refused(&project), @r#"
    build.rs prepares revisions twice, and the binary would hold the second alone
      hint: name all folders of one graph in one call: `migrations(["one", "two"])`
      hint: where they are of several databases, let a package of its own embed each
    "#);
}

#[test]
fn the_binary_keeps_its_history_where_the_subcommand_does() {
    let project = package("keeps");
    let built = run(&project).expect_success().to_owned();
    assert!(built.contains("history: None"), "{built}");
    let manifest = project.read("Cargo.toml");
    let settings =
        "[package.metadata.migrate]\nhistory-schema = \"ops\"\nhistory-table = \"done\"\n";
    project.write("Cargo.toml", format!("{manifest}{settings}"));
    let built = run(&project).expect_success().to_owned();
    assert!(
        built.contains(r#"history: Some(("ops", "done"))"#),
        "{built}"
    );
}
