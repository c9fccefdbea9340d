//! The command line itself: how it is called, its help, its usage errors.

use migrate_tests::harness::{Database, Project};
use serde_json::Value;

use super::{line, package};

#[test]
fn cargo_calls_it_with_its_own_name_first() {
    let database = Database::fresh();
    let project = line(&database);
    let plain = project.cargo_migrate(&["heads"]);
    let by_cargo = project.cargo_migrate(&["migrate", "heads"]);
    assert_eq!(plain, by_cargo);
}

#[test]
fn a_usage_error_ends_with_2_in_both_formats() {
    let project = package(Project::new());
    let output = project.cargo_migrate(&["up", "--nonsense"]);
    assert!(output.expect_failure(2).contains("--nonsense"), "{output}");
    for format in [&["--format", "json"][..], &["--format=json"]] {
        let arguments = [&["up", "--nonsense"], format].concat();
        let output = project.cargo_migrate(&arguments);
        let object: Value = serde_json::from_str(output.expect_failure(2)).expect("JSON");
        assert_eq!(object["error"]["code"], 2, "{output}");
        assert_eq!(output.stdout, "");
    }
}

#[test]
fn down_never_goes_without_a_target() {
    let output = package(Project::new()).cargo_migrate(&["down"]);
    assert!(output.expect_failure(2).contains("<TARGET>"), "{output}");
}

#[test]
fn the_words_of_alembic_are_understood() {
    let database = Database::fresh();
    let project = line(&database);
    project.cargo_migrate(&["upgrade", "head"]).expect_success();
    project.cargo_migrate(&["downgrade", "-1"]).expect_success();
    let help = project.cargo_migrate(&["--help"]);
    assert!(!help.expect_success().contains("downgrade"), "{help}");
}

#[test]
fn help_and_version_are_data() {
    let project = Project::new();
    let help = project.cargo_migrate(&["up", "--help"]);
    assert!(
        help.expect_success()
            .contains("cargo migrate up accounts@head"),
        "{help}"
    );
    let version = project.cargo_migrate(&["--version"]);
    assert!(
        version.expect_success().starts_with("cargo-migrate "),
        "{version}"
    );
}

#[test]
fn completions_and_manual_pages_need_no_project() {
    let project = Project::new();
    let bash = project.cargo_migrate(&["completions", "bash"]);
    assert!(bash.expect_success().contains("cargo-migrate"), "{bash}");
    let man = project.cargo_migrate(&["man"]);
    assert!(man.expect_success().contains(".TH"), "{man}");
    let pages = project.path().join("pages");
    project
        .cargo_migrate(&["man", "--output", pages.to_str().expect("text")])
        .expect_success();
    assert!(
        project
            .files("pages")
            .contains(&"pages/cargo-migrate-up.1".to_owned())
    );
}

#[test]
fn colour_comes_only_when_it_is_wanted() {
    let project = package(Project::new());
    let plain = project.cargo_migrate(&["show", "x"]);
    assert!(!plain.stderr.contains('\u{1b}'), "{plain}");
    let coloured = project.cargo_migrate(&["show", "x", "--color", "always"]);
    assert!(coloured.stderr.contains('\u{1b}'), "{coloured}");
}
