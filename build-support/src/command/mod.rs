//! `APP migrate up|down|redo|status|current|heads|history|stamp|check|digest`: the revisions of a
//! release binary, worked with where there is no cargo.
//!
//! This is the one part of the library that reads the environment and writes to the standard
//! streams, and only when the arguments ask for it.

mod args;
mod output;

use std::ffi::OsString;

use clap::{CommandFactory as _, FromArgMatches as _};
use postgres::Client;

use self::{
    args::{Cli, Command, Format, HistoryArgs, UpArgs},
    output::{Output, Stream, table},
};
use crate::{
    Diagnose, Diagnostic, Exit,
    connect::{Lookup, Settings},
    driver::{drive, drive_with_code, up_with_code},
    engine::{
        Batches, Engine, Event, Grouping, OnUnknown, Operation, Options, Outcome, Purge, Redo,
        Report, Span, View, assumed_at, refuse_reversed, script,
    },
    error::Error,
    graph::{Graph, NodeSet, SymbolError, symbol::Symbols},
    history::State,
    migrations::{Migrations, Parts},
    report::{
        Contract, Current, Heads, History, STATUS_COLUMNS, ScriptRow, Status, StatusRow, Verdict,
        error_json, says, usage_error,
    },
    signals::Interruptible,
};

/// The variable that says where the database is.
const URL: &str = "DATABASE_URL";

impl Migrations {
    /// Does what `APP migrate …` asks for and ends the process with its exit code; comes back when
    /// the first argument is not `migrate`.
    ///
    /// ```no_run
    /// # fn start(migrations: build_support::Migrations) -> Result<(), build_support::Error> {
    /// migrations.command(std::env::args_os())?;
    /// # Ok(())
    /// # }
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
        Err(error) if error.use_stderr() => {
            explain(&error, arguments, talk);
            return Exit::Usage;
        }
        Err(help) => {
            let _ = write!(data, "{}", help.render());
            return Exit::Done;
        }
    };
    let variables = cli.options.variables.iter().cloned();
    parts.options.variables.extend(variables);
    let mut output = Output::new(&cli.options, data, talk);
    let mut job = Job {
        parts,
        program: program.clone(),
        output: &mut output,
    };
    let result = job.run(&cli, variable);
    let exit = result.unwrap_or_else(|diagnostic| {
        let diagnostic = in_words_of(&program, diagnostic);
        output.fail(&diagnostic);
        diagnostic.exit
    });
    output.finish(exit)
}

/// Where the library says `cargo migrate up`, a user of this program types its own name.
fn in_words_of(program: &str, mut diagnostic: Diagnostic) -> Diagnostic {
    const OURS: [&str; 7] = [
        "up", "down", "redo", "status", "current", "history", "stamp",
    ];
    for hint in &mut diagnostic.hints {
        for command in OURS {
            let theirs = format!("{program} {command}");
            *hint = hint.replace(&format!("cargo migrate {command}"), &theirs);
        }
    }
    diagnostic
}

/// `app migrate`: what the user types before a command.
fn program(arguments: &[OsString]) -> String {
    let path = arguments.first().map(std::path::PathBuf::from);
    let name = path.and_then(|path| Some(path.file_stem()?.to_string_lossy().into_owned()));
    format!("{} migrate", name.unwrap_or_else(|| "app".to_owned()))
}

/// Says why the command line can't be read. Its format is looked for by hand, since nothing else is
/// known of it.
fn explain(error: &clap::Error, arguments: &[OsString], talk: Stream<'_>) {
    let text = error.render().to_string();
    let _ = match says(arguments, "--format", "json") {
        true => writeln!(talk, "{}", error_json(&usage_error(&text))),
        false => write!(talk, "{text}"),
    };
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

/// A connection, and where it leads.
struct Connection<'c> {
    client: &'c mut Client,
    settings: &'c Settings,
}

impl Connection<'_> {
    fn interruptible(&mut self) -> Result<Interruptible<'_>, Diagnostic> {
        Interruptible::new(self.client, self.settings)
            .map_err(|error| Diagnostic::new(Exit::User, format!("no signals: {error}")))
    }
}

type Answer = Result<Exit, Diagnostic>;

impl Job<'_, '_> {
    fn run(&mut self, cli: &Cli, variable: &(dyn Fn(&str) -> Option<String> + Sync)) -> Answer {
        match &cli.command {
            Command::Digest => {
                self.output.data(self.parts.digest);
                return Ok(Exit::Done);
            }
            Command::Heads {
                resolve_dependencies,
            } => return self.heads(*resolve_dependencies),
            Command::History(args) if !needs_database(&self.parts.graph, args) => {
                return self.history(args, None);
            }
            _ => {}
        }
        let script = self.script_asked(&cli.command)?;
        if let Some((
            Span {
                from: Some(from), ..
            },
            operation,
            options,
        )) = &script
        {
            let state = assumed_at(&self.parts.graph, from).map_err(|error| error.diagnose())?;
            return self.print(operation, options, state);
        }
        let settings = settings(cli.options.database_url.as_deref(), variable)?;
        // A thread of its own: the caller may be inside an asynchronous runtime.
        let worked = settings.with_client(|client| {
            let connection = &mut Connection {
                client,
                settings: &settings,
            };
            match script {
                Some((_, operation, options)) => {
                    let state = self.find_state(connection)?;
                    self.print(&operation, &options, state)
                }
                None => self.with_connection(&cli.command, connection),
            }
        });
        worked.map_err(|error| error.diagnose())?
    }

    /// What `--sql` is to print, if it is given; a range is only for it.
    fn script_asked(
        &self,
        command: &Command,
    ) -> Result<Option<(Span, Operation, Options)>, Diagnostic> {
        let (name, sql, targets, open) = match command {
            Command::Up(args) => ("up", args.sql, args.targets.clone(), "head"),
            Command::Down(args) => ("down", args.sql, vec![args.target.clone()], "base"),
            Command::Stamp(args) => ("stamp", args.sql, args.targets.clone(), "head"),
            _ => return Ok(None),
        };
        if !sql {
            return match targets.iter().find(|target| target.contains(':')) {
                Some(range) => Err(self.stray_range(name, range)),
                None => Ok(None),
            };
        }
        let span = Span::of(&targets, open).map_err(|error| error.diagnose())?;
        if name == "up" {
            refuse_reversed(&self.parts.graph, &span).map_err(|error| error.diagnose())?;
        }
        let (operation, options) = match command {
            Command::Up(args) => (Operation::Up(self.targets(&span.to)), self.up_options(args)),
            Command::Down(_) => (Operation::Down(span.to.concat()), self.options()),
            _ => {
                let (targets, purge) = (span.to.clone(), Purge::Keep);
                (Operation::Stamp { targets, purge }, self.options())
            }
        };
        Ok(Some((span, operation, options)))
    }

    fn stray_range(&self, name: &str, range: &str) -> Diagnostic {
        let message = format!("`{name}` takes no range unless it prints a script: `{range}`");
        let program = &self.program;
        Diagnostic::new(Exit::Usage, message).hint(format!(
            "print the script with `{program} {name} {range} --sql`"
        ))
    }

    fn print(&mut self, operation: &Operation, options: &Options, state: Option<State>) -> Answer {
        let text = script(&self.parts.graph, options, operation.clone(), state);
        let text = text.map_err(|error| error.diagnose())?;
        match (self.output.format, text.is_empty()) {
            (Format::Json, _) => self.output.json(&serde_json::json!({ "sql": text })),
            (Format::Human, true) => self.output.say("nothing to do: the script is empty"),
            (Format::Human, false) => self.output.data(text.trim_end()),
        }
        Ok(Exit::Done)
    }

    fn targets(&self, given: &[String]) -> Vec<String> {
        match given {
            [] => self.parts.targets.clone(),
            given => given.to_vec(),
        }
    }

    fn up_options(&self, args: &UpArgs) -> Options {
        let mut options = self.options();
        options.dry_run = args.dry_run;
        options.contract |= args.contract;
        options.allow.extend(args.allow.iter().cloned());
        if args.one_transaction {
            options.grouping = Grouping::One;
        }
        options
    }

    fn with_connection(&mut self, command: &Command, connection: &mut Connection<'_>) -> Answer {
        match command {
            Command::Up(args) => {
                let options = self.up_options(args);
                #[cfg(feature = "refinery")]
                self.take_over(&options, connection.client)?;
                let operation = Operation::Up(self.targets(&args.targets));
                self.perform(operation, &options, connection)
            }
            Command::Down(args) => {
                let mut options = self.options();
                options.dry_run = args.dry_run;
                self.perform(Operation::Down(args.target.clone()), &options, connection)
            }
            Command::Redo { count } => self.redo(*count, connection),
            Command::Stamp(args) => {
                let purge = if args.purge { Purge::All } else { Purge::Keep };
                let targets = args.targets.clone();
                let operation = Operation::Stamp { targets, purge };
                self.perform(operation, &self.options(), connection)
            }
            Command::Status => self.status(connection),
            Command::Current { check_heads } => self.current(*check_heads, connection),
            Command::History(args) => {
                let state = self.read_state(connection)?;
                self.history(args, Some(&View::new(&self.parts.graph, &state)))
            }
            Command::Check { contract } => self.check(*contract, connection),
            Command::Heads { .. } | Command::Digest => Ok(Exit::Done),
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

    fn redo(&mut self, count: u32, connection: &mut Connection<'_>) -> Answer {
        let state = self.read_state(connection)?;
        let redo = Redo::of(&self.parts.graph, &state, count).map_err(|error| error.diagnose())?;
        let options = self.options();
        let reverted = self.work(redo.down, &options, connection)?;
        let mut report = self.work(redo.up, &options, connection)?;
        report.done.splice(0..0, reverted.done);
        self.output.end(&report);
        Ok(Exit::Done)
    }

    fn perform(
        &mut self,
        operation: Operation,
        options: &Options,
        connection: &mut Connection<'_>,
    ) -> Answer {
        let report = self.work(operation, options, connection)?;
        self.output.end(&report);
        Ok(Exit::Done)
    }

    /// Tells what happens while it happens; what it comes to is the caller's to tell.
    fn work(
        &mut self,
        operation: Operation,
        options: &Options,
        connection: &mut Connection<'_>,
    ) -> Result<Report, Diagnostic> {
        let mut driver = connection.interruptible()?;
        let Parts { graph, codes, .. } = &mut *self.parts;
        let output = &mut *self.output;
        let mut hear = |event: &Event| output.hear(event);
        let outcome = match operation {
            // What a lost connection leaves in doubt is settled over a new one.
            Operation::Up(targets) if !options.dry_run => {
                let what = (&*graph, options);
                up_with_code(&mut driver, what, &targets, &mut hear, codes).map(Outcome::Report)
            }
            operation => {
                let engine = Engine::new(graph, options, operation);
                drive_with_code(&mut driver, engine, &mut hear, codes)
            }
        };
        match outcome.map_err(|error| driver.explain(error.diagnose()))? {
            Outcome::Report(report) => Ok(report),
            Outcome::State(_) => unreachable!("only a question is answered by a state"),
        }
    }

    fn read_state(&self, connection: &mut Connection<'_>) -> Result<State, Diagnostic> {
        Ok(self.find_state(connection)?.unwrap_or_default())
    }

    fn find_state(&self, connection: &mut Connection<'_>) -> Result<Option<State>, Diagnostic> {
        let empty = Graph::default();
        let options = self.options();
        let engine = Engine::new(&empty, &options, Operation::Read);
        let mut driver = connection.interruptible()?;
        match drive(&mut driver, engine, &mut |_| {}) {
            Ok(Outcome::State(state)) => Ok(state),
            Ok(Outcome::Report(_)) => Ok(None),
            Err(error) => Err(driver.explain(error.diagnose())),
        }
    }

    fn status(&mut self, connection: &mut Connection<'_>) -> Answer {
        let state = self.read_state(connection)?;
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

    fn current(&mut self, check_heads: bool, connection: &mut Connection<'_>) -> Answer {
        let state = self.read_state(connection)?;
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

    fn heads(&mut self, resolve_dependencies: bool) -> Answer {
        let mut heads = Heads::of(&self.parts.graph);
        if resolve_dependencies {
            heads.resolve_dependencies();
        }
        match self.output.format {
            Format::Json => self.output.json(&heads),
            Format::Human => {
                for head in &heads.heads {
                    let (lines, mark) = (head.lines(), heads.mark(head));
                    let line = format_args!("{}{lines} ({mark}), {}", head.id, head.message);
                    self.output.data(line);
                }
            }
        }
        Ok(Exit::Done)
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

    fn check(&mut self, contract: bool, connection: &mut Connection<'_>) -> Answer {
        let state = self.read_state(connection)?;
        let status = Status::of(&self.parts.graph, &state, &self.program);
        let mut findings = status.checksum_findings();
        let contract = match contract {
            true => Contract::Wanted,
            false => Contract::Waits,
        };
        findings.extend(status.pending_findings(&self.program, contract));
        let ok = findings.is_empty();
        match self.output.format {
            Format::Json => self.output.json(&Verdict {
                ok,
                findings,
                skipped: Vec::new(),
                waiting: status.waiting(),
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
        None if lookup.says_where() => Settings::from_environment(&lookup),
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
