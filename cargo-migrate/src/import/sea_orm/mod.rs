//! SeaORM's migrations are Rust. The project's own tool runs them on a scratch server that logs every
//! statement, up and down; what it logged becomes files of SQL, and a replay of those has to build the
//! schema that the tool built.

mod log;
mod program;
mod proof;
mod recording;
mod words;

use std::{
    collections::BTreeMap,
    io::{Read as _, Seek as _, SeekFrom},
    path::{Path, PathBuf},
};

use build_support::graph::Graph;

use self::{
    program::{Program, Said},
    recording::{Ran, Recording},
};
use super::{
    Table, Tool,
    convert::Conversion,
    written::{self, Foreign},
};
use crate::{
    context::Context,
    failure::Failure,
    scaffold::slug,
    server::{Scratch, ServerOptions},
};

/// Plans one revision of ours for each of SeaORM's, in the first folder, and gives the graph that
/// comes of it.
///
/// # Errors
/// No cargo, a crate that does not build or has no command line, a migration that fails on an empty
/// database or whose statements can't stand in a file, or files that do not build what the tool did.
pub fn plan(
    table: &Table,
    folders: &[PathBuf],
    prefer_major: Option<u32>,
    context: &Context,
) -> Result<(Conversion, Graph), Failure> {
    let program = Program::find(&context.project()?.folder, &context.environment)?;
    context.term.say("building SeaORM's migrations");
    program.build()?;
    let options = ServerOptions {
        prefer_major,
        settings: log::settings(),
        states: Vec::new(),
    };
    let scratch = Scratch::start(&context.server_environment(), &options)?;
    let tool = Replay {
        program,
        scratch,
        table: bare_name(&table.name),
    };
    context.term.say("running them on a scratch server");
    let (built, ups) = tool.up()?;
    let downs = tool.down(&built, &ups)?;
    let (foreign, notes) = foreign(&ups, &downs);
    let slug_length = context.config()?.slug_length();
    let (mut conversion, graph) = written::plan(Tool::SeaOrm, &foreign, folders, slug_length)?;
    conversion.notes = notes;
    proof::builds_the_same(&graph, (&tool.scratch, &built, &tool.table), context)?;
    Ok((conversion, graph))
}

/// The name without its schema and its quotes.
fn bare_name(name: &str) -> String {
    let last = name.rsplit('.').next().unwrap_or(name);
    last.trim_matches('"').to_owned()
}

/// The tool, and the server that writes down what it runs.
struct Replay {
    program: Program,
    scratch: Scratch,
    /// The tool's record.
    table: String,
}

/// What is known of the ways down: what they ran, or why there is none.
type Downs = BTreeMap<String, Result<Ran, String>>;

impl Replay {
    /// Applies everything to an empty database; gives that, and what each migration ran.
    fn up(&self) -> Result<(String, Vec<Ran>), Failure> {
        let database = self.scratch.fresh_database()?;
        self.refuse_another_database(&database)?;
        let (said, recording) = self.run(&database, &["up"])?;
        if !said.succeeded {
            return Err(failed(&said, &recording));
        }
        if recording.ran.is_empty() {
            return Err(Failure::user("SeaORM's tool ran no migration on an empty database")
                .note(said.last_line())
                .hint("it has to apply them on `up`, as the main does that `sea-orm-cli migrate init` writes"));
        }
        refuse_lost(&recording.ran)?;
        Ok((database, recording.ran))
    }

    /// A main that takes its database from elsewhere would migrate that one, and revert it: so it is
    /// asked for its status first, and has to be seen here.
    fn refuse_another_database(&self, database: &str) -> Result<(), Failure> {
        let (said, recording) = self.run(database, &["status"])?;
        if !said.succeeded {
            return Err(failed(&said, &recording));
        }
        if recording.sessions > 0 {
            return Ok(());
        }
        Err(Failure::user("SeaORM's tool did not come to the scratch database")
            .note("its main has to take the database from `DATABASE_URL` and commands such as `status` from its arguments, as the one does that `sea-orm-cli migrate init` writes")
            .note("it was asked for its status alone"))
    }

    /// Reverts everything, the newest first. One that can't be reverted is stepped over by a database
    /// that has only those before it.
    fn down(&self, built: &str, ups: &[Ran]) -> Result<Downs, Failure> {
        let mut downs = Downs::new();
        let mut database = self.scratch.clone_database(built)?;
        let mut left = ups.len();
        while left > 0 {
            let count = left.to_string();
            let (said, recording) = self.run(&database, &["down", "-n", &count])?;
            self.scratch.drop_database(&database)?;
            let done = recording.ran.len();
            for ran in recording.ran {
                downs.insert(ran.version.clone(), Ok(ran));
            }
            left = left.saturating_sub(done);
            if said.succeeded || left == 0 {
                break;
            }
            left -= 1;
            let why = recording
                .refusal
                .unwrap_or_else(|| said.last_line().to_owned());
            downs.insert(ups[left].version.clone(), Err(why));
            if left == 0 {
                break;
            }
            database = self.scratch.fresh_database()?;
            let (said, recording) = self.run(&database, &["up", "-n", &left.to_string()])?;
            if !said.succeeded {
                return Err(failed(&said, &recording));
            }
        }
        Ok(downs)
    }

    /// Runs the tool, and reads what the server logged meanwhile.
    fn run(&self, database: &str, arguments: &[&str]) -> Result<(Said, Recording), Failure> {
        let folder = self.scratch.folder();
        let log = folder
            .ok_or_else(|| Failure::fault("a scratch server of our own has no folder"))?
            .join("log");
        let before = fs_err::metadata(&log)?.len();
        let said = self.program.run(&self.scratch.url(database), arguments)?;
        let entries = log::read(&text_from(&log, before)?, database);
        let mut client = self.scratch.connect(database)?;
        // Where the catalog does not answer the statement is kept: nothing may be lost.
        let mut is_volatile = |names: &[String]| {
            let found = client.query_one(
                "SELECT EXISTS (SELECT FROM pg_catalog.pg_proc WHERE proname::text = ANY ($1) AND provolatile = 'v')",
                &[&names],
            );
            found.map_or(true, |row| row.get(0))
        };
        let recording = recording::record(&entries, &self.table, &mut is_volatile);
        Ok((said, recording))
    }
}

fn text_from(log: &Path, offset: u64) -> Result<String, Failure> {
    let mut file = fs_err::File::open(log)?;
    file.seek(SeekFrom::Start(offset))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A run on an empty database that did not come to its end.
fn failed(said: &Said, recording: &Recording) -> Failure {
    match (said.last_migration(), &recording.refusal) {
        (Some(name), Some(refusal)) => {
            Failure::user(format!("SeaORM's migration `{name}` fails on an empty database"))
                .note(refusal.as_str())
        }
        (Some(name), None) => said.noted(Failure::user(format!(
            "SeaORM's migration `{name}` fails on an empty database"
        ))),
        (None, _) => said
            .noted(Failure::user("SeaORM's migrations can't be run on a scratch database"))
            .hint("run it where `cargo run --manifest-path migration/Cargo.toml -- up` works: a main with SeaORM's command line, and the features `runtime-…` and `sqlx-postgres`"),
    }
}

fn refuse_lost(ups: &[Ran]) -> Result<(), Failure> {
    let lost = ups.iter().filter_map(|one| Some((one, one.lost.first()?)));
    let mut failure: Option<Failure> = None;
    for (ran, statement) in lost {
        let failure = failure.get_or_insert_with(|| {
            Failure::user("SeaORM's migrations run statements that can't stand in a file")
                .hint("write such a migration by hand: `cargo migrate new NAME`")
        });
        failure.notes.push(format!("{}: {statement}", ran.version));
    }
    failure.map_or(Ok(()), Err)
}

/// What becomes of them, and what could not be carried.
fn foreign(ups: &[Ran], downs: &Downs) -> (Vec<Foreign>, Vec<String>) {
    let mut notes = Vec::new();
    let mut all: Vec<Foreign> = Vec::new();
    for ran in ups {
        let version = &ran.version;
        if !ran.questions.is_empty() {
            notes.push(format!(
                "`{version}` reads rows: its file has what it did on empty tables, and its questions as comments"
            ));
        }
        let down = match downs.get(version) {
            Some(Ok(down)) if down.statements.is_empty() && !ran.statements.is_empty() => {
                notes.push(format!(
                    "`{version}` reverts nothing, so it has no down script"
                ));
                None
            }
            Some(Ok(down)) if down.lost.is_empty() => Some(script(down)),
            Some(Ok(_)) => {
                notes.push(format!(
                    "`{version}` has no down script: what it runs can't stand in a file"
                ));
                None
            }
            Some(Err(why)) => {
                notes.push(format!("`{version}` has no down script: {why}"));
                None
            }
            None => {
                notes.push(format!(
                    "`{version}` has no down script: the tool did not revert it"
                ));
                None
            }
        };
        let (made, name) = parts(version);
        all.push(Foreign {
            version: version.clone(),
            revises: all
                .last()
                .map(|before| before.version.clone())
                .into_iter()
                .collect(),
            message: slug::message(name),
            made,
            up: script(ran),
            down,
            ..Foreign::default()
        });
    }
    (all, notes)
}

/// `m20220101_000001_create_users`: when it was made, and its name.
fn parts(version: &str) -> (String, &str) {
    let mut parts = version.strip_prefix('m').unwrap_or(version).splitn(3, '_');
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    match (parts.next(), parts.next(), parts.next()) {
        (Some(day), Some(time), Some(name)) if is_number(day) && is_number(time) => {
            (format!("{day}{time}"), name)
        }
        _ => (String::new(), version),
    }
}

/// The statements, after the questions that were asked between them.
fn script(ran: &Ran) -> String {
    let mut text = String::new();
    for question in &ran.questions {
        text.push_str("-- It read:\n");
        for line in question.lines() {
            text.push_str(&format!("--   {line}\n"));
        }
        text.push('\n');
    }
    text.push_str(&written::body(ran.statements.iter().map(String::as_str)));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_says_when_it_was_made_and_what_it_is() {
        assert_eq!(
            parts("m20220101_000001_create_users"),
            ("20220101000001".to_owned(), "create_users")
        );
        assert_eq!(parts("create_users"), (String::new(), "create_users"));
        assert_eq!(bare_name("shop.\"Record\""), "Record");
    }

    fn ran(version: &str, statements: &[&str]) -> Ran {
        Ran {
            version: version.to_owned(),
            statements: statements.iter().map(|&text| text.to_owned()).collect(),
            questions: Vec::new(),
            lost: Vec::new(),
        }
    }

    #[test]
    fn each_way_down_that_is_none_is_said() {
        let ups = [
            ran("m1_1_a", &["CREATE TABLE a (x int)"]),
            ran("m1_2_b", &["CREATE TABLE b (x int)"]),
            ran("m1_3_c", &[]),
        ];
        let downs = [
            ("m1_1_a", Err("not implemented".to_owned())),
            ("m1_2_b", Ok(ran("m1_2_b", &[]))),
            ("m1_3_c", Ok(ran("m1_3_c", &[]))),
        ]
        .map(|(version, down)| (version.to_owned(), down));
        let (all, notes) = foreign(&ups, &Downs::from(downs));
        let has_down: Vec<bool> = all.iter().map(|one| one.down.is_some()).collect();
        assert_eq!(has_down, [false, false, true]);
        assert_eq!(
            notes,
            [
                "`m1_1_a` has no down script: not implemented",
                "`m1_2_b` reverts nothing, so it has no down script",
            ]
        );
        assert_eq!(all[1].revises, ["m1_1_a"]);
        assert_eq!(all[1].message, "B.");
        assert_eq!(all[0].up, "CREATE TABLE a (x int);\n");
    }
}
