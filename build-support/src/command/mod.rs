//! `APP migrate up|down|status|current|history|stamp|check|digest`: the revisions of a release
//! binary, worked with where there is no cargo.
//!
//! This is the one part of the library that reads the environment and writes to the standard
//! streams, and only when the arguments ask for it.

mod args;
mod output;

use std::ffi::OsString;

use clap::{CommandFactory as _, FromArgMatches as _};
use postgres::Client;

use self::{
    args::{Cli, Command, Format, HistoryArgs},
    output::{Output, Stream, table},
};
use crate::{
    Diagnose, Diagnostic, Exit,
    connect::{Lookup, Settings},
    driver::{drive, drive_with_code},
    engine::{Batches, Engine, Grouping, OnUnknown, Operation, Options, Outcome, Purge, View},
    error::Error,
    graph::{Graph, NodeSet, SymbolError, symbol::Symbols},
    history::State,
    migrations::{Migrations, Parts},
    report::{Current, History, STATUS_COLUMNS, ScriptRow, Status, StatusRow, Verdict},
};

/// The variable that says where the database is.
const URL: &str = "DATABASE_URL";

impl Migrations {
    /// Does what `APP migrate …` asks for and ends the process with its exit code; comes back when
    /// the first argument is not `migrate`.
    ///
    /// ```ignore
    /// build_support::migrations!().command(std::env::args_os())?;
    /// ```
    ///
    /// The database is `--database-url`, else `DATABASE_URL`, else what libpq's variables say.
    ///
    /// # Errors
    /// Embedded revisions that can't be read, which the build script has excluded.
    pub fn command<A>(self, arguments: A) -> Result<(), Error>
    where
        A: IntoIterator,
        A::Item: Into<OsString>,
    {
        let arguments: Vec<OsString> = arguments.into_iter().map(Into::into).collect();
        if arguments.get(1).is_none_or(|first| first != "migrate") {
            return Ok(());
        }
        let mut parts = self.into_parts()?;
        let variable = |name: &str| std::env::var(name).ok();
        let (mut data, mut talk) = (std::io::stdout(), std::io::stderr());
        let exit = answer(
            &mut parts,
            &arguments,
            Surroundings {
                variable: &variable,
                data: &mut data,
                talk: &mut talk,
            },
        );
        std::process::exit(exit.code().into())
    }
}

/// What the process is run in.
pub(crate) struct Surroundings<'a> {
    pub(crate) variable: &'a (dyn Fn(&str) -> Option<String> + Sync),
    pub(crate) data: Stream<'a>,
    pub(crate) talk: Stream<'a>,
}

/// Does what the arguments say.
pub(crate) fn answer(
    parts: &mut Parts,
    arguments: &[OsString],
    surroundings: Surroundings<'_>,
) -> Exit {
    let program = program(arguments);
    let Surroundings {
        variable,
        data,
        talk,
    } = surroundings;
    let cli = match parse(&program, arguments) {
        Ok(cli) => cli,
        Err(error) => {
            let shown = !error.use_stderr();
            let stream = if shown { data } else { talk };
            let _ = write!(stream, "{}", error.render());
            return if shown { Exit::Done } else { Exit::Usage };
        }
    };
    let mut output = Output::new(&cli.options, data, talk);
    let mut job = Job {
        parts,
        program,
        output: &mut output,
    };
    let result = job.run(&cli, variable);
    result.unwrap_or_else(|diagnostic| {
        output.fail(&diagnostic);
        diagnostic.exit
    })
}

/// `app migrate`: what the user types before a command.
fn program(arguments: &[OsString]) -> String {
    let path = arguments.first().map(std::path::PathBuf::from);
    let name = path.and_then(|path| Some(path.file_stem()?.to_string_lossy().into_owned()));
    format!("{} migrate", name.unwrap_or_else(|| "app".to_owned()))
}

fn parse(program: &str, arguments: &[OsString]) -> Result<Cli, clap::Error> {
    let command = Cli::command().bin_name(program);
    let matches = command.try_get_matches_from(arguments.iter().skip(1))?;
    Cli::from_arg_matches(&matches)
}

/// One command on its way.
struct Job<'a, 'b> {
    parts: &'a mut Parts,
    program: String,
    output: &'a mut Output<'b>,
}

type Answer = Result<Exit, Diagnostic>;

impl Job<'_, '_> {
    fn run(&mut self, cli: &Cli, variable: &(dyn Fn(&str) -> Option<String> + Sync)) -> Answer {
        match &cli.command {
            Command::Digest => {
                self.output.data(self.parts.digest);
                return Ok(Exit::Done);
            }
            Command::History(args) if !needs_database(&self.parts.graph, args) => {
                return self.history(args, None);
            }
            _ => {}
        }
        let settings = settings(cli.options.database_url.as_deref(), variable)?;
        // A thread of its own: the caller may be inside an asynchronous runtime.
        let worked = settings.with_client(|client| self.with_client(&cli.command, client));
        worked.map_err(|error| error.diagnose())?
    }

    fn with_client(&mut self, command: &Command, client: &mut Client) -> Answer {
        match command {
            Command::Up(args) => {
                let mut options = self.options();
                options.dry_run = args.dry_run;
                options.contract |= args.contract;
                options.allow.extend(args.allow.iter().cloned());
                options.variables.extend(args.variables.iter().cloned());
                if args.one_transaction {
                    options.grouping = Grouping::One;
                }
                let targets = match args.targets.as_slice() {
                    [] => self.parts.targets.clone(),
                    targets => targets.to_vec(),
                };
                #[cfg(feature = "refinery")]
                self.take_over(&options, client)?;
                self.perform(Operation::Up(targets), &options, client)
            }
            Command::Down(args) => {
                let mut options = self.options();
                options.dry_run = args.dry_run;
                self.perform(Operation::Down(args.target.clone()), &options, client)
            }
            Command::Stamp(args) => {
                let purge = if args.purge { Purge::All } else { Purge::Keep };
                let targets = args.targets.clone();
                let operation = Operation::Stamp { targets, purge };
                self.perform(operation, &self.options(), client)
            }
            Command::Status => self.status(client),
            Command::Current { check_heads } => self.current(*check_heads, client),
            Command::History(args) => {
                let state = self.read_state(client)?;
                self.history(args, Some(&View::new(&self.parts.graph, &state)))
            }
            Command::Check => self.check(client),
            Command::Digest => Ok(Exit::Done),
        }
    }

    /// Records what refinery applied, before the first run.
    #[cfg(feature = "refinery")]
    fn take_over(&self, options: &Options, client: &mut Client) -> Result<(), Diagnostic> {
        let (takeover, files) = &self.parts.refinery;
        let entrance = crate::migrations::refinery::Entrance {
            takeover,
            files: *files,
            graph: &self.parts.graph,
            options,
        };
        entrance
            .enter(client)
            .map(|_| ())
            .map_err(|error| error.diagnose())
    }

    /// A person at the command line sees what an application that starts may pass over.
    fn options(&self) -> Options {
        Options {
            on_unknown: OnUnknown::Refuse,
            batches: Batches::Finish,
            ..self.parts.options.clone()
        }
    }

    fn perform(&mut self, operation: Operation, options: &Options, client: &mut Client) -> Answer {
        let Parts { graph, codes, .. } = &mut *self.parts;
        let engine = Engine::new(graph, options, operation);
        let output = &mut *self.output;
        let outcome = drive_with_code(client, engine, &mut |event| output.hear(event), codes);
        if let Outcome::Report(report) = outcome.map_err(|error| error.diagnose())? {
            self.output.end(&report);
        }
        Ok(Exit::Done)
    }

    fn read_state(&self, client: &mut Client) -> Result<State, Diagnostic> {
        let empty = Graph::default();
        let options = self.options();
        let engine = Engine::new(&empty, &options, Operation::Read);
        match drive(client, engine, &mut |_| {}).map_err(|error| error.diagnose())? {
            Outcome::State(state) => Ok(state.unwrap_or_default()),
            Outcome::Report(_) => Ok(State::default()),
        }
    }

    fn status(&mut self, client: &mut Client) -> Answer {
        let state = self.read_state(client)?;
        let status = Status::of(&self.parts.graph, &state, &self.program);
        match self.output.format {
            Format::Json => self.output.json(&status),
            Format::Human => {
                let revisions = status.revisions.iter().map(StatusRow::columns);
                let scripts = status.repeatable.iter().map(ScriptRow::columns);
                let rows: Vec<_> = revisions.chain(scripts).collect();
                for line in table(STATUS_COLUMNS, &rows) {
                    self.output.data(line);
                }
                self.output.say(status.summary());
            }
        }
        Ok(Exit::Done)
    }

    fn current(&mut self, check_heads: bool, client: &mut Client) -> Answer {
        let state = self.read_state(client)?;
        let current = Current::of(&self.parts.graph, &state);
        match self.output.format {
            Format::Json => self.output.json(&current),
            Format::Human => {
                for head in &current.lines {
                    self.output.data(head);
                }
            }
        }
        let missing = check_heads && !current.at_heads;
        Ok(if missing { Exit::Findings } else { Exit::Done })
    }

    fn history(&mut self, args: &HistoryArgs, view: Option<&View>) -> Answer {
        let graph = view.map_or(&self.parts.graph, |view| &view.graph);
        let only = range(graph, view, args).map_err(|error| error.diagnose())?;
        let heads = view.map(|view| graph.heads_of(&view.applied));
        let current = heads.filter(|_| args.indicate_current);
        let history = History::of(graph, only.as_ref(), current.as_deref());
        match self.output.format {
            Format::Json => self.output.json(&history),
            Format::Human => {
                for entry in &history.revisions {
                    self.output.data(entry);
                }
            }
        }
        Ok(Exit::Done)
    }

    fn check(&mut self, client: &mut Client) -> Answer {
        let state = self.read_state(client)?;
        let status = Status::of(&self.parts.graph, &state, &self.program);
        let mut findings = status.checksum_findings();
        findings.extend(status.pending_findings(&self.program));
        let ok = findings.is_empty();
        match self.output.format {
            Format::Json => self.output.json(&Verdict {
                ok,
                findings,
                skipped: Vec::new(),
            }),
            Format::Human => {
                for finding in findings {
                    self.output
                        .data(format_args!("{}: {}", finding.check, finding.message));
                }
            }
        }
        Ok(if ok { Exit::Done } else { Exit::Findings })
    }
}

fn needs_database(graph: &Graph, args: &HistoryArgs) -> bool {
    let asked = range(graph, None, args);
    args.indicate_current || matches!(asked, Err(SymbolError::NeedsState { .. }))
}

fn range(
    graph: &Graph,
    view: Option<&View>,
    args: &HistoryArgs,
) -> Result<Option<NodeSet>, SymbolError> {
    let symbols = match view {
        Some(view) => Symbols::new(graph, &view.applied),
        None => Symbols::offline(graph),
    };
    let Some(text) = &args.range else {
        return Ok(None);
    };
    Ok(Some(symbols.within(&symbols.range(text)?)))
}

fn settings(
    flag: Option<&str>,
    variable: &(dyn Fn(&str) -> Option<String> + Sync),
) -> Result<Settings, Diagnostic> {
    let lookup_variable = |name: &str| variable(name);
    let lookup = Lookup::new(&lookup_variable);
    let named = variable(URL).filter(|url| !url.is_empty());
    let result = match flag.map(str::to_owned).or(named) {
        Some(url) => Settings::parse_with(&url, &lookup),
        None if variable("PGHOST").or(variable("PGSERVICE")).is_some() => {
            Settings::from_environment(&lookup)
        }
        None => {
            let message = format!("no database is given: `{URL}` is not set");
            let hint = format!("set `{URL}`, or pass `--database-url URL`");
            return Err(Diagnostic::new(Exit::User, message).hint(hint));
        }
    };
    result.map_err(|error| error.diagnose())
}

#[cfg(test)]
mod tests;
