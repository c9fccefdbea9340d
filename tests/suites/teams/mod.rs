//! Several people, several branches of git, one history.

mod histories;
mod hooks;
mod rebase;
mod repair;

use std::process::Command;

use migrate_tests::harness::{Database, Output, Project, built};

/// A package in a git repository, with one revision on its main branch.
struct Repository {
    project: Project,
}

impl Repository {
    fn new() -> Self {
        let project = Project::new();
        project
            .write(
                "Cargo.toml",
                "[package]\nname = \"shop\"\nedition = \"2024\"\npublish = false\n[workspace]\n",
            )
            .write("src/lib.rs", "")
            .write(".gitignore", "out/\nbin/\n");
        let repository = Self { project };
        repository.git(&["init", "-q", "-b", "main"]);
        repository.commit("1_users", "base");
        repository
    }

    /// Runs git, which has to succeed.
    fn git(&self, arguments: &[&str]) -> String {
        let output = self.try_git(arguments);
        assert_eq!(output.status, Some(0), "git {arguments:?}: {output}");
        output.stdout
    }

    fn try_git(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new("git");
        command
            .args([
                "-c",
                "user.name=Ann",
                "-c",
                "user.email=ann@example.invalid",
            ])
            .args(arguments)
            .current_dir(self.project.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1");
        self.project.finish(&mut command)
    }

    /// Writes a revision that makes a table of its slug, and commits it.
    fn commit(&self, name: &str, revises: &str) {
        let (_, slug) = name.split_once('_').expect("id and slug");
        let up =
            format!("-- Add {slug}.\n-- migrate: revises={revises}\nCREATE TABLE {slug} ();\n");
        let down = format!("DROP TABLE {slug};\n");
        self.project
            .write(format!("migrations/{name}.up.sql"), up)
            .write(format!("migrations/{name}.down.sql"), down);
        self.commit_all(name);
    }

    fn commit_all(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", message]);
    }

    /// Two people on one day: `2_orders` on the main branch, `3_phones` on this one.
    fn two_branches(&self) {
        self.git(&["checkout", "-q", "-b", "phones"]);
        self.commit("3_phones", "1");
        self.git(&["checkout", "-q", "main"]);
        self.commit("2_orders", "1");
        self.git(&["checkout", "-q", "phones"]);
    }

    /// The subcommand on a database.
    fn migrate(&self, database: &Database, arguments: &[&str]) -> Output {
        let mut command = self.project.command(arguments);
        self.project
            .finish(command.env("DATABASE_URL", database.url()))
    }

    /// The build script, run as Cargo runs it.
    fn build(&self) -> Output {
        let out = self.project.path().join("out");
        std::fs::create_dir_all(&out).expect("a folder");
        let mut script = Command::new(built("build-script"));
        script
            .current_dir(self.project.path())
            .env("CARGO_MANIFEST_DIR", self.project.path())
            .env("OUT_DIR", out);
        self.project.finish(&mut script)
    }

    /// The slugs in the order of the one line that they form.
    fn slugs(&self) -> Vec<String> {
        let history = self.project.cargo_migrate(&["history", "--format", "json"]);
        let history = history.json();
        let entries = history["revisions"]
            .as_array()
            .expect("an array")
            .iter()
            .rev();
        let slug = |entry: &serde_json::Value| entry["slug"].as_str().expect("a slug").to_owned();
        entries.map(slug).collect()
    }

    /// Whether each revision follows the one before it.
    fn is_one_line(&self) -> bool {
        let heads = self
            .project
            .cargo_migrate(&["heads", "--format", "json"])
            .json();
        let branches = self
            .project
            .cargo_migrate(&["branches", "--format", "json"])
            .json();
        heads["heads"]
            .as_array()
            .is_some_and(|heads| heads.len() == 1)
            && branches["branches"].as_array().is_some_and(Vec::is_empty)
    }
}
