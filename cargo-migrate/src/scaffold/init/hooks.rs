//! The hooks of git that move revisions after a merge: a new file, our part of an existing one, or
//! what to add by hand.

/// What git runs after a merge, and after it has rebased a branch.
pub const HOOKS: [&str; 2] = ["post-merge", "post-rewrite"];

const BEGIN: &str = "# >>> cargo migrate >>>\n";
const END: &str = "# <<< cargo migrate <<<\n";

/// What becomes of a hook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hook {
    /// It has our part already.
    Unchanged,
    /// A whole new file.
    New(String),
    /// The existing one with our part.
    Patched(String),
    /// It is no shell script: the line that it should run.
    ByHand(String),
}

/// Puts our part into a hook; `text` is the one that exists, `folder` is below the repository's top,
/// and `dirs` are the folders of revisions where there is no package.
///
/// Our part comes right behind the first line: what follows may end the script. It never fails.
pub fn hook(text: Option<&str>, folder: &str, dirs: &[String]) -> Hook {
    let part = part(folder, dirs);
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else {
        return Hook::New(format!("#!/bin/sh\n{part}"));
    };
    if let Some((before, rest)) = text.split_once(BEGIN) {
        let Some((_, after)) = rest.split_once(END) else {
            return Hook::ByHand(command(dirs));
        };
        let whole = format!("{before}{part}{after}");
        return match whole == text {
            true => Hook::Unchanged,
            false => Hook::Patched(whole),
        };
    }
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let shell = first.trim_start_matches("#!").rsplit(['/', ' ']).next();
    match shell.map(str::trim) {
        Some("sh" | "bash" | "dash" | "zsh" | "ksh") if first.starts_with("#!") => {
            Hook::Patched(format!("{first}\n{part}{rest}"))
        }
        _ => Hook::ByHand(command(dirs)),
    }
}

fn command(dirs: &[String]) -> String {
    let dirs: String = dirs
        .iter()
        .map(|dir| format!(" --dir {}", quoted(dir)))
        .collect();
    format!("cargo-migrate rebase --if-needed{dirs}")
}

fn part(folder: &str, dirs: &[String]) -> String {
    let (command, folder) = (command(dirs), quoted(folder));
    format!(
        "{BEGIN}\
         # Moves the revisions that this branch added after those that came by the merge.\n\
         # Written by `cargo migrate init --hooks`.\n\
         if [ \"${{1:-}}\" != amend ] && command -v cargo-migrate >/dev/null 2>&1; then\n  \
           (\n    \
             cd \"$(git rev-parse --show-toplevel)\"/{folder} &&\n      \
               unset $(git rev-parse --local-env-vars) &&\n      \
               {command} </dev/null\n  \
           ) || true\n\
         fi\n\
         {END}"
    )
}

/// A word for the shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patched(text: &str) -> String {
        match hook(Some(text), "", &[]) {
            Hook::Patched(text) => text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_new_hook_is_a_shell_script() {
        let Hook::New(text) = hook(None, "crates/store's", &[]) else {
            panic!("a new one was expected");
        };
        insta::assert_snapshot!(text, @r#"
        #!/bin/sh
        # >>> cargo migrate >>>
        # Moves the revisions that this branch added after those that came by the merge.
        # Written by `cargo migrate init --hooks`.
        if [ "${1:-}" != amend ] && command -v cargo-migrate >/dev/null 2>&1; then
          (
            cd "$(git rev-parse --show-toplevel)"/'crates/store'\''s' &&
              unset $(git rev-parse --local-env-vars) &&
              cargo-migrate rebase --if-needed </dev/null
          ) || true
        fi
        # <<< cargo migrate <<<
        "#);
        assert_eq!(hook(Some(&text), "crates/store's", &[]), Hook::Unchanged);
    }

    #[test]
    fn an_existing_hook_keeps_its_own_lines() {
        let text = patched("#!/usr/bin/env bash\nset -e\nexec make\n");
        assert!(
            text.starts_with("#!/usr/bin/env bash\n# >>> cargo migrate >>>\n"),
            "{text}"
        );
        assert!(
            text.ends_with("# <<< cargo migrate <<<\nset -e\nexec make\n"),
            "{text}"
        );
        assert_eq!(hook(Some(&text), "", &[]), Hook::Unchanged);
        let older = text.replace("--if-needed", "--older");
        assert_eq!(patched(&older), text);
    }

    #[test]
    fn a_hook_in_another_language_is_left_alone() {
        let line = "cargo-migrate rebase --if-needed --dir 'db'".to_owned();
        let hook = hook(
            Some("#!/usr/bin/env python3\nprint()\n"),
            "",
            &["db".to_owned()],
        );
        assert_eq!(hook, Hook::ByHand(line));
    }
}
