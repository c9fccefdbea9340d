//! Moving over from refinery: an application that starts takes its `refinery_schema_history` over
//! before its first run, and the embedded revisions can be handed to refinery's own runner.

mod error;
mod export;
mod record;

use std::{collections::BTreeMap, path::PathBuf};

use include_dir::Dir;

pub use self::error::RefineryError;
use self::record::{Record, Table};
use crate::{
    driver::{Driver, drive},
    engine::{
        Adoption, Answer as Done, Engine, EngineError, Next, Operation, Options, Outcome, Report,
        ServerError, Step, assume,
    },
    error::Error,
    graph::{Graph, Node, NodeSet, walk::Along},
    history::{self, Row, State},
    revision::{Digest, RevisionId},
    source::embedded,
};

/// The table that refinery keeps its record in where nobody says otherwise.
const TABLE: &str = "refinery_schema_history";

/// Which record of refinery's is taken over at the first run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Takeover {
    table: Option<String>,
}

impl Default for Takeover {
    fn default() -> Self {
        Self {
            table: Some(TABLE.to_owned()),
        }
    }
}

impl Takeover {
    pub(super) fn of(table: String) -> Self {
        Self { table: Some(table) }
    }

    pub(super) fn nothing() -> Self {
        Self { table: None }
    }
}

/// The embedded files, as refinery's checksums need them.
#[derive(Clone, Copy)]
pub(crate) struct Files {
    pub(crate) files: &'static Dir<'static>,
    pub(crate) folders: &'static [&'static str],
}

impl Files {
    fn bytes(self) -> BTreeMap<PathBuf, Vec<u8>> {
        let files = embedded::read(self.files, self.folders).into_iter();
        files
            .map(|file| (file.display(), file.bytes.into_owned()))
            .collect()
    }
}

/// Nothing to take over, and no files: for tests.
#[cfg(all(test, feature = "command"))]
pub(crate) fn nothing() -> (Takeover, Files) {
    static EMPTY: Dir<'static> = Dir::new("", &[]);
    let files = Files {
        files: &EMPTY,
        folders: &["migrations"],
    };
    (Takeover::nothing(), files)
}

/// What has to be known before the first run.
pub(crate) struct Entrance<'a> {
    pub(crate) takeover: &'a Takeover,
    pub(crate) files: Files,
    pub(crate) graph: &'a Graph,
    pub(crate) options: &'a Options,
}

/// What a run goes on with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Entered {
    /// The database as it is.
    AsIs,
    /// The state that the takeover would leave: a dry run.
    Assumed(Box<State>),
}

/// What is asked of the database, one question after the other.
enum Question {
    Read(String),
    Adopt(Adoption),
    Over(Entered),
}

/// What the database answered.
enum Answer {
    Nothing,
    Rows(Result<Vec<Row>, ServerError>),
    /// Whether the record was still as it was read.
    Adopted(bool),
}

/// Where the questions stand.
#[derive(Default)]
enum Stage {
    #[default]
    History,
    Table,
    Records(Table),
    Adopting,
}

/// The questions, so that blocking and asynchronous connections ask the same.
struct Asking<'e, 'a> {
    entrance: &'e Entrance<'a>,
    name: &'e str,
    stage: Stage,
}

impl Entrance<'_> {
    /// Takes the record over where our own history is empty and refinery's is not.
    pub(crate) fn enter(&self, connection: &mut impl Driver) -> Result<Entered, Error> {
        let Some(mut asking) = self.asking() else {
            return Ok(Entered::AsIs);
        };
        let mut answer = Answer::Nothing;
        loop {
            answer = match asking.next(answer)? {
                Question::Over(entered) => return Ok(entered),
                Question::Read(sql) => Answer::Rows(connection.read(&sql)),
                Question::Adopt(adoption) => {
                    let operation = Operation::Adopt(adoption);
                    let engine = Engine::new(self.graph, self.options, operation);
                    adopted(drive(connection, engine, &mut |_| {}))?
                }
            };
        }
    }

    /// The same over an asynchronous connection.
    #[cfg(any(feature = "sqlx", feature = "tokio-postgres"))]
    pub(crate) async fn enter_async(
        &self,
        connection: &mut impl crate::driver::AsyncDriver,
    ) -> Result<Entered, Error> {
        let Some(mut asking) = self.asking() else {
            return Ok(Entered::AsIs);
        };
        let mut answer = Answer::Nothing;
        loop {
            answer = match asking.next(answer)? {
                Question::Over(entered) => return Ok(entered),
                Question::Read(sql) => Answer::Rows(connection.read(&sql).await),
                Question::Adopt(adoption) => {
                    let operation = Operation::Adopt(adoption);
                    let engine = Engine::new(self.graph, self.options, operation);
                    adopted(crate::driver::drive_async(connection, engine, &mut |_| {}).await)?
                }
            };
        }
    }

    fn asking(&self) -> Option<Asking<'_, '_>> {
        let name = self.takeover.table.as_deref()?;
        Some(Asking {
            entrance: self,
            name,
            stage: Stage::default(),
        })
    }

    /// What the records say of our revisions.
    fn matched(&self, records: &[Record]) -> Result<Vec<RevisionId>, RefineryError> {
        let bytes = self.files.bytes();
        let (mut set, mut lost, mut edited) = (NodeSet::default(), Vec::new(), Vec::new());
        for record in records {
            let Some(node) = record.find(self.graph) else {
                lost.push(record.version.clone());
                continue;
            };
            let revision = self.graph.revision(node);
            let text = bytes.get(revision.path()).map(Vec::as_slice);
            if !record.is_of(revision, text.unwrap_or_default())? {
                edited.push(revision.id.clone());
            }
            set.insert(node);
        }
        if !lost.is_empty() {
            return Err(RefineryError::Lost { versions: lost });
        }
        if !edited.is_empty() {
            return Err(RefineryError::Edited { ids: edited });
        }
        let ids = |nodes: Vec<Node>| nodes.into_iter().map(|node| self.graph.id(node).clone());
        let needed = self.graph.ancestors(set.iter(), Along::Needs);
        let missing = needed.iter().filter(|&node| !set.contains(node)).collect();
        let missing: Vec<RevisionId> = ids(missing).collect();
        if !missing.is_empty() {
            return Err(RefineryError::Gaps { ids: missing });
        }
        Ok(ids(set.iter().collect()).collect())
    }
}

impl Asking<'_, '_> {
    fn next(&mut self, answer: Answer) -> Result<Question, Error> {
        let names = &self.entrance.options.names;
        match (std::mem::take(&mut self.stage), answer) {
            (Stage::History, Answer::Nothing) => Ok(Question::Read(history::digest_query(names))),
            (Stage::History, Answer::Rows(rows)) => {
                if has_history(&rows) {
                    return Ok(Question::Over(Entered::AsIs));
                }
                self.stage = Stage::Table;
                Ok(Question::Read(Table::query(self.name)))
            }
            (Stage::Table, Answer::Rows(rows)) => {
                let rows = rows.map_err(EngineError::Server)?;
                let Some(table) = Table::of(rows)? else {
                    return Ok(Question::Over(Entered::AsIs));
                };
                let query = table.records_query();
                self.stage = Stage::Records(table);
                Ok(Question::Read(query))
            }
            (Stage::Records(table), Answer::Rows(rows)) => {
                let records = Record::all(rows.map_err(EngineError::Server)?);
                self.with_records(&table, &records)
            }
            // The other tool has written since: from the beginning.
            (Stage::Adopting, Answer::Adopted(false)) => self.next(Answer::Nothing),
            (_, _) => Ok(Question::Over(Entered::AsIs)),
        }
    }

    fn with_records(&mut self, table: &Table, records: &[Record]) -> Result<Question, Error> {
        let applied = self.entrance.matched(records)?;
        if applied.is_empty() {
            return Ok(Question::Over(Entered::AsIs));
        }
        if self.entrance.options.dry_run {
            let nodes = applied.iter();
            let set = nodes
                .filter_map(|id| self.entrance.graph.find(id))
                .collect();
            let state = assume(self.entrance.graph, &set);
            return Ok(Question::Over(Entered::Assumed(Box::new(state))));
        }
        self.stage = Stage::Adopting;
        Ok(Question::Adopt(Adoption {
            applied,
            table: table.name.clone(),
            unchanged: table.unchanged(records),
        }))
    }
}

/// The plan of a dry run on a state that the database does not have yet.
pub(super) fn plan(
    graph: &Graph,
    (options, targets): (&Options, Vec<String>),
    state: State,
) -> Result<Report, Error> {
    let mut engine = Engine::offline(graph, options, Operation::Up(targets), Some(state));
    let mut answer = Done::Done;
    loop {
        answer = match engine.resume(answer) {
            Next::Over(result) => {
                return match (*result)? {
                    Outcome::Report(report) => Ok(report),
                    Outcome::State(_) => unreachable!("`up` reports"),
                };
            }
            Next::Step(Step::Script(_)) => Done::Script(Ok(())),
            Next::Step(Step::Read(_)) => Done::Read(Ok(Vec::new())),
            Next::Step(Step::Code(_)) => Done::Code(Ok(())),
            Next::Step(Step::Event(_) | Step::Wait(_)) => Done::Done,
        };
    }
}

/// Whether our own history has something in it.
fn has_history(rows: &Result<Vec<Row>, ServerError>) -> bool {
    let Ok(rows) = rows else {
        return false;
    };
    let digest = rows.first().and_then(|row| row.first()).cloned().flatten();
    digest.is_some_and(|digest| Digest::from_hex(&digest) != Some(Digest::default()))
}

fn adopted(outcome: Result<Outcome, EngineError>) -> Result<Answer, Error> {
    match outcome? {
        Outcome::Report(report) => Ok(Answer::Adopted(!report.heads.is_empty())),
        Outcome::State(_) => unreachable!("`adopt` reports"),
    }
}
