//! `import`: takes over a database that another tool migrated.

use std::path::{Path, PathBuf};

use build_support::{
    Exit,
    engine::{Operation, Purge},
    graph::Graph,
    report::count,
};
use clap::Args;
use postgres::Client;
use serde_json::json;

use crate::{
    context::Context,
    failure::{Failure, Outcome},
    import::{
        Adopted, ImportError, Table, Tool, adopt, alembic,
        convert::{self, Conversion},
        programs, sea_orm,
    },
    term::Format,
};

/// Take over a database that another migration tool migrated
///
/// Reads the tool's own table, checks its checksums where it has any, and records the same revisions
/// here. Nothing is run, the other tool's table stays, and no file is changed unless `--convert` says
/// so.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Examples:\n  cargo migrate import\n  cargo migrate import --from diesel --dry-run\n  \
                  cargo migrate import --convert\n  \
                  cargo migrate import --from flyway --table shop.schema_history"
)]
pub struct ImportArgs {
    /// The tool, where the database holds the tables of several
    #[arg(long, value_name = "TOOL")]
    pub from: Option<Tool>,
    /// The tool's table, where it has another name or schema than usual
    #[arg(long, value_name = "NAME", requires = "from")]
    pub table: Option<String>,
    /// Rename the files to the pair layout, `<id>_<slug>.up.sql`, by `git mv` where git knows them; of
    /// Alembic's and SeaORM's, which are programs, write the SQL that they run
    #[arg(long)]
    pub convert: bool,
    /// Say what would be recorded and renamed, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Reads the other record and stamps ours.
pub fn run(args: &ImportArgs, context: &mut Context) -> Outcome {
    let mut client = context.connect()?;
    let ours = context.read_state(&mut client)?.applied.len();
    if ours > 0 {
        return Err(ImportError::NotEmpty(ours).into());
    }
    let table = choose(args, &mut client, context)?;
    let tool = table.tool;
    let history = table.read(&mut client).map_err(|error| told(&error))?;
    let folders = context.revision_folders()?;
    let (conversion, after) = match args.convert {
        true => {
            let (conversion, graph) = plan(&table, &folders, &mut client, context)?;
            (conversion, Some(graph))
        }
        false => (Conversion::default(), None),
    };
    let graph = match &after {
        Some(graph) => graph,
        None => context.graph()?,
    };
    let mut known = programs(tool, &folders, &context.project()?.folder);
    for program in &mut known {
        program.path = context.shown(&program.path).to_owned();
    }
    let base = &context.environment.folder;
    let read = |path: &Path| std::fs::read(base.join(conversion.now_at(path)));
    let adopted = adopt(graph, tool, &history, (&read, &known))?;
    if !args.dry_run {
        conversion.perform()?;
        if !conversion.is_empty() {
            context.reload();
        }
        stamp(tool, &adopted, &mut client, context)?;
    }
    tell(&table, &adopted, (&conversion, args), context)?;
    Ok(Exit::Done)
}

fn plan(
    table: &Table,
    folders: &[PathBuf],
    client: &mut Client,
    context: &Context,
) -> Result<(Conversion, Graph), Failure> {
    match table.tool {
        Tool::Alembic => {
            let project = &context.project()?.folder;
            alembic::plan(project, folders, context.config()?.slug_length())
        }
        Tool::SeaOrm => sea_orm::plan(table, folders, major(client), context),
        Tool::Refinery | Tool::Sqlx | Tool::Diesel | Tool::GolangMigrate | Tool::Flyway => {
            convert::plan(table.tool, folders)
        }
    }
}

/// The server's major version: a scratch server of the same one runs what it would.
fn major(client: &mut Client) -> Option<u32> {
    let number = "SELECT pg_catalog.current_setting('server_version_num')::int / 10000";
    let row = client.query_one(number, &[]).ok()?;
    u32::try_from(row.get::<_, i32>(0)).ok()
}

fn stamp(
    tool: Tool,
    adopted: &Adopted,
    client: &mut Client,
    context: &Context,
) -> Result<(), Failure> {
    if adopted.heads.is_empty() {
        return Ok(());
    }
    let mut options = context.engine_options()?;
    options.application = format!("{}, import from {}", options.application, tool.name());
    let targets = adopted.heads.iter().map(ToString::to_string).collect();
    let purge = Purge::Keep;
    let stamp = Operation::Stamp { targets, purge };
    context
        .perform((stamp, &options), client, &mut |_| {})
        .map(|_| ())
}

fn tell(
    table: &Table,
    adopted: &Adopted,
    (conversion, args): (&Conversion, &ImportArgs),
    context: &Context,
) -> Result<(), Failure> {
    let term = &context.term;
    let shown = |path: &PathBuf| context.shown(path).display().to_string();
    let texts = |ids: &[build_support::revision::RevisionId]| -> Vec<String> {
        ids.iter().map(ToString::to_string).collect()
    };
    let notes: Vec<&String> = conversion.notes.iter().chain(&adopted.notes).collect();
    if term.format() == Format::Json {
        let project = Tool::of_project(&context.project()?.folder);
        let moved = |one: &convert::Move| json!({ "from": shown(&one.from), "to": shown(&one.to) });
        let kept = |(path, why): &(PathBuf, &str)| json!({ "file": shown(path), "why": why });
        term.json(&json!({
            "from": table.tool.name(),
            "table": table.name,
            "project": project.iter().map(|tool| tool.name()).collect::<Vec<_>>(),
            "revisions": texts(&adopted.applied),
            "heads": texts(&adopted.heads),
            "verified": adopted.verified,
            "renamed": conversion.moves.iter().map(moved).collect::<Vec<_>>(),
            "written": conversion.written.iter().map(|(path, _)| shown(path)).collect::<Vec<_>>(),
            "removed": conversion.removed.iter().map(shown).collect::<Vec<_>>(),
            "kept": conversion.kept.iter().map(kept).collect::<Vec<_>>(),
            "notes": notes,
            "dry_run": args.dry_run,
        }));
        return Ok(());
    }
    for one in &conversion.moves {
        term.say(format_args!(
            "renamed {} to {}",
            shown(&one.from),
            shown(&one.to)
        ));
    }
    for (path, _) in &conversion.written {
        term.say(format_args!("wrote {}", shown(path)));
    }
    for path in &conversion.removed {
        term.say(format_args!(
            "removed {}: its directives are in the scripts",
            shown(path)
        ));
    }
    for (path, why) in &conversion.kept {
        term.say(format_args!("{} keeps its name: {why}", shown(path)));
    }
    for note in notes {
        term.warn(note);
    }
    term.say(format_args!(
        "{} taken over from {}, {} of them with their checksum",
        count(adopted.applied.len(), "revision"),
        table.tool.name(),
        adopted.verified,
    ));
    if args.dry_run {
        term.say("a dry run: nothing was changed");
    }
    Ok(())
}

/// The table to read: the one that is named, else the only one there is, else that of the tool whose
/// files the project holds.
fn choose(args: &ImportArgs, client: &mut Client, context: &Context) -> Result<Table, Failure> {
    if let (Some(tool), Some(name)) = (args.from, &args.table) {
        let found = tool.table_in(name, client).map_err(|error| told(&error))?;
        return found.ok_or_else(|| {
            let table = name.clone();
            ImportError::NoTable { tool, table }.into()
        });
    }
    let mut found = Tool::found_in(client).map_err(|error| told(&error))?;
    let project = Tool::of_project(&context.project()?.folder);
    if let Some(wanted) = args.from {
        found.retain(|table| table.tool == wanted);
    } else if found.len() > 1 {
        let of_project: Vec<&Table> = found
            .iter()
            .filter(|table| project.contains(&table.tool))
            .collect();
        if let [only] = of_project.as_slice() {
            return Ok((*only).clone());
        }
    }
    match (found.as_slice(), args.from) {
        ([one], _) => Ok(one.clone()),
        ([], Some(tool)) => Err(ImportError::NothingOf { tools: vec![tool] }.into()),
        ([], None) if !project.is_empty() => Err(ImportError::NothingOf { tools: project }.into()),
        ([], None) => Err(ImportError::Nothing.into()),
        (several, _) => Err(ImportError::Several {
            tools: several.iter().map(|table| table.tool).collect(),
        }
        .into()),
    }
}

fn told(error: &postgres::Error) -> Failure {
    let said = error
        .as_db_error()
        .map_or_else(|| error.to_string(), |said| said.message().to_owned());
    Failure::user(format!("the other tool's record can't be read: {said}"))
}
