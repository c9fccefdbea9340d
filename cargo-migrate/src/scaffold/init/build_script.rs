//! The build script: a new one, the line in an existing one, or what to add by hand.

use cargo_migrate_templates::project;
use syn::spanned::Spanned as _;

/// What becomes of the build script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BuildScript {
    /// It has the line already.
    Unchanged,
    /// A whole new file.
    New(String),
    /// The existing one with the line.
    Patched(String),
    /// It can't be patched: the line to add, and why.
    ByHand {
        /// The line for `main`.
        line: String,
        /// What is in the way.
        reason: &'static str,
    },
}

/// Puts the check of the revisions into a build script; `text` is the one that exists.
pub fn build_script(text: Option<&str>, dirs: &[String]) -> BuildScript {
    let dirs = match dirs {
        [dir] => format!("{dir:?}"),
        dirs => format!("{dirs:?}"),
    };
    let Some(text) = text else {
        return BuildScript::New(project::BUILD_RS.replace("{{ dirs }}", &dirs));
    };
    let line = format!("build_support::build::migrations({dirs});");
    if text.contains("build::migrations(") {
        return BuildScript::Unchanged;
    }
    match inside_main(text) {
        Ok(at) => BuildScript::Patched(insert(text, at, &line)),
        Err(reason) => BuildScript::ByHand { line, reason },
    }
}

/// The byte after the opening brace of `fn main`.
fn inside_main(text: &str) -> Result<usize, &'static str> {
    let file = syn::parse_file(text).map_err(|_| "it is not Rust that can be read")?;
    let main = file.items.iter().find_map(|item| match item {
        syn::Item::Fn(function) if function.sig.ident == "main" => Some(function),
        _ => None,
    });
    let main = main.ok_or("it has no `fn main`")?;
    let start = main.block.brace_token.span.open().span().start();
    offset(text, start.line, start.column).ok_or("its `fn main` can't be found in the text")
}

/// The byte behind the character at a line, from 1, and a column, from 0.
fn offset(text: &str, line: usize, column: usize) -> Option<usize> {
    let before: usize = text
        .split_inclusive('\n')
        .take(line - 1)
        .map(str::len)
        .sum();
    let (at, brace) = text[before..].char_indices().nth(column)?;
    Some(before + at + brace.len_utf8())
}

fn insert(text: &str, at: usize, line: &str) -> String {
    let (head, tail) = text.split_at(at);
    let rest = tail.split('\n').next().unwrap_or("").trim_start();
    match rest {
        "" => format!("{head}\n    {line}{tail}"),
        rest if rest.starts_with('}') => format!("{head}\n    {line}\n{}", tail.trim_start()),
        _ => format!("{head}\n    {line}\n    {}", tail.trim_start()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(dirs: &[&str]) -> Vec<String> {
        dirs.iter().map(|&dir| dir.to_owned()).collect()
    }

    fn patched(text: &str) -> String {
        match build_script(Some(text), &owned(&["migrations"])) {
            BuildScript::Patched(text) => text,
            other => panic!("not patched: {other:?}"),
        }
    }

    #[test]
    fn a_package_without_one_gets_a_whole_file() {
        let new = |dirs: &[&str]| match build_script(None, &owned(dirs)) {
            BuildScript::New(text) => text,
            other => panic!("{other:?}"),
        };
        let several = "    build_support::build::migrations([\"migrations\", \"more\"]);\n";
        assert!(new(&["migrations", "more"]).contains(several));
        let text = new(&["db/migrations"]);
        insta::assert_snapshot!(text, @r#"
        //! Checks the revisions at build time and makes them part of the binary.

        fn main() {
            build_support::build::migrations("db/migrations");
        }
        "#);
    }

    #[test]
    fn an_existing_one_gets_the_line_at_the_top_of_main() {
        insta::assert_snapshot!(
            patched("// Größe.\nfn helper() {}\n\nfn main() -> Result<(), String> {\n    helper();\n    Ok(())\n}\n"),
            @r#"
        // Größe.
        fn helper() {}

        fn main() -> Result<(), String> {
            build_support::build::migrations("migrations");
            helper();
            Ok(())
        }
        "#
        );
        insta::assert_snapshot!(patched("fn main() { println!(\"x\"); }\n"), @r#"
        fn main() {
            build_support::build::migrations("migrations");
            println!("x"); }
        "#);
        insta::assert_snapshot!(patched("fn main() {}\n"), @r#"
        fn main() {
            build_support::build::migrations("migrations");
        }
        "#);
    }

    #[test]
    fn one_that_has_it_stays() {
        let text = "fn main() { build_support::build::migrations(\"migrations\"); }";
        assert_eq!(
            build_script(Some(text), &owned(&["migrations"])),
            BuildScript::Unchanged
        );
    }

    #[test]
    fn one_that_can_not_be_patched_is_left_with_the_reason() {
        let reason = |text| match build_script(Some(text), &owned(&["migrations"])) {
            BuildScript::ByHand { reason, line } => format!("{reason}: {line}"),
            other => panic!("{other:?}"),
        };
        assert_eq!(
            reason("fn other() {}"),
            "it has no `fn main`: build_support::build::migrations(\"migrations\");"
        );
        assert!(reason("fn main( {").starts_with("it is not Rust"));
    }
}
