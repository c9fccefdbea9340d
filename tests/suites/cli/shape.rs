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

#[test]
fn with_json_every_line_of_both_streams_is_an_object() {
    let database = Database::fresh();
    let project = line(&database).with("MIGRATE_DIR", "migrations,./migrations");
    project.write("migrations/9_by_hand.py", "pass");
    let runs = [
        &["up"][..],
        &["status"],
        &["status", "--verbose"],
        &["current", "--check-heads"],
        &["down", "-1", "--dry-run"],
        &["check", "--pending"],
        &["new", "x"],
        &["up", "nowhere"],
    ];
    for arguments in runs {
        let output = project.cargo_migrate(&[arguments, &["--format", "json"]].concat());
        for text in output.stdout.lines().chain(output.stderr.lines()) {
            let value: Result<Value, _> = serde_json::from_str(text);
            assert!(value.is_ok_and(|value| value.is_object()), "{output}");
        }
        let said = |what: &str| output.stderr.matches(&format!("{{\"{what}\":")).count();
        assert_eq!(said("warning"), 2, "{output}");
        let is_verbose = arguments.contains(&"--verbose");
        assert_eq!(said("note") > 0, is_verbose, "{output}");
    }
}

#[test]
fn help_is_a_command_too() {
    let project = Project::new();
    let asked = project.cargo_migrate(&["help", "up"]);
    assert_eq!(asked, project.cargo_migrate(&["up", "--help"]));
    asked.expect_success();
}

#[cfg(unix)]
#[test]
#[expect(clippy::print_stdout, reason = "a test that skips says so")]
fn progress_moves_on_a_terminal_and_is_lines_elsewhere() {
    let database = Database::fresh();
    let project = line(&database);
    let plain = project.cargo_migrate(&["up", "--verbose"]);
    assert!(
        plain.stderr.contains("applying `2` (orders): 2 of 3\n"),
        "{plain}"
    );
    assert!(plain.stderr.contains(", 2 of 3)\n"), "{plain}");
    project.cargo_migrate(&["down", "base"]).expect_success();
    // `script` runs a command on a terminal of its own.
    let command = project.command(&[]);
    let binary = command.get_program().to_string_lossy().into_owned();
    let inside = format!("{binary} up");
    let mut script = std::process::Command::new("script");
    script.args(["-qec", &inside, "/dev/null"]);
    script
        .current_dir(project.path())
        .env_clear()
        .env("TERM", "xterm");
    script.envs(
        command
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    let Ok(output) = script.output() else {
        println!("skipped: there is no `script` here");
        return;
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("[2/3] applying `2` (orders) (0s)"), "{text}");
    assert!(text.contains("orders"), "{text}");
}
