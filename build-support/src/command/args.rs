//! The command line of `APP migrate`.

use clap::{Args, Parser, Subcommand, ValueEnum, builder::NonEmptyStringValueParser};

use crate::report;

/// Applies, reverts and shows the revisions that this binary carries.
#[derive(Debug, Parser)]
#[command(
    name = "migrate",
    arg_required_else_help = true,
    disable_help_subcommand = true
)]
pub(super) struct Cli {
    #[command(flatten)]
    pub(super) options: GlobalArgs,
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Args)]
pub(super) struct GlobalArgs {
    /// URL of the database; else DATABASE_URL, else libpq's own variables and files
    #[arg(long, global = true, value_name = "URL", value_parser = NonEmptyStringValueParser::new())]
    pub(super) database_url: Option<String>,
    /// Shape of the output
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "human|json",
        hide_possible_values = true
    )]
    pub(super) format: Format,
    /// Make a value readable in the scripts, as `current_setting('migrate.NAME')`
    #[arg(long = "set", global = true, value_name = "NAME=VALUE", value_parser = report::variable)]
    pub(super) variables: Vec<(String, String)>,
    /// Only errors and answers
    #[arg(long, short, global = true)]
    pub(super) quiet: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    #[default]
    Human,
    Json,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Apply the pending revisions that the targets need
    Up(UpArgs),
    /// Revert the applied revisions above a target
    Down(DownArgs),
    /// Revert the last revisions and apply them again
    Redo {
        /// How many
        #[arg(value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
        count: u32,
    },
    /// Show every revision, applied or not
    Status,
    /// Show the revisions that the database stands at
    Current {
        /// End with exit code 3 unless the database is at all heads
        #[arg(long, short)]
        check_heads: bool,
    },
    /// Show the revisions that nothing follows
    Heads {
        /// Leave out the heads that another revision depends on
        #[arg(long)]
        resolve_dependencies: bool,
    },
    /// List the revisions, the newest first
    History(HistoryArgs),
    /// Record revisions as applied, without running anything
    Stamp(StampArgs),
    /// End with exit code 3 if a revision is pending, unknown or edited
    Check {
        /// Also if one waits for `up --contract`
        #[arg(long)]
        contract: bool,
    },
    /// Print the digest of the revisions that this binary carries
    Digest,
}

#[derive(Debug, Args)]
pub(super) struct UpArgs {
    /// Where to go: ids, slugs, labels, `head`, `heads`, `+1`; without any, the head
    #[arg(value_name = "TARGET", allow_negative_numbers = true)]
    pub(super) targets: Vec<String>,
    /// Print the plan and change nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Print the script instead; with a range `A:B` no database is asked
    #[arg(long, conflicts_with = "dry_run")]
    pub(super) sql: bool,
    /// Apply all of them in one transaction
    #[arg(long)]
    pub(super) one_transaction: bool,
    /// Also apply the revisions of the contract phase
    #[arg(long)]
    pub(super) contract: bool,
    /// Accept a hazard, such as `data-loss`
    #[arg(long, value_name = "HAZARD", value_parser = report::hazard)]
    pub(super) allow: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct DownArgs {
    /// Where to go: an id, a slug, `base`, `-1`
    #[arg(value_name = "TARGET", allow_negative_numbers = true)]
    pub(super) target: String,
    /// Print the plan and change nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Print the script instead; with a range `B:A` no database is asked
    #[arg(long, conflicts_with = "dry_run")]
    pub(super) sql: bool,
}

#[derive(Debug, Args)]
pub(super) struct HistoryArgs {
    /// Only the revisions of a range: `A:B`, `A:` or `:B`
    #[arg(
        long = "rev-range",
        short,
        value_name = "A:B",
        allow_hyphen_values = true
    )]
    pub(super) range: Option<String>,
    /// Mark the revisions that the database stands at; connects
    #[arg(long, short)]
    pub(super) indicate_current: bool,
}

#[derive(Debug, Args)]
pub(super) struct StampArgs {
    /// The new heads: ids, slugs, labels, `head`, `heads`, `base`
    #[arg(value_name = "REV", required = true, allow_negative_numbers = true)]
    pub(super) targets: Vec<String>,
    /// Empty the record first, unknown revisions included
    #[arg(long)]
    pub(super) purge: bool,
    /// Print the script instead; with a range `A:B` no database is asked
    #[arg(long, conflicts_with = "purge")]
    pub(super) sql: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent_and_takes_negative_targets() {
        Cli::command().debug_assert();
        let cli = Cli::try_parse_from(["migrate", "down", "-1"]).expect("valid");
        assert!(matches!(cli.command, Command::Down(DownArgs { target, .. }) if target == "-1"));
        let cli = Cli::try_parse_from(["migrate", "history", "-r", "-3:current"]).expect("valid");
        assert!(matches!(cli.command, Command::History(args) if args.range.is_some()));
    }
}
