//! What the command line says: the global options, the table of commands, and how a run ends.

mod arguments;
mod databases;
mod global;
pub mod reference;
mod usage;

use std::ffi::OsString;

use build_support::{Exit, report::unwritten};
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

pub use self::{
    arguments::revision_name,
    global::{GlobalArgs, Target},
};
use crate::{
    commands, context::Context, environment::Environment, failure::Outcome, term::Terminal,
};

/// Database migrations for Rust and PostgreSQL: write, review, apply, revert, branch, merge.
///
/// Revisions are plain SQL files that form a graph; the history of what is applied is kept in the
/// database itself.
#[derive(Debug, Parser)]
#[command(
    name = "cargo-migrate",
    bin_name = "cargo migrate",
    version,
    arg_required_else_help = true,
    subcommand_required = true,
    max_term_width = 100,
    after_help = "Examples:\n  cargo migrate new create_users \"email:varchar(255):not-null:unique\"\n  \
                  cargo migrate up\n  cargo migrate status\n  cargo migrate down -1"
)]
pub struct Cli {
    /// The options of every command.
    #[command(flatten)]
    pub options: GlobalArgs,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands, in the order that the help lists them; each has its file in `commands/`, where
/// its arguments and its help are.
#[derive(Debug, Subcommand)]
#[allow(
    missing_docs,
    reason = "the help of a command is the documentation of its arguments"
)]
pub enum Command {
    Init(commands::init::InitArgs),
    New(Box<commands::new::NewArgs>),
    Edit(commands::edit::EditArgs),
    ListTemplates(commands::list_templates::ListTemplatesArgs),
    #[command(alias = "upgrade")]
    Up(commands::up::UpArgs),
    #[command(alias = "downgrade")]
    Down(commands::down::DownArgs),
    Redo(commands::redo::RedoArgs),
    Status(commands::status::StatusArgs),
    Current(commands::current::CurrentArgs),
    Heads(commands::heads::HeadsArgs),
    Branches(commands::branches::BranchesArgs),
    History(commands::history::HistoryArgs),
    Show(commands::show::ShowArgs),
    Lint(commands::lint::LintArgs),
    Merge(commands::merge::MergeArgs),
    Rebase(commands::rebase::RebaseArgs),
    Squash(commands::squash::SquashArgs),
    Graph(commands::graph::GraphArgs),
    Db(commands::db::DbArgs),
    Dev(commands::dev::DevArgs),
    Stamp(commands::stamp::StampArgs),
    Check(commands::check::CheckArgs),
    Verify(commands::verify::VerifyArgs),
    Diff(commands::diff::DiffArgs),
    GenerateDown(commands::generate_down::GenerateDownArgs),
    Repair(commands::repair::RepairArgs),
    Import(commands::import::ImportArgs),
    Fleet(commands::fleet::FleetArgs),
    EnsureHistory(commands::ensure_history::EnsureHistoryArgs),
    Config(commands::config::ConfigArgs),
    Completions(commands::completions::CompletionsArgs),
    Man(commands::man::ManArgs),
}

impl Command {
    /// Runs the command.
    pub fn run(&self, context: &mut Context) -> Outcome {
        match self {
            Self::Init(args) => commands::init::run(args, context),
            Self::New(args) => commands::new::run(args, context),
            Self::Edit(args) => commands::edit::run(args, context),
            Self::ListTemplates(args) => commands::list_templates::run(args, context),
            Self::Up(args) => commands::up::run(args, context),
            Self::Down(args) => commands::down::run(args, context),
            Self::Redo(args) => commands::redo::run(args, context),
            Self::Status(args) => commands::status::run(args, context),
            Self::Current(args) => commands::current::run(args, context),
            Self::Heads(args) => commands::heads::run(args, context),
            Self::Branches(args) => commands::branches::run(args, context),
            Self::History(args) => commands::history::run(args, context),
            Self::Show(args) => commands::show::run(args, context),
            Self::Lint(args) => commands::lint::run(args, context),
            Self::Merge(args) => commands::merge::run(args, context),
            Self::Rebase(args) => commands::rebase::run(args, context),
            Self::Squash(args) => commands::squash::run(args, context),
            Self::Graph(args) => commands::graph::run(args, context),
            Self::Db(args) => commands::db::run(args, context),
            Self::Dev(args) => commands::dev::run(args, context),
            Self::Stamp(args) => commands::stamp::run(args, context),
            Self::Check(args) => commands::check::run(args, context),
            Self::Verify(args) => commands::verify::run(args, context),
            Self::Diff(args) => commands::diff::run(args, context),
            Self::GenerateDown(args) => commands::generate_down::run(args, context),
            Self::Repair(args) => commands::repair::run(args, context),
            Self::Import(args) => commands::import::run(args, context),
            Self::Fleet(args) => commands::fleet::run(args, context),
            Self::EnsureHistory(args) => commands::ensure_history::run(args, context),
            Self::Config(args) => commands::config::run(args, context),
            Self::Completions(args) => commands::completions::run(args, context),
            Self::Man(args) => commands::man::run(args, context),
        }
    }
}

/// The description of the command line, for help, completions and manual pages.
pub fn description() -> clap::Command {
    Cli::command()
}

/// Runs one command line to its end.
pub fn run(arguments: Vec<OsString>, environment: Environment) -> Exit {
    let arguments = arguments::normalise(arguments);
    let early = usage::early_options(&arguments);
    let parsed = description()
        .try_get_matches_from(arguments)
        .and_then(|matches| Cli::from_arg_matches(&matches));
    match parsed {
        Ok(cli) => run_command(&cli, environment),
        Err(error) => usage::explain(&error, &Terminal::standard(early)),
    }
}

fn run_command(cli: &Cli, environment: Environment) -> Exit {
    let term = Terminal::standard(cli.options.term_options(&environment));
    let mut context = Context::new(cli.options.clone(), environment, term);
    let outcome = match context.options.all_databases {
        true => databases::on_each(&cli.command, &mut context),
        false => guarded(|| cli.command.run(&mut context)),
    };
    let exit = told(outcome, &context);
    context.term.flush();
    match context.term.lost() {
        Some(error) => exit.worse(told(Err(unwritten(&error).into()), &context)),
        None => exit,
    }
}

/// Shows why a command failed, if it did.
fn told(outcome: Outcome, context: &Context) -> Exit {
    outcome.unwrap_or_else(|mut failure| {
        if let Some(place) = &mut failure.place {
            place.file = context.shown(&place.file).to_owned();
        }
        for note in &mut failure.notes {
            *note = context.shown_in(note);
        }
        context.term.fail(&failure);
        failure.exit
    })
}

/// Turns a panic into a failure: a fault of ours, with exit code 70 and never a trace on stdout.
fn guarded(run: impl FnOnce() -> Outcome) -> Outcome {
    std::panic::set_hook(Box::new(|_| {}));
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run));
    drop(std::panic::take_hook());
    caught.unwrap_or_else(|payload| {
        let text = payload.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
        let reason = text.unwrap_or("no reason given");
        Err(
            crate::failure::Failure::fault(format!("a fault of `cargo migrate`: {reason}"))
                .hint("please report it with the command line and the revision files"),
        )
    })
}

#[cfg(test)]
mod tests;
