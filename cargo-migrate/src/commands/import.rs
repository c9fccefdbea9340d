//! `import`: takes over a database that another tool migrated.

use build_support::{
    Exit,
    engine::{Operation, Purge},
};
use clap::Args;
use postgres::Client;
use serde_json::json;

use crate::{
    context::Context,
    failure::{Failure, Outcome},
    import::{ImportError, Tool, adopt},
    term::Format,
};

/// Take over a database that another migration tool migrated
///
/// Reads the tool's own table, checks its checksums where it has any, and records the same revisions
/// here. No file is changed and nothing is run; the other tool's table stays.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Examples:\n  cargo migrate import\n  cargo migrate import --from diesel --dry-run"
)]
pub struct ImportArgs {
    /// The tool, where the database holds the tables of several
    #[arg(long, value_name = "TOOL")]
    pub from: Option<Tool>,
    /// Say what would be recorded and record nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Reads the other record and stamps ours.
pub fn run(args: &ImportArgs, context: &mut Context) -> Outcome {
    let mut options = context.engine_options()?;
    let graph = context.graph()?;
    let mut client = context.connect()?;
    let ours = context.read_state(&mut client)?.applied.len();
    if ours > 0 {
        return Err(ImportError::NotEmpty(ours).into());
    }
    let tool = choose(args.from, &mut client)?;
    let records = tool.records(&mut client).map_err(|error| told(&error))?;
    let adopted = adopt(graph, tool, &records, &context.environment.folder)?;
    if !args.dry_run {
        options.application = format!("{}, import from {}", options.application, tool.name());
        let targets = adopted.heads.iter().map(ToString::to_string).collect();
        let stamp = Operation::Stamp {
            targets,
            purge: Purge::Keep,
        };
        context.perform((stamp, &options), &mut client, &mut |_| {})?;
    }
    let (count, verified) = (adopted.applied.len(), adopted.verified);
    match context.term.format() {
        Format::Json => context.term.json(&json!({
            "from": tool.name(),
            "revisions": adopted.applied.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "heads": adopted.heads.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "verified": verified,
        })),
        Format::Human => context.term.say(format_args!(
            "{count} revision(s) taken over from {}, {verified} of them with their checksum",
            tool.name()
        )),
    }
    Ok(Exit::Done)
}

fn choose(wanted: Option<Tool>, client: &mut Client) -> Result<Tool, Failure> {
    let found = Tool::found_in(client).map_err(|error| told(&error))?;
    match (wanted, found.as_slice()) {
        (Some(tool), found) if found.contains(&tool) => Ok(tool),
        (Some(_), _) | (None, []) => Err(ImportError::Nothing.into()),
        (None, [one]) => Ok(*one),
        (None, _) => Err(ImportError::Several { tools: found }.into()),
    }
}

fn told(error: &postgres::Error) -> Failure {
    let said = error
        .as_db_error()
        .map_or_else(|| error.to_string(), |said| said.message().to_owned());
    Failure::user(format!("the other tool's record can't be read: {said}"))
}
