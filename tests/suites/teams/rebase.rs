//! `rebase`: what git says of who added what, and what never moves.

use migrate_tests::harness::{Database, Output, Project};

use super::Repository;

/// What a build script tells Cargo to show as errors.
fn errors(build: &Output) -> String {
    let lines = build
        .stdout
        .lines()
        .filter(|line| line.starts_with("cargo::error"));
    lines.collect::<Vec<_>>().join("\n")
}

const LINE: [&str; 3] = ["users", "orders", "phones"];

#[test]
fn two_branches_meet_the_build_fails_and_rebase_lets_both_databases_reach_the_head() {
    let (repository, of_main, of_branch) =
        (Repository::new(), Database::fresh(), Database::fresh());
    repository.two_branches();
    repository.migrate(&of_branch, &["up"]).expect_success();
    repository.git(&["checkout", "-q", "main"]);
    repository.migrate(&of_main, &["up"]).expect_success();
    repository.build().expect_success();

    repository.git(&["checkout", "-q", "phones"]);
    repository.git(&["merge", "-q", "--no-edit", "main"]);
    let build = repository.build();
    insta::assert_snapshot!(errors(&build), @r#"
    cargo::error=migrations/3_phones.up.sql:2:21: the revisions have 2 heads: `2` (orders), `3` (phones)
    cargo::error=  hint: run `cargo migrate merge` to join them by a merge revision
    cargo::error=  hint: run `cargo migrate rebase 3` to move that line after the other
    cargo::error=  hint: where several are meant, write `heads = "many"` under `[package.metadata.migrate]`
    "#);
    assert_eq!(build.status, Some(1));

    let moved = repository.migrate(&of_main, &["rebase"]);
    assert!(moved.expect_success().contains("_phones.up.sql"), "{moved}");
    assert!(repository.is_one_line());
    assert_eq!(repository.slugs(), LINE);
    repository.build().expect_success();
    repository.migrate(&of_main, &["up"]).expect_success();
    repository
        .migrate(&of_main, &["current", "--check-heads"])
        .expect_success();

    // The database that had the moved revision: it is told how to come to the head.
    let refused = repository.migrate(&of_branch, &["up"]);
    let said = refused.expect_failure(1);
    assert!(
        said.contains("revision `3`, which is unknown here"),
        "{refused}"
    );
    assert!(said.contains("`3` was moved: it is `"), "{refused}");
    assert!(
        said.contains("run `cargo migrate down 1`, which reverts it by its recorded script"),
        "{refused}"
    );
    repository
        .migrate(&of_branch, &["down", "1"])
        .expect_success();
    repository.migrate(&of_branch, &["up"]).expect_success();
    repository
        .migrate(&of_branch, &["current", "--check-heads"])
        .expect_success();
}

#[test]
fn on_the_main_branch_the_merged_revisions_move() {
    let (repository, database) = (Repository::new(), Database::fresh());
    repository.two_branches();
    repository.git(&["checkout", "-q", "main"]);
    repository.git(&["merge", "-q", "--no-edit", "phones"]);
    repository.migrate(&database, &["rebase"]).expect_success();
    assert_eq!(repository.slugs(), LINE);
}

#[test]
fn a_whole_line_moves_and_its_bodies_stay() {
    let (repository, database) = (Repository::new(), Database::fresh());
    repository.two_branches();
    repository.commit("4_calls", "3");
    repository.git(&["merge", "-q", "--no-edit", "main"]);
    let moved = repository
        .migrate(&database, &["rebase", "--format", "json"])
        .json();
    assert_eq!(moved["moved"][0]["from"], "3");
    assert_eq!(moved["moved"][1]["from"], "4");
    assert_eq!(repository.slugs(), ["users", "orders", "phones", "calls"]);
    let file = moved["moved"][1]["files"][0].as_str().expect("a file");
    let parent = moved["moved"][0]["to"].as_str().expect("an id");
    assert_eq!(
        repository.project.read(file),
        format!("-- Add calls.\n-- migrate: revises={parent}\nCREATE TABLE calls ();\n")
    );
    repository.commit_all("Rebase.");
    let log = repository.git(&["log", "-1", "--format=", "--name-status", "-M"]);
    assert!(log.lines().all(|line| line.starts_with('R')), "{log}");
}

#[test]
fn commits_that_were_pulled_stay_and_those_of_this_clone_move() {
    let (repository, database) = (Repository::new(), Database::fresh());
    let remote = Project::new();
    let url = remote.path().join("origin.git");
    let url = url.to_str().expect("a path");
    repository.git(&["init", "-q", "--bare", "-b", "main", url]);
    repository.git(&["remote", "add", "origin", url]);
    repository.commit("2_orders", "1");
    repository.git(&["push", "-q", "-u", "origin", "main"]);
    repository.git(&["reset", "-q", "--hard", "HEAD^"]);
    repository.commit("3_phones", "1");
    repository.git(&["pull", "-q", "--no-rebase", "--no-edit"]);
    repository.migrate(&database, &["rebase"]).expect_success();
    assert_eq!(repository.slugs(), LINE);

    // Once two lines are in the shared branch, no clone may choose for all.
    repository.git(&["checkout", "-q", "--", "."]);
    repository.git(&["clean", "-q", "-f", "migrations"]);
    repository.git(&["push", "-q"]);
    let refused = repository.migrate(&database, &["rebase"]);
    insta::assert_snapshot!(refused, @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the main branch has these revisions itself, so none of them is this branch's own
    hint: join the heads once for everybody: `cargo migrate merge`
    hint: or name what moves: `cargo migrate rebase REV`
    ");
    repository
        .migrate(&database, &["rebase", "--if-needed"])
        .expect_success();
    assert!(!repository.is_one_line());
}

#[test]
fn a_branch_that_git_itself_rebased_is_seen_beside_the_main_branch() {
    let (repository, database) = (Repository::new(), Database::fresh());
    repository.two_branches();
    repository.git(&["rebase", "-q", "main"]);
    repository.migrate(&database, &["rebase"]).expect_success();
    assert_eq!(repository.slugs(), LINE);
    let again = repository.migrate(&database, &["rebase"]);
    assert!(
        again.stderr.contains("there is one head: nothing to move"),
        "{again}"
    );
    assert_eq!(again.status, Some(0));
}

#[test]
fn what_the_database_has_never_moves() {
    let (repository, database) = (Repository::new(), Database::fresh());
    repository.two_branches();
    repository.migrate(&database, &["up"]).expect_success();
    repository.git(&["merge", "-q", "--no-edit", "main"]);
    let before = repository.project.files("migrations");
    insta::assert_snapshot!(repository.migrate(&database, &["rebase"]), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: revision `3` is applied, so it can't move
    hint: revert it first: `cargo migrate down 1`
    hint: or move the other line: `cargo migrate rebase REV --onto 3`
    hint: or keep both as they are: `cargo migrate merge`
    ");
    assert_eq!(repository.project.files("migrations"), before);
    // The way out that it names.
    repository
        .migrate(&database, &["down", "1"])
        .expect_success();
    repository.migrate(&database, &["rebase"]).expect_success();
    repository.migrate(&database, &["up"]).expect_success();
    assert_eq!(repository.slugs(), LINE);
}

#[test]
fn what_a_tag_has_never_moves() {
    let (repository, database) = (Repository::new(), Database::fresh());
    repository.two_branches();
    repository.git(&["tag", "v1.0"]);
    repository.git(&["merge", "-q", "--no-edit", "main"]);
    let refused = repository.migrate(&database, &["rebase"]);
    let said = refused.expect_failure(1);
    assert!(
        said.contains("revision `3` is released, so it can't move: the tag `v1.0` has it"),
        "{refused}"
    );
    repository
        .migrate(&database, &["rebase", "2", "--onto", "3"])
        .expect_success();
    assert_eq!(repository.slugs(), ["users", "phones", "orders"]);
}

#[test]
fn nothing_moves_where_an_applied_revision_names_it() {
    let (repository, database) = (Repository::new(), Database::fresh());
    repository.commit("2_orders", "1");
    repository.commit("3_items", "2");
    repository.migrate(&database, &["up"]).expect_success();
    database.execute("DELETE FROM cargo_migrate_history WHERE id = '2'");
    repository.commit("4_other", "1");
    let before = repository.project.files("migrations");
    let refused = repository.migrate(&database, &["rebase", "2", "--onto", "4"]);
    assert!(
        refused.expect_failure(1).contains("no file was moved"),
        "{refused}"
    );
    assert_eq!(repository.project.files("migrations"), before);
}

#[test]
fn without_git_the_revision_is_to_be_named() {
    let project = Project::new();
    project
        .write("migrations/1_a.up.sql", "SELECT 1;")
        .write("migrations/2_b.up.sql", "-- migrate: revises=1\nSELECT 1;")
        .write("migrations/3_c.up.sql", "-- migrate: revises=1\nSELECT 1;");
    let refused = project.cargo_migrate(&["rebase", "--dir", "migrations"]);
    let hint = "name what moves and where to: `cargo migrate rebase REV --onto REV`";
    assert!(refused.expect_failure(1).contains(hint), "{refused}");
    let moved = project.cargo_migrate(&["rebase", "3", "--dir", "migrations"]);
    assert!(
        moved
            .stderr
            .contains("nobody checks that these are not applied"),
        "{moved}"
    );
    moved.expect_success();
}

#[test]
fn lines_that_are_meant_to_be_several_do_not_move_by_themselves() {
    let (repository, database) = (Repository::new(), Database::fresh());
    repository.two_branches();
    repository.git(&["merge", "-q", "--no-edit", "main"]);
    let mut command = repository.project.command(&["rebase"]);
    command
        .env("DATABASE_URL", database.url())
        .env("MIGRATE_HEADS", "many");
    let output = repository.project.finish(&mut command);
    output.expect_success();
    assert!(
        output
            .stderr
            .contains("several heads are meant in this project"),
        "{output}"
    );
    assert!(!repository.is_one_line());
}
