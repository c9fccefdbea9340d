//! Runs a plan in a scratch database, up and down, before anything is written.

use super::{Detection, Part, refused::Origins};
use crate::{
    failure::Failure,
    replay,
    schema::{Note, Options, Plan, Snapshot, Statement, plan},
    server::Scratch,
};

/// What a plan is proved against.
pub(super) struct Proof<'a> {
    pub(super) scratch: &'a Scratch,
    /// The database that the revisions have built.
    pub(super) start: &'a str,
    pub(super) from: &'a Snapshot,
    pub(super) to: &'a Snapshot,
    /// Where the expressions of the plan came from.
    pub(super) origins: Origins<'a>,
    /// How to plan the way back and what is left: filters, and whether others must not wait.
    pub(super) options: Options,
}

impl Proof<'_> {
    /// Cuts the plan into revisions, finds the way back of each, and runs all of it.
    pub(super) fn detection(&self, whole: Plan) -> Result<Detection, Failure> {
        let copy = self.scratch.clone_database(self.start)?;
        let mut client = self.scratch.connect(&copy)?;
        let mut before = self.from.clone();
        let mut parts = Vec::new();
        for statements in cut(&whole) {
            let up = part_of(&whole, statements);
            replay::run_plan(&mut client, &up)
                .map_err(|error| self.origins.failure("up", &up, &error))?;
            let after = Snapshot::read(&mut client)?;
            // The way back gives back what was there, privileges too.
            let options = self.options.clone().grants();
            let down = plan(&after, &before, &options.renames(whole.inverted_renames()))?;
            parts.push(Part {
                transaction: up.statements[0].transaction,
                up: up.statements,
                down,
            });
            before = after;
        }
        let seen = self.options.clone().no_renames();
        let mut remarks = left(&before, self.to, &seen, "the up script")?;
        for part in parts.iter().rev() {
            replay::run_plan(&mut client, &part.down)
                .map_err(|error| self.origins.failure("down", &part.down, &error))?;
        }
        let back = Snapshot::read(&mut client)?;
        remarks.extend(left(&back, self.from, &seen.grants(), "the down script")?);
        Ok(Detection {
            plan: whole,
            parts,
            remarks,
        })
    }
}

/// The statements by what they need of transactions, in their order.
fn cut(whole: &Plan) -> Vec<Vec<Statement>> {
    let statements = &whole.statements;
    let groups = statements.chunk_by(|one, next| one.transaction == next.transaction);
    groups.map(<[Statement]>::to_vec).collect()
}

fn part_of(whole: &Plan, statements: Vec<Statement>) -> Plan {
    Plan {
        statements,
        ..whole.clone()
    }
}

/// What still differs after a script; what no statement changes is a note of the plan itself.
fn left(
    is: &Snapshot,
    should_be: &Snapshot,
    options: &Options,
    after: &str,
) -> Result<Vec<String>, Failure> {
    let rest = plan(is, should_be, options)?;
    let objects = rest.statements.iter().map(|one| one.object.describe());
    let unchanged = rest.notes.iter().filter_map(|note| match note {
        Note::ColumnOrder { table } => Some(format!("the order of the columns of `{table}`")),
        Note::Unchanged { object, why } => Some(format!("{} ({why})", object.describe())),
        Note::BackfillWanted { .. } => None,
    });
    let mut left: Vec<String> = match after {
        // The plan's own notes say so of the way up.
        "the up script" => objects.collect(),
        _ => objects.chain(unchanged).collect(),
    };
    left.sort();
    left.dedup();
    let say = |what: String| format!("after {after} this still differs: {what}");
    Ok(left.into_iter().map(say).collect())
}
