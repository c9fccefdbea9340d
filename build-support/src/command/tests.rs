//! What `APP migrate` answers without a database.

use super::*;
use crate::sketch::revisions;

/// Exit code, stdout and stderr of one command line.
fn run(arguments: &[&str]) -> String {
    let graph = Graph::new(revisions("a b<a")).expect("a sound graph");
    let mut parts = Parts {
        graph,
        targets: vec!["head".to_owned()],
        digest: "d1ge5t",
        #[cfg(feature = "refinery")]
        refinery: crate::migrations::refinery::nothing(),
        options: Options::default(),
        codes: Default::default(),
    };
    let arguments: Vec<OsString> = ["/usr/bin/app", "migrate"]
        .iter()
        .chain(arguments)
        .map(OsString::from)
        .collect();
    let (mut data, mut talk) = (Vec::new(), Vec::new());
    let surroundings = Surroundings {
        variable: &|_| None,
        data: &mut data,
        talk: &mut talk,
    };
    let exit = answer(&mut parts, &arguments, surroundings);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    format!("exit {}\n{}---\n{}", exit.code(), text(data), text(talk))
}

#[test]
fn digest_and_history_need_no_database() {
    assert_eq!(run(&["digest"]), "exit 0\nd1ge5t\n---\n");
    insta::assert_snapshot!(run(&["history"]), @r"
    exit 0
    1 -> 2 (head), b
    <base> -> 1, a
    ---
    ");
}

#[test]
fn a_missing_url_is_an_error_of_the_user() {
    insta::assert_snapshot!(run(&["status"]), @r"
    exit 1
    ---
    error: no database is given: `DATABASE_URL` is not set
    hint: set `DATABASE_URL`, or pass `--database-url URL`
    ");
    let json = run(&["status", "--format", "json"]);
    assert!(json.contains(r#"{"error":{"code":1,"#), "{json}");
}

#[test]
fn an_unreadable_command_line_names_the_program() {
    let said = run(&["down"]);
    assert!(said.starts_with("exit 2\n---\n"), "{said}");
    assert!(said.contains("Usage: app migrate down"), "{said}");
}
