//! The command line as a whole: what it accepts, and that every command explains itself.

use super::*;

fn parse(arguments: &[&str]) -> Result<Cli, clap::Error> {
    let arguments = arguments::normalise(arguments.iter().map(OsString::from).collect());
    Cli::try_parse_from(arguments)
}

#[test]
fn the_description_is_consistent() {
    description().debug_assert();
}

#[test]
fn global_options_may_stand_anywhere() {
    let before = parse(&["cargo-migrate", "--format", "json", "config"]).expect("valid");
    let after = parse(&["cargo-migrate", "migrate", "config", "--format=json"]).expect("valid");
    assert_eq!(before.options.format, after.options.format);
}

#[test]
fn every_command_has_an_example() {
    for command in description()
        .get_subcommands()
        .filter(|command| !command.is_hide_set())
    {
        let help = command
            .get_after_help()
            .map(ToString::to_string)
            .unwrap_or_default();
        assert!(
            help.contains("cargo migrate "),
            "`{}` has no example",
            command.get_name()
        );
    }
}

/// The words of a command as a shell reads them, up to what a shell does itself.
fn words(command: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for letter in command.chars() {
        match (quote, letter) {
            (Some(open), letter) if letter == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (None, ' ') => words.extend(word.take()),
            (None, '|' | '<' | '>' | '#' | ';') => break,
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    words
}

/// The commands of a text, in backticks or on lines of their own.
fn commands(text: &str) -> Vec<&str> {
    let begins = |part: &&str| part.starts_with("cargo migrate ");
    let of_line = |line: &'_ str| line.trim_start().trim_start_matches("$ ").len();
    let lines = text
        .lines()
        .map(|line| &line[line.len() - of_line(line)..])
        .filter(begins);
    let spans = text
        .lines()
        .flat_map(|line| line.split('`').skip(1).step_by(2))
        .filter(begins);
    lines.chain(spans).collect()
}

#[test]
fn every_command_of_the_documents_and_examples_can_be_read() {
    let mut help = Vec::new();
    for command in description().get_subcommands() {
        help.extend(command.get_after_help().map(ToString::to_string));
    }
    let mut texts = vec![
        include_str!("../../../README.md").to_owned(),
        help.join("\n"),
    ];
    let docs = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs");
    for entry in fs_err::read_dir(docs).expect("the pages") {
        let path = entry.expect("a page").path();
        texts.push(fs_err::read_to_string(path).expect("a page"));
    }
    let mut count = 0;
    for command in texts.iter().flat_map(|text| commands(text)) {
        let words = words(command);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        if words.iter().any(|word| word.contains('…')) {
            continue;
        }
        count += 1;
        // A sentence may speak of `cargo migrate new` without saying what.
        let is_right = |error: &clap::Error| {
            use clap::error::ErrorKind as Kind;
            matches!(
                error.kind(),
                Kind::DisplayHelp
                    | Kind::DisplayVersion
                    | Kind::DisplayHelpOnMissingArgumentOrSubcommand
                    | Kind::MissingSubcommand
                    | Kind::MissingRequiredArgument
            )
        };
        if let Err(error) = parse(&words).map(drop) {
            assert!(is_right(&error), "{command}\n{error}");
        }
    }
    assert!(count > 100, "{count}");
}
