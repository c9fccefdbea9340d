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
