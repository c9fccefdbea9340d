//! The revision that leads from what the revisions build to what the models and schema files say.
//!
//! Nothing but the files is needed: both schemas are built in scratch databases, the plan between
//! them is run there, up and down, and only then handed out.

mod keep;
mod keep_parts;
mod names;
mod proof;
mod refused;
mod renames;
mod script;
mod sources;

pub use self::{
    keep::{Conflict, Sources, keep},
    script::{body, scripts},
};

use build_support::graph::NodeSet;

use crate::{
    context::Context,
    failure::Failure,
    proposal::{self, EmptyTarget, PlanArgs},
    schema::{
        Options, Plan, Snapshot, Statement, Transaction,
        diff::{moves, pairing},
    },
    state::{Workshop, desired},
};

/// What was detected, proved.
#[derive(Debug)]
pub struct Detection {
    /// All of it, as one plan.
    pub plan: Plan,
    /// The revisions that it takes, in order: one, unless parts of it need their own transactions.
    pub parts: Vec<Part>,
    /// What a reader of the files should know beyond the plan's own notes.
    pub remarks: Vec<String>,
}

/// One revision of a detection.
#[derive(Debug)]
pub struct Part {
    /// What applies it.
    pub up: Vec<Statement>,
    /// What reverts it.
    pub down: Plan,
    /// Whether it runs in a transaction.
    pub transaction: Transaction,
}

/// Compares the revisions with the models; `None` is no difference.
///
/// # Errors
/// Revisions or models that can't be read or built, no plan, or a plan that does not hold.
pub fn detect(context: &Context, wishes: &PlanArgs) -> Result<Option<Detection>, Failure> {
    let workshop = Workshop::new(context, None);
    let start = replayed(context, &workshop)?;
    let (from, to, options) = both(context, &workshop, &start, wishes)?;
    let plan = proposal::propose(&context.term, &from, &to, options)?;
    if plan.is_empty() {
        return Ok(None);
    }
    let proof = proof::Proof {
        scratch: workshop.scratch()?,
        start: &start,
        from: &from,
        to: &to,
        origins: refused::Origins { context, wishes },
        // No rename is to be found on the way back or in what is left: all are known.
        options: wishes
            .without_renames()
            .options(context, &[], EmptyTarget::Meant)?,
    };
    proof.detection(plan).map(Some)
}

/// What would have to change so that the database has what the models say; for `check`.
///
/// # Errors
/// As [`detect`], without the proof.
pub fn difference(context: &Context) -> Result<Plan, Failure> {
    let workshop = Workshop::new(context, None);
    let start = replayed(context, &workshop)?;
    let (from, to, options) = both(context, &workshop, &start, &PlanArgs::default())?;
    Ok(crate::schema::plan(&from, &to, &options)?)
}

/// A database that all the revisions have built.
fn replayed(context: &Context, workshop: &Workshop<'_>) -> Result<String, Failure> {
    let graph = context.graph()?;
    let order = graph.order_up(&graph.heads(), &NodeSet::default());
    workshop.replayed(graph, &order, context.repeatable()?)
}

/// What the revisions have built, the desired schema with what its sources can't say, and how to get
/// there.
fn both(
    context: &Context,
    workshop: &Workshop<'_>,
    start: &str,
    wishes: &PlanArgs,
) -> Result<(Snapshot, Snapshot, Options), Failure> {
    let (from, to) = workshop.build_beside(start, &desired(context)?)?;
    let (to, options) = completed(context, to, &from, wishes)?;
    Ok((from, to, options))
}

/// What the models and schema files build, with what they can't say taken over from `from`, and how
/// to get there.
///
/// # Errors
/// Something that is taken over needs what the models no longer have.
pub fn completed(
    context: &Context,
    mut to: Snapshot,
    from: &Snapshot,
    wishes: &PlanArgs,
) -> Result<(Snapshot, Options), Failure> {
    let models = sources::read(context)?;
    keep::keep_names(from, &mut to, &models.sources);
    let told = renames::told(&models.renames, from, &to);
    let options = wishes.options(context, &told, EmptyTarget::Refused)?;
    let values = models.backfills.iter();
    let values = values.map(|one| (one.column.clone(), one.expression.text().to_owned()));
    let options = proposal::with_backfills(options, &values.collect::<Vec<_>>(), &to)?;
    let options = proposal::with_backfills(options, &wishes.backfills()?, &to)?;
    let pairing = pairing::pair(from, &to, &options)?;
    let moved = moves::perform(from, &to, &pairing.renames).from;
    match keep(&moved, &mut to, &models.sources).first() {
        None => Ok((to, options)),
        Some(conflict) => Err(refused(conflict)),
    }
}

/// The models on the other side of a comparison: what they can't say is taken over from `to`.
///
/// # Errors
/// Models that can't be read.
pub fn completed_start(
    context: &Context,
    mut from: Snapshot,
    to: &Snapshot,
) -> Result<Snapshot, Failure> {
    let models = sources::read(context)?;
    keep::keep_names(to, &mut from, &models.sources);
    keep(to, &mut from, &models.sources);
    Ok(from)
}

fn refused(conflict: &Conflict) -> Failure {
    let Conflict { kept, missing } = conflict;
    Failure::user(format!(
        "{} needs {}, which the models no longer have",
        kept.describe(),
        missing.describe()
    ))
    .note("models can't say such an object, so it would stay as the revisions have it")
    .hint("say what becomes of it in a schema file (`schema` in `[package.metadata.migrate]`)")
    .hint("or change it in a revision of its own first: `cargo migrate new NAME`")
}
