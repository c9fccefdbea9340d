//! `init --hooks`: after a merge, git itself runs `rebase`.

use std::os::unix::fs::symlink;

use migrate_tests::harness::{Database, Output, binary};

use super::Repository;

impl Repository {
    /// Lets hooks find the subcommand, and a database.
    fn merge(&self, database: &Database, branch: &str) -> Output {
        let bin = self.project.path().join("bin");
        if !bin.exists() {
            std::fs::create_dir(&bin).expect("a folder");
            symlink(binary(), bin.join("cargo-migrate")).expect("a link");
        }
        let path = std::env::var("PATH").expect("a path");
        let mut command = std::process::Command::new("git");
        command
            .args([
                "-c",
                "user.name=Ann",
                "-c",
                "user.email=ann@example.invalid",
            ])
            .args(["merge", "-q", "--no-edit", branch])
            .current_dir(self.project.path())
            .env("PATH", format!("{}:{path}", bin.display()))
            .env("DATABASE_URL", database.url());
        self.project.finish(&mut command)
    }
}

#[test]
fn a_merge_moves_the_revisions_of_the_branch_by_itself() {
    let (repository, database) = (Repository::new(), Database::fresh());
    let installed = repository.project.cargo_migrate(&["init", "--hooks"]);
    assert!(
        installed
            .expect_success()
            .contains("created .git/hooks/post-merge"),
        "{installed}"
    );
    repository.commit_all("Prepare.");
    repository.two_branches();
    let merged = repository.merge(&database, "main");
    merged.expect_success();
    assert!(merged.stderr.contains("moved 3 to "), "{merged}");
    assert_eq!(repository.slugs(), ["users", "orders", "phones"]);
    assert!(repository.is_one_line());
}

#[test]
fn a_merge_ends_well_where_the_hook_may_not_move_anything() {
    let (repository, database) = (Repository::new(), Database::fresh());
    repository
        .project
        .cargo_migrate(&["init", "--hooks"])
        .expect_success();
    repository.commit_all("Prepare.");
    repository.two_branches();
    repository.migrate(&database, &["up"]).expect_success();
    let merged = repository.merge(&database, "main");
    merged.expect_success();
    assert!(
        merged
            .stderr
            .contains("revision `3` is applied, so it can't move"),
        "{merged}"
    );
    assert!(!repository.is_one_line());
}

#[test]
fn hooks_that_are_there_keep_their_lines_and_are_patched_once() {
    let repository = Repository::new();
    repository.git(&["config", "core.hooksPath", ".hooks"]);
    repository
        .project
        .write(".hooks/post-merge", "#!/bin/sh\nexec true\n");
    let init = || repository.project.cargo_migrate(&["init", "--hooks"]);
    let first = init();
    assert!(
        first.expect_success().contains("changed .hooks/post-merge"),
        "{first}"
    );
    assert!(
        first.stdout.contains("created .hooks/post-rewrite"),
        "{first}"
    );
    let hook = repository.project.read(".hooks/post-merge");
    assert!(
        hook.ends_with("# <<< cargo migrate <<<\nexec true\n"),
        "{hook}"
    );
    let second = init();
    assert!(
        second.stderr.contains("everything is there already"),
        "{second}"
    );
    assert_eq!(repository.project.read(".hooks/post-merge"), hook);
}

#[test]
fn outside_of_git_there_are_no_hooks_to_install() {
    let project = migrate_tests::harness::Project::new();
    let refused = project.cargo_migrate(&["init", "--hooks", "--dir", "migrations"]);
    assert!(
        refused
            .expect_failure(1)
            .contains("is in no git repository"),
        "{refused}"
    );
}
