//! Builds what the replaced revisions build, and tries the script that shall stand for them.

use build_support::{
    graph::{Graph, Node},
    revision::{RevisionId, TransactionMode},
    source,
};
use postgres::Client;

use super::{
    body::{self, Carried, DataStatement, data_statements},
    line::Line,
    rows::{self, Rows},
};
use crate::{
    autogenerate,
    failure::Failure,
    replay,
    scaffold::render::{Half, Scripts},
    schema::{Options, Plan, Snapshot, Transaction, plan},
    server::Scratch,
};

/// What the new script is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// The schema that the revisions leave, and their data.
    Schema,
    /// Their scripts, one after the other.
    Replay,
}

/// What a squash comes to, proved.
#[derive(Debug)]
pub struct Squashed {
    /// The scripts of the new revision.
    pub scripts: Scripts,
    /// The statements of the replaced revisions that may change rows.
    pub data: Vec<DataStatement>,
    /// How they came along.
    pub carried: Carried,
    /// What a reader should know.
    pub remarks: Vec<String>,
}

/// Scratch databases below and above the line.
pub struct Workbench<'a> {
    scratch: &'a Scratch,
    graph: &'a Graph,
    line: &'a Line,
    below: String,
    above: String,
    from: Snapshot,
    to: Snapshot,
    expected: Rows,
}

impl<'a> Workbench<'a> {
    /// Builds both.
    ///
    /// # Errors
    /// A revision that does not run.
    pub fn new(scratch: &'a Scratch, graph: &'a Graph, line: &'a Line) -> Result<Self, Failure> {
        let below = scratch.database_for_revisions()?;
        replay::run_up(scratch, &mut scratch.connect(&below)?, graph, &line.before)?;
        let from = Snapshot::read(&mut scratch.connect(&below)?)?;
        let above = built(scratch, graph, &below, &line.nodes)?;
        let mut client = scratch.connect(&above)?;
        let (to, expected) = (Snapshot::read(&mut client)?, Rows::read(&mut client)?);
        Ok(Self {
            scratch,
            graph,
            line,
            below,
            above,
            from,
            to,
            expected,
        })
    }

    /// Finds a script that leaves what the revisions leave, and the way back.
    ///
    /// # Errors
    /// There is none: what would be lost is named.
    pub fn squash(&self, method: Method) -> Result<Squashed, Failure> {
        let data = data_statements(self.graph, &self.line.nodes)?;
        let (up, carried) = match method {
            Method::Replay => self.replayed()?,
            Method::Schema => self.rendered(&data)?,
        };
        let WayBack {
            down,
            directives,
            remarks,
        } = self.way_back()?;
        let mut up = up;
        up.directives.extend(directives);
        Ok(Squashed {
            scripts: Scripts {
                up,
                down,
                hints: Vec::new(),
            },
            data,
            carried,
            remarks,
        })
    }

    fn replayed(&self) -> Result<(Half, Carried), Failure> {
        let is_none =
            |&node: &Node| self.graph.revision(node).up.transaction == TransactionMode::None;
        let up = Half {
            directives: match self.line.nodes.iter().any(is_none) {
                true => vec!["transaction=none".to_owned()],
                false => Vec::new(),
            },
            body: body::replayed(self.graph, &self.line.nodes)?,
        };
        match self.differs(&up)? {
            None => Ok((up, Carried::Replayed)),
            Some(why) => Err(Failure::user(
                "the scripts, one after the other, do not leave what the revisions leave",
            )
            .note(why)
            .note("no file was written")),
        }
    }

    fn rendered(&self, data: &[DataStatement]) -> Result<(Half, Carried), Failure> {
        let way = plan(&self.from, &self.to, &self.options())?;
        let new: Vec<String> = self
            .to
            .not_compared
            .iter()
            .filter(|object| !self.from.not_compared.contains(object))
            .map(|object| format!("{} `{}`", object.kind, object.name))
            .collect();
        if let Some(first) = new.first() {
            return Err(unrendered(first));
        }
        let plain = data.iter().filter(|statement| !statement.opaque);
        let verbatim: String = plain.map(|one| format!("\n{};\n", one.sql)).collect();
        let up = half(&way, &verbatim);
        let Some(why) = self.differs(&up)? else {
            return Ok((up, Carried::Verbatim));
        };
        if !Rows::read(&mut self.scratch.connect(&self.below)?)?.is_empty() {
            return Err(lost(data, &why));
        }
        let rows = rows::inserts(&mut self.scratch.connect(&self.above)?)?;
        let up = half(&way, &format!("\n{rows}"));
        match self.differs(&up)? {
            None => Ok((up, Carried::Rows)),
            Some(why) => Err(lost(data, &why)),
        }
    }

    fn options(&self) -> Options {
        // What was renamed on the way is made under its last name.
        Options::default().allow_empty().no_renames().grants()
    }

    /// What is another after this script than after the revisions; nothing where all is alike.
    fn differs(&self, up: &Half) -> Result<Option<String>, Failure> {
        let copy = self.scratch.clone_database(&self.below)?;
        let mut client = self.scratch.connect(&copy)?;
        let outcome = self.compared(up, &mut client);
        drop(client);
        self.scratch.drop_database(&copy)?;
        outcome
    }

    fn compared(&self, up: &Half, client: &mut Client) -> Result<Option<String>, Failure> {
        if let Err(error) = run(self.scratch, up, client) {
            return Ok(Some(error.to_string()));
        }
        let way = plan(&Snapshot::read(client)?, &self.to, &self.options())?;
        if let Some(first) = way.statements.first() {
            return Ok(Some(format!("{} differs", first.object.describe())));
        }
        let rows = Rows::read(client)?;
        if rows == self.expected {
            return Ok(None);
        }
        // The time of day and random values differ each time; a second replay tells which they are.
        let again = built(self.scratch, self.graph, &self.below, &self.line.nodes)?;
        let varying = Rows::read(&mut self.scratch.connect(&again)?)?;
        self.scratch.drop_database(&again)?;
        let alike = self.expected.is_like(&rows, &varying);
        Ok((!alike).then(|| "the rows differ".to_owned()))
    }

    /// The down script, or the directive that there is none.
    fn way_back(&self) -> Result<WayBack, Failure> {
        let mut reasons = self.line.nodes.iter();
        let reason = reasons.find_map(|&node| self.graph.revision(node).irreversible.clone());
        if let Some(reason) = reason {
            return Ok(WayBack::none(&reason));
        }
        let way = plan(&self.to, &self.from, &self.options())?;
        let down = half(&way, "");
        let copy = self.scratch.clone_database(&self.above)?;
        let mut client = self.scratch.connect(&copy)?;
        let found = match run(self.scratch, &down, &mut client) {
            Ok(()) => plan(&Snapshot::read(&mut client)?, &self.from, &self.options())?.is_empty(),
            Err(_) => false,
        };
        drop(client);
        self.scratch.drop_database(&copy)?;
        if found {
            return Ok(WayBack {
                down: Some(down),
                ..WayBack::default()
            });
        }
        let remark = "no down script was found that gives the schema below back".to_owned();
        Ok(WayBack {
            remarks: vec![remark],
            ..WayBack::none("it was squashed, and no way back was found")
        })
    }
}

/// A copy of a database with revisions applied on top.
fn built(scratch: &Scratch, graph: &Graph, below: &str, nodes: &[Node]) -> Result<String, Failure> {
    let database = scratch.clone_database(below)?;
    replay::run_up(scratch, &mut scratch.connect(&database)?, graph, nodes)?;
    Ok(database)
}

/// The down script, or the directive that there is none.
#[derive(Default)]
struct WayBack {
    down: Option<Half>,
    directives: Vec<String>,
    remarks: Vec<String>,
}

impl WayBack {
    fn none(reason: &str) -> Self {
        Self {
            directives: vec![format!("irreversible=\"{}\"", reason.replace('"', "'"))],
            ..Self::default()
        }
    }
}

fn half(way: &Plan, more: &str) -> Half {
    let alone = way
        .statements
        .iter()
        .any(|one| one.transaction == Transaction::Alone);
    Half {
        directives: match alone {
            true => vec!["transaction=none".to_owned()],
            false => Vec::new(),
        },
        body: format!("{}{more}", autogenerate::body(&way.statements)),
    }
}

/// Runs a script as the runner would, but for the history.
fn run(scratch: &Scratch, half: &Half, client: &mut Client) -> Result<(), Failure> {
    let id: RevisionId = "0".parse().map_err(|_| Failure::fault("`0` is an id"))?;
    let head: String = half
        .directives
        .iter()
        .map(|text| format!("-- migrate: {text}\n"))
        .collect();
    let text = format!("{head}{}", half.body);
    let script = source::recorded_script("the squashed revision", text);
    let script = script.map_err(Failure::from)?;
    Ok(replay::run(scratch, client, &id, &script)?)
}

fn unrendered(object: &str) -> Failure {
    Failure::user(format!("the schema holds what can't be rendered: {object}"))
        .note("no file was written")
        .hint("put the scripts together instead: `cargo migrate squash --replay`")
}

fn lost(data: &[DataStatement], why: &str) -> Failure {
    let failure = Failure::user("the data of the replaced revisions can't be carried over")
        .note(why.to_owned());
    let listed = data.iter().fold(failure, |failure, one| {
        failure.note(format!("{}: {}", one.place, first_line(&one.sql)))
    });
    listed
        .note("no file was written")
        .hint("put the scripts together instead: `cargo migrate squash --replay`")
}

pub(super) fn first_line(sql: &str) -> &str {
    sql.lines().next().unwrap_or_default()
}
