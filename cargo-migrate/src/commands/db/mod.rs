//! `db`: the target database as a whole.

mod error;
mod maintenance;
mod shell;

use build_support::{Exit, connect::Settings};
use clap::{Args, Subcommand};
use serde_json::json;

use self::maintenance::{Maintenance, Sessions};
use crate::{
    commands::up::{self, UpArgs},
    context::{Address, Context},
    failure::{Failure, Outcome},
    term::Format,
};

/// Create, drop or reset the target database, print its URL or open a shell in it
///
/// `drop` and `reset` ask first. Without a terminal, or where the server is another machine, they
/// need `--yes`.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Examples:\n  cargo migrate db create\n  cargo migrate db reset --yes\n  \
                  cargo migrate db shell -- -c 'TABLE users'"
)]
pub struct DbArgs {
    /// What to do
    #[command(subcommand)]
    pub action: DbAction,
}

/// What to do with it.
#[derive(Debug, Clone, Subcommand)]
pub enum DbAction {
    /// Create the database, where it does not exist
    Create,
    /// Drop the database with all that is in it
    Drop(DropArgs),
    /// Drop the database, create it again, and apply the revisions
    Reset(DropArgs),
    /// Print the database's URL, without its password
    Url,
    /// Run `psql` in the database
    Shell(shell::ShellArgs),
}

/// How to drop.
#[derive(Debug, Clone, Args)]
pub struct DropArgs {
    /// End the sessions of others that are in the database
    #[arg(long)]
    pub force: bool,
}

/// Does what was asked.
pub fn run(args: &DbArgs, context: &mut Context) -> Outcome {
    match &args.action {
        DbAction::Create => create(context),
        DbAction::Drop(args) => drop_database(args, context),
        DbAction::Reset(args) => reset(args, context),
        DbAction::Url => url(context),
        DbAction::Shell(args) => shell::run(args, context),
    }
}

/// Where the target is, be it there or not: a development database is not made by looking.
fn target(context: &Context) -> Result<Settings, Failure> {
    match context.address()? {
        Address::Given(settings) => Ok(*settings),
        Address::Local => context.dev_settings(),
    }
}

fn create(context: &Context) -> Outcome {
    let target = target(context)?;
    let created = Maintenance::of(&target)?.create()?;
    answer(context, "created", created, &target);
    Ok(Exit::Done)
}

fn drop_database(args: &DropArgs, context: &Context) -> Outcome {
    let target = target(context)?;
    if !is_confirmed(context, &target, "drop")? {
        return Ok(Exit::User);
    }
    let dropped = Maintenance::of(&target)?.drop(sessions(args))?;
    answer(context, "dropped", dropped, &target);
    Ok(Exit::Done)
}

fn reset(args: &DropArgs, context: &mut Context) -> Outcome {
    let target = target(context)?;
    // Revisions that can't be read are found before anything is dropped.
    context.graph()?;
    if !is_confirmed(context, &target, "reset")? {
        return Ok(Exit::User);
    }
    let mut maintenance = Maintenance::of(&target)?;
    maintenance.drop(sessions(args))?;
    maintenance.create()?;
    drop(maintenance);
    context.term.say(format_args!(
        "the database `{}` is empty now",
        target.database()
    ));
    up::run(&UpArgs::default(), context)
}

fn sessions(args: &DropArgs) -> Sessions {
    if args.force {
        Sessions::End
    } else {
        Sessions::Respect
    }
}

/// Asks a person; for a server elsewhere an answer at the terminal is not enough.
fn is_confirmed(context: &Context, target: &Settings, verb: &str) -> Result<bool, Failure> {
    let name = target.database();
    if !target.is_local() && !context.options.yes {
        let refused = Failure::user(format!("`{target}` is not on this machine"));
        return Err(refused.hint(format!("pass `--yes` to {verb} the database all the same")));
    }
    let question = format!("{verb} the database `{name}` with all its data ({target})?");
    let confirmed = context.term.confirm(&question)?;
    if !confirmed {
        context
            .term
            .say(format_args!("the database `{name}` is left as it is"));
    }
    Ok(confirmed)
}

fn answer(context: &Context, done: &str, changed: bool, target: &Settings) {
    let name = target.database();
    match context.term.format() {
        Format::Json => context
            .term
            .json(&json!({ "database": name, done: changed })),
        Format::Human if changed => context
            .term
            .say(format_args!("{done} the database `{name}`")),
        Format::Human if done == "created" => {
            context
                .term
                .say(format_args!("the database `{name}` exists already"));
        }
        Format::Human => context
            .term
            .say(format_args!("there is no database `{name}`")),
    }
}

fn url(context: &Context) -> Outcome {
    let target = target(context)?;
    match context.term.format() {
        Format::Human => context.term.data(&target),
        Format::Json => context.term.json(&json!({ "url": target.to_string() })),
    }
    Ok(Exit::Done)
}
