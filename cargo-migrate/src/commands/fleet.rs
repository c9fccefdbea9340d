//! `fleet`: one command on many databases or schemas at once.

use std::path::PathBuf;

use build_support::{Exit, engine::MissingSchema, report::hazard};
use clap::{Args, Subcommand};

use crate::{
    checks,
    cli::revision_name,
    commands::up::UpArgs,
    context::Context,
    failure::{Failure, Outcome},
    fleet::{Fleet, Kind, Source, Task, members},
    term::Format,
};

/// Apply, show or check the revisions of many databases or schemas at once
///
/// The members are named by flags, by lists and by a query; several sources add up. A schema has its
/// own history, and names without a schema in scripts mean that schema. One that fails does not stop
/// the others; what is up to date is left alone, so a run that was cut short is run again. The exit
/// code is that of the worst member.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Examples:\n  cargo migrate fleet up --schemas acme,globex\n  \
                  cargo migrate fleet up --query 'SELECT schema_name FROM tenants' --jobs 16\n  \
                  cargo migrate fleet status --databases shop_eu,shop_us\n  \
                  cargo migrate fleet check --list urls.txt --format json"
)]
pub struct FleetArgs {
    /// What to do on each
    #[command(subcommand)]
    pub action: FleetAction,
}

/// What to do on each member.
#[derive(Debug, Clone, Subcommand)]
pub enum FleetAction {
    /// Apply the pending revisions that the targets need
    Up(FleetUpArgs),
    /// Tell how each stands
    Status(MemberArgs),
    /// Find what is pending, unknown or edited; findings end with exit code 3
    Check(MemberArgs),
}

/// Who the members are.
#[derive(Debug, Clone, Args)]
pub struct MemberArgs {
    /// Schemas of the one database
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub schemas: Vec<String>,
    /// Databases of the same server, by name, or any, by URL
    #[arg(long, value_name = "NAME|URL", value_delimiter = ',')]
    pub databases: Vec<String>,
    /// A file with a name or a URL a line; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub list: Vec<PathBuf>,
    /// A query on the one database whose first column has the names or URLs
    #[arg(long, value_name = "SQL")]
    pub query: Option<String>,
    /// What a plain name of a list or of the query is
    #[arg(
        long,
        value_enum,
        default_value_t,
        value_name = "schemas|databases",
        hide_possible_values = true
    )]
    pub of: Kind,
    /// How many are worked on at once, each over a connection of its own
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = jobs)]
    pub jobs: usize,
}

/// How to apply.
#[derive(Debug, Clone, Args)]
pub struct FleetUpArgs {
    /// Where to go: ids, slugs, labels, `head`, `heads`, `+1`, …; without any, the head
    #[arg(value_name = "TARGET", value_parser = revision_name, allow_negative_numbers = true)]
    pub targets: Vec<String>,
    /// Who the members are.
    #[command(flatten)]
    pub members: MemberArgs,
    /// A schema that the scripts of every schema find too, such as `public` with its extensions
    #[arg(long, value_name = "SCHEMA")]
    pub shared: Vec<String>,
    /// Make the schemas that are missing
    #[arg(long)]
    pub create: bool,
    /// Print the plans and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Apply all of a member's revisions in one transaction
    #[arg(long)]
    pub one_transaction: bool,
    /// Also apply the revisions of the contract phase
    #[arg(long)]
    pub contract: bool,
    /// Accept a hazard, such as `data-loss`
    #[arg(long, value_name = "HAZARD", value_parser = hazard)]
    pub allow: Vec<String>,
}

/// Works on all members.
pub fn run(args: &FleetArgs, context: &mut Context) -> Outcome {
    match &args.action {
        FleetAction::Up(args) => up(args, context),
        FleetAction::Status(args) => work(args, Task::Status, context),
        FleetAction::Check(args) => {
            let exit = check_files(context)?;
            Ok(exit.worse(work(args, Task::Check, context)?))
        }
    }
}

fn up(args: &FleetUpArgs, context: &Context) -> Outcome {
    let each = UpArgs {
        targets: args.targets.clone(),
        dry_run: args.dry_run,
        one_transaction: args.one_transaction,
        contract: args.contract,
        allow: args.allow.clone(),
        ..UpArgs::default()
    };
    let mut options = each.options(context)?;
    if args.create {
        options.missing_schema = MissingSchema::Create;
    }
    let task = Task::Up(each.symbols(context)?);
    let graph = context.graph()?;
    let (members, home) = members(&args.members.source()?, context)?;
    let fleet = Fleet {
        graph,
        options,
        shared: args.shared.clone(),
        home,
        task,
    };
    fleet.run(&members, args.members.jobs, context)
}

fn work(args: &MemberArgs, task: Task, context: &Context) -> Outcome {
    let graph = context.graph()?;
    let (members, home) = members(&args.source()?, context)?;
    let fleet = Fleet {
        graph,
        options: context.engine_options()?,
        shared: Vec::new(),
        home,
        task,
    };
    fleet.run(&members, args.jobs, context)
}

/// What `check` finds in the files is the same for every member.
fn check_files(context: &Context) -> Outcome {
    let heads = checks::PARTS.iter().find(|part| part.name == "heads");
    let findings = match heads {
        Some(part) => (part.run)(context, &mut checks::Look::default())?,
        None => Vec::new(),
    };
    for finding in &findings {
        match context.term.format() {
            Format::Json => context
                .term
                .json(&serde_json::json!({ "event": "finding", "finding": finding })),
            Format::Human => context
                .term
                .data(format_args!("{:<9}  {}", "found", finding.message)),
        }
    }
    Ok(match findings.is_empty() {
        true => Exit::Done,
        false => Exit::Findings,
    })
}

impl MemberArgs {
    fn source(&self) -> Result<Source, Failure> {
        let named = [
            self.schemas.is_empty(),
            self.databases.is_empty(),
            self.list.is_empty(),
            self.query.is_none(),
        ];
        if named.into_iter().all(|missing| missing) {
            return Err(Failure::usage("nobody is named: a fleet has members")
                .hint("name them with `--schemas`, `--databases`, `--list` or `--query`"));
        }
        Ok(Source {
            schemas: self.schemas.clone(),
            databases: self.databases.clone(),
            lists: self.list.clone(),
            query: self.query.clone(),
            kind: self.of,
        })
    }
}

fn jobs(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err("a number from 1 on".to_owned()),
        Ok(number) => Ok(number),
    }
}
