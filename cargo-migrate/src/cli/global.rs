//! The options that every command takes.

use std::{collections::BTreeMap, path::PathBuf};

use build_support::report::variable;
use clap::{ArgAction, Args, builder::NonEmptyStringValueParser};

use crate::{
    config::Flags,
    environment::{Attended, Environment},
    project::{Choice, Lookup},
    term::{Answers, ColorWhen, Format, TermOptions, Verbosity},
};

/// The options that every command takes.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Global options")]
pub struct GlobalArgs {
    /// Folder of the revisions; no Cargo project is read then
    #[arg(long, global = true, value_name = "FOLDER")]
    pub dir: Vec<PathBuf>,
    /// URL of the database; else the configured variable, libpq's, or the local server
    #[arg(long, global = true, value_name = "URL", value_parser = NonEmptyStringValueParser::new())]
    pub database_url: Option<String>,
    /// Shape of the output
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        hide_possible_values = true,
        value_name = "human|json"
    )]
    pub format: Format,
    /// Make a value readable in the scripts, as `current_setting('migrate.NAME')`
    ///
    /// Also where revisions are replayed in a scratch database.
    #[arg(long = "set", global = true, value_name = "NAME=VALUE", value_parser = variable)]
    pub variables: Vec<(String, String)>,
    /// Answer questions with yes
    #[arg(long, short = 'y', global = true)]
    pub yes: bool,
    /// Say less; twice is the same
    #[arg(long, short, global = true, action = ArgAction::Count, conflicts_with = "verbose")]
    pub quiet: u8,
    /// Say more
    #[arg(long, short, global = true, action = ArgAction::Count)]
    pub verbose: u8,
    /// When to use colour
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        hide_possible_values = true,
        value_name = "auto|always|never",
        hide_short_help = true
    )]
    pub color: ColorWhen,
    /// The `Cargo.toml` to work with
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub manifest_path: Option<PathBuf>,
    /// The package of the workspace
    #[arg(
        long,
        short,
        global = true,
        value_name = "NAME",
        hide_short_help = true
    )]
    pub package: Option<String>,
    /// One of the databases that the project configures
    #[arg(long, global = true, value_name = "NAME", hide_short_help = true)]
    pub database: Option<String>,
    /// Each of the databases that the project configures
    #[arg(
        long,
        global = true,
        conflicts_with = "database",
        hide_short_help = true
    )]
    pub all_databases: bool,
    /// Use the local development server, whatever the variables say
    #[arg(long, global = true, conflicts_with_all = ["database_url", "release"],
          hide_short_help = true)]
    pub dev: bool,
    /// Never use the local development server: a missing URL is an error
    #[arg(long, global = true, hide_short_help = true)]
    pub release: bool,
    /// URL of a server for scratch databases; else one is started
    #[arg(long, global = true, value_name = "URL", value_parser = NonEmptyStringValueParser::new(),
          hide_short_help = true)]
    pub scratch_url: Option<String>,
}

/// Which database the options ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// The configured one; the local server where nothing is configured.
    Configured,
    /// The configured one; nothing configured is an error.
    ConfiguredOnly,
    /// The local development server.
    Local,
}

impl GlobalArgs {
    /// How to write.
    pub fn term_options(&self, environment: &Environment) -> TermOptions {
        let answers = match (self.yes, environment.attended) {
            (true, _) => Answers::Yes,
            (false, Attended::Yes) => Answers::Person,
            (false, Attended::No) => Answers::Nobody,
        };
        let verbosity = match (self.quiet, self.verbose) {
            (0, 0) => Verbosity::Normal,
            (0, _) => Verbosity::Verbose,
            (_, _) => Verbosity::Quiet,
        };
        TermOptions {
            format: self.format,
            color: self.color,
            verbosity,
            answers,
        }
    }

    /// Where to work.
    pub fn choice(&self) -> Choice {
        Choice {
            manifest_path: self.manifest_path.clone(),
            package: self.package.clone(),
            lookup: if self.dir.is_empty() {
                Lookup::Cargo
            } else {
                Lookup::Folder
            },
        }
    }

    /// The settings that flags say.
    pub fn flags(&self) -> Flags {
        let mut flags: Flags = BTreeMap::new();
        if !self.dir.is_empty() {
            let dirs = self
                .dir
                .iter()
                .map(|dir| dir.display().to_string())
                .collect();
            flags.insert("dir", ("--dir", dirs));
        }
        if let Some(url) = &self.database_url {
            flags.insert("database-url", ("--database-url", vec![url.clone()]));
        }
        if let Some(url) = &self.scratch_url {
            flags.insert("scratch-url", ("--scratch-url", vec![url.clone()]));
        }
        flags
    }

    /// Which database is asked for: a deploy never falls back to the local server by accident.
    pub fn target(&self, environment: &Environment) -> Target {
        if self.dev {
            Target::Local
        } else if self.release || !self.dir.is_empty() || environment.is_ci() {
            Target::ConfiguredOnly
        } else {
            Target::Configured
        }
    }
}
