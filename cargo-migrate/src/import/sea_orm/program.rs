//! The project's own `migration` crate, built and run by cargo with the command line that
//! `sea-orm-cli migrate init` writes for it.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{environment::Environment, failure::Failure};

/// How many lines of what it said a message shows.
const LINES: usize = 5;

/// The crate.
#[derive(Debug)]
pub(super) struct Program {
    cargo: OsString,
    manifest: PathBuf,
    project: PathBuf,
}

/// What a run of it said.
#[derive(Debug)]
pub(super) struct Said {
    pub succeeded: bool,
    pub stdout: String,
    pub stderr: String,
}

impl Program {
    /// Finds the crate: in `migration`, or where `MIGRATION_DIR` says, as `sea-orm-cli` does.
    pub(super) fn find(project: &Path, environment: &Environment) -> Result<Self, Failure> {
        let folder = environment.text("MIGRATION_DIR").unwrap_or("migration");
        let manifest = project.join(folder).join("Cargo.toml");
        if !manifest.is_file() {
            return Err(
                Failure::user(format!("there is no `{}`", manifest.display()))
                    .hint("run it in the folder that holds SeaORM's crate `migration`"),
            );
        }
        let cargo = environment.variables.get(std::ffi::OsStr::new("CARGO"));
        Ok(Self {
            cargo: cargo.cloned().unwrap_or_else(|| OsString::from("cargo")),
            manifest,
            project: project.to_owned(),
        })
    }

    /// Builds it.
    pub(super) fn build(&self) -> Result<(), Failure> {
        let said = self.cargo(
            &["build", "--quiet", "--message-format", "short"],
            &[],
            None,
        )?;
        if said.succeeded {
            return Ok(());
        }
        let name = self.manifest.display();
        Err(said.noted(Failure::user(format!("`{name}` does not build"))))
    }

    /// Runs it on a database.
    pub(super) fn run(&self, url: &str, arguments: &[&str]) -> Result<Said, Failure> {
        self.cargo(&["run", "--quiet"], arguments, Some(url))
    }

    fn cargo(
        &self,
        words: &[&str],
        arguments: &[&str],
        url: Option<&str>,
    ) -> Result<Said, Failure> {
        let mut command = Command::new(&self.cargo);
        command
            .args(words)
            .arg("--manifest-path")
            .arg(&self.manifest);
        if !arguments.is_empty() {
            command.arg("--").args(arguments);
        }
        if let Some(url) = url {
            // What a `.env` says is weaker than these.
            command
                .env("DATABASE_URL", url)
                .env("DATABASE_SCHEMA", "public");
        }
        let output = command
            .env("NO_COLOR", "1")
            .current_dir(&self.project)
            .stdin(Stdio::null())
            .output()
            .map_err(|error| {
                Failure::user(format!(
                    "`{}` can't be run: {error}",
                    Path::new(&self.cargo).display()
                ))
                .hint("SeaORM's migrations are a program: install Rust, or run it where they are built")
            })?;
        Ok(Said {
            succeeded: output.status.success(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }
}

impl Said {
    /// The migration that it was at when it ended.
    pub(super) fn last_migration(&self) -> Option<&str> {
        let words = ["Applying migration '", "Rolling back migration '"];
        let name = |line: &'_ str| -> Option<(usize, usize)> {
            let start = words
                .iter()
                .find_map(|word| Some(line.find(word)? + word.len()))?;
            Some((start, start + line[start..].find('\'')?))
        };
        let mut lines = self.stdout.lines().rev();
        lines.find_map(|line| name(line).map(|(start, end)| &line[start..end]))
    }

    /// Its last words.
    pub(super) fn last_line(&self) -> &str {
        let mut lines = self.stderr.lines().rev().map(str::trim);
        let is_word = |line: &&str| !line.is_empty() && !line.starts_with("note: run with");
        lines.find(is_word).unwrap_or("it said nothing")
    }

    /// A failure with its last lines as notes.
    pub(super) fn noted(&self, failure: Failure) -> Failure {
        let lines: Vec<&str> = self
            .stderr
            .lines()
            .filter(|line| !line.trim().is_empty())
            .collect();
        let last = &lines[lines.len().saturating_sub(LINES)..];
        last.iter()
            .fold(failure, |failure, line| failure.note(*line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_migration_that_it_ended_at_is_named_by_itself() {
        let said = Said {
            succeeded: false,
            stdout: "Applying all pending migrations\nApplying migration 'm1_a'\nMigration 'm1_a' has been applied\nApplying migration 'm2_b'\n".to_owned(),
            stderr: "Execution Error: no\n\nnote: run with `RUST_BACKTRACE=1`\n".to_owned(),
        };
        assert_eq!(said.last_migration(), Some("m2_b"));
        assert_eq!(said.last_line(), "Execution Error: no");
    }
}
