//! Programs that work on new files: the `post-write` commands and the editor.

use std::{
    io,
    path::{Path, PathBuf},
    process::{Command, ExitStatus},
};

/// A program that did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// No command at all, or a quote that is not closed.
    #[error("the command `{command}` can't be read: {reason}")]
    Unreadable {
        /// The command.
        command: String,
        /// What is wrong.
        reason: &'static str,
    },
    /// It does not start.
    #[error("`{command}` does not start: {source}")]
    Start {
        /// The command.
        command: String,
        /// Why.
        source: io::Error,
    },
    /// It failed.
    #[error("`{command}` failed on `{}`: {status}", files.first().map_or(Path::new(""), PathBuf::as_path).display())]
    Failed {
        /// The command.
        command: String,
        /// The files that it was given.
        files: Vec<PathBuf>,
        /// How it ended.
        status: ExitStatus,
    },
}

/// Runs a command on files, in a folder, with the terminal that we have; waits for it.
///
/// # Errors
/// When it can't be started or does not end with success.
pub fn run(command: &str, files: &[PathBuf], folder: &Path) -> Result<(), ToolError> {
    let words = words(command)?;
    let (program, arguments) = words.split_first().ok_or_else(|| ToolError::Unreadable {
        command: command.to_owned(),
        reason: "it is empty",
    })?;
    let status = Command::new(program)
        .args(arguments)
        .args(files)
        .current_dir(folder)
        // Standard output is for the answer of our own command.
        .stdout(io::stderr())
        .status()
        .map_err(|source| ToolError::Start {
            command: command.to_owned(),
            source,
        })?;
    if status.success() {
        return Ok(());
    }
    Err(ToolError::Failed {
        command: command.to_owned(),
        files: files.to_vec(),
        status,
    })
}

/// The words of a command: separated by white space, except inside quotes.
fn words(command: &str) -> Result<Vec<String>, ToolError> {
    let mut words = Vec::new();
    let (mut word, mut quote): (Option<String>, Option<char>) = (None, None);
    for c in command.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    match quote {
        None => Ok(words),
        Some(_) => Err(ToolError::Unreadable {
            command: command.to_owned(),
            reason: "a quote is not closed",
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_keep_words_together() {
        let read = |command| words(command).expect("words");
        assert_eq!(read("code --wait"), ["code", "--wait"]);
        assert_eq!(read("'my editor' -n \"\""), ["my editor", "-n", ""]);
        assert!(words("vi 'x").is_err());
    }

    #[test]
    fn a_command_that_fails_or_is_missing_is_an_error() {
        let folder = std::env::temp_dir();
        let run = |command| run(command, &[], &folder);
        assert!(matches!(run(""), Err(ToolError::Unreadable { .. })));
        assert!(matches!(
            run("no-such-program-anywhere"),
            Err(ToolError::Start { .. })
        ));
        assert!(matches!(
            run("rustc --no-such-flag"),
            Err(ToolError::Failed { .. })
        ));
        assert!(run("rustc --version").is_ok());
    }
}
