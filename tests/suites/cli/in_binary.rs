//! `APP migrate …`: a release binary works with its own revisions, where there is no cargo.

use std::process::{Command, Output};

use migrate_tests::harness::{Database, Project, built};
use serde_json::Value;

fn service(url: Option<&str>, arguments: &[&str]) -> Output {
    let mut command = Command::new(built("service-under-test"));
    command.env_clear().arg("migrate").args(arguments);
    command.envs(url.map(|url| ("DATABASE_URL", url)));
    command.output().expect("it starts")
}

fn text(output: &Output, code: i32) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn it_applies_shows_and_reverts() {
    let database = Database::fresh();
    let url = database.url();
    let status = text(&service(Some(&url), &["status", "--format", "json"]), 0);
    let status: Value = serde_json::from_str(&status).expect("JSON");
    assert_eq!(status["pending"], 4);
    text(&service(Some(&url), &["check"]), 3);
    let up = text(&service(Some(&url), &["up", "--format", "json"]), 0);
    assert_eq!(up.lines().count(), 5, "{up}");
    text(&service(Some(&url), &["check"]), 0);
    let current = text(&service(Some(&url), &["current"]), 0);
    assert!(current.contains(" (head), "), "{current}");
    text(&service(Some(&url), &["down", "-1"]), 0);
    text(&service(Some(&url), &["current", "--check-heads"]), 3);
    let history = text(&service(None, &["history"]), 0);
    assert_eq!(history.lines().count(), 4, "{history}");
}

#[test]
fn check_embedded_compares_the_binary_with_the_files() {
    let binary = built("service-under-test");
    let binary = binary.to_str().expect("text");
    let example = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../examples/service/migrations"
    );
    let project = Project::new();
    project
        .cargo_migrate(&["check", "--embedded", binary, "--dir", example])
        .expect_success();
    let output = project.cargo_migrate(&["check", "--embedded", binary, "--dir", "migrations"]);
    assert_eq!(output.status, Some(3), "{output}");
}

#[test]
fn its_errors_have_our_exit_codes() {
    text(&service(None, &["status"]), 1);
    text(&service(None, &["nonsense"]), 2);
    let database = Database::fresh();
    text(&service(Some(&database.url()), &["up", "nothing"]), 1);
}
