//! The reference of the command line, `docs/cli.md`, written from the same description as the help.

use std::fmt::Write as _;

/// The whole page.
pub fn page() -> String {
    let mut page = String::from(
        "# The command line\n\nWritten from the help texts; `MIGRATE_BLESS=1 cargo test -p cargo-migrate \
         reference` writes it anew.\n",
    );
    let command = super::description()
        .term_width(100)
        .color(clap::ColorChoice::Never);
    let names: Vec<String> = command
        .get_subcommands()
        .filter(|command| !command.is_hide_set())
        .map(|command| command.get_name().to_owned())
        .collect();
    section(&mut page, &help_of(&command, None), "cargo migrate");
    for name in names {
        section(
            &mut page,
            &help_of(&command, Some(&name)),
            &format!("cargo migrate {name}"),
        );
    }
    page
}

fn help_of(command: &clap::Command, subcommand: Option<&str>) -> String {
    let arguments = ["cargo-migrate"]
        .into_iter()
        .chain(subcommand)
        .chain(["--help"]);
    match command.clone().try_get_matches_from(arguments) {
        Err(help) => help.render().to_string(),
        Ok(_) => String::new(),
    }
}

fn section(page: &mut String, help: &str, title: &str) {
    let lines = help
        .lines()
        .map(str::trim_end)
        .collect::<Vec<_>>()
        .join("\n");
    let text = write!(
        page,
        "\n## `{title}`\n\n```text\n{}\n```\n",
        lines.trim_end()
    );
    text.expect("a String takes every write");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_is_the_help_of_today() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/cli.md");
        if std::env::var_os("MIGRATE_BLESS").is_some() {
            fs_err::write(file, page()).expect("the docs folder is there");
        }
        let written = fs_err::read_to_string(file).expect("the reference is there");
        assert!(
            written == page(),
            "run the test again with MIGRATE_BLESS=1 and read the change"
        );
    }
}
