//! One command on many databases or schemas at once: who they are (`members`), the workers that go
//! through them (`crew`), what is done on each (`task`), and how it is told (`tell`).

mod crew;
mod members;
mod task;
mod tell;

use std::time::{Duration, Instant};

use build_support::{
    Exit,
    connect::Settings,
    engine::Options,
    graph::Graph,
    history::{InvalidName, Names},
    report::Finding,
};

pub use self::{
    members::{Kind, Source, members},
    task::Task,
};
use crate::{context::Context, failure::Failure, signals};

/// One database or schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// How it was named, without a password.
    pub name: String,
    /// Where it is.
    pub place: Place,
}

/// Where a member is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A schema of the one database: its scripts build there, its history is there.
    Schema,
    /// A database of its own.
    Database(Box<Settings>),
}

/// What came of one member.
#[derive(Debug)]
pub struct Row {
    /// How it stands.
    pub state: State,
    /// The revisions that were applied, or would be in a dry run.
    pub applied: Vec<String>,
    /// The applied heads.
    pub heads: Vec<String>,
    /// How many are pending.
    pub pending: usize,
    /// What `check` found.
    pub findings: Vec<Finding>,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// How long it took.
    pub duration: Duration,
}

/// How a member stands when it is done with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Revisions were applied.
    Applied,
    /// Revisions would be applied: a dry run.
    Planned,
    /// Nothing is pending.
    Current,
    /// Revisions are pending.
    Pending,
    /// It holds what the files do not: unknown, edited or half applied revisions.
    Divergent,
    /// `check` found something.
    Found,
    /// It failed, or could not be asked.
    Failed,
}

impl State {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Planned => "planned",
            Self::Current => "current",
            Self::Pending => "pending",
            Self::Divergent => "divergent",
            Self::Found => "found",
            Self::Failed => "failed",
        }
    }
}

/// What all members share.
pub struct Fleet<'a> {
    /// The revisions.
    pub graph: &'a Graph,
    /// How they are run; names and search path are the member's.
    pub options: Options,
    /// Schemas that every schema's scripts find too.
    pub shared: Vec<String>,
    /// The database that the schemas are in.
    pub home: Option<Settings>,
    /// What is done.
    pub task: Task,
}

impl Fleet<'_> {
    /// Works on all, at most `jobs` at once, tells each as it is done, and the sum at the end.
    ///
    /// # Errors
    /// What stands in the way of all of them.
    pub fn run(&self, members: &[Member], jobs: usize, context: &Context) -> Result<Exit, Failure> {
        signals::watch()?;
        let mut teller = tell::Teller::new(&context.term, members);
        crew::each(self, members, jobs, |index, row| {
            teller.row(&members[index], row);
        });
        Ok(teller.end())
    }

    /// How a member is worked on.
    fn options_of(&self, member: &Member) -> Result<Options, InvalidName> {
        let mut options = self.options.clone();
        if member.place == Place::Schema {
            options.names = Names::new(&member.name, self.options.names.table())?;
            options.search_path = vec![member.name.clone()];
            options.search_path.extend(self.shared.iter().cloned());
        }
        Ok(options)
    }
}

impl Row {
    fn new(state: State) -> Self {
        Self {
            state,
            applied: Vec::new(),
            heads: Vec::new(),
            pending: 0,
            findings: Vec::new(),
            failure: None,
            duration: Duration::ZERO,
        }
    }

    fn failed(failure: Failure) -> Self {
        Self {
            failure: Some(failure),
            ..Self::new(State::Failed)
        }
    }

    fn since(self, started: Instant) -> Self {
        Self {
            duration: started.elapsed(),
            ..self
        }
    }

    /// How a run over this member alone would end.
    fn exit(&self) -> Exit {
        match (&self.failure, self.state) {
            (Some(failure), _) => failure.exit,
            (None, State::Found) => Exit::Findings,
            (None, _) => Exit::Done,
        }
    }
}
