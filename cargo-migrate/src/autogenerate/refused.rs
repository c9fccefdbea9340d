//! What is said of a planned statement that the scratch server refuses: an expression that somebody
//! gave is shown where it was given, all else is the planner's own.

use super::sources;
use crate::{
    context::Context,
    failure::Failure,
    models::Site,
    proposal::{self, PlanArgs},
    replay::{PlanRefused, ReplayError},
    schema::{ObjectId, Plan, Verb, name::Ident},
};

/// Where the expressions of a plan came from.
pub(super) struct Origins<'a> {
    pub(super) context: &'a Context,
    pub(super) wishes: &'a PlanArgs,
}

impl Origins<'_> {
    /// The failure of a plan's script; `direction` is `up` or `down`.
    pub(super) fn failure(&self, direction: &str, plan: &Plan, refused: &PlanRefused) -> Failure {
        let statement = refused.statement.map(|at| &plan.statements[at]);
        let filling = statement.filter(|one| one.kind.verb == Verb::Backfill);
        let given = filling.and_then(|one| {
            let column = &one.object;
            let before = format!(
                "UPDATE {} SET {} = ",
                column.parent_name(),
                Ident(&column.name)
            );
            let is_value = one.sql.starts_with(&before);
            is_value.then_some((column, refused.offset.checked_sub(before.len())))
        });
        match given {
            Some((column, at)) => {
                let failure = self.of_value(column, at, &refused.error);
                failure.unwrap_or_else(|failure| failure)
            }
            None => of_plan(direction, &refused.error),
        }
    }

    /// `at` is where in the expression the server points.
    fn of_value(
        &self,
        column: &ObjectId,
        at: Option<usize>,
        error: &ReplayError,
    ) -> Result<Failure, Failure> {
        let mut failure = Failure::user(format!("`{column}` can't be filled for existing rows"));
        failure.sqlstate.clone_from(&error.sqlstate);
        let is_meant = |name: &str| proposal::is_called(column, name);
        let flags = self.wishes.backfills()?;
        if let Some((name, expression)) = flags.iter().rev().find(|(name, _)| is_meant(name)) {
            failure = said(failure, error).note(format!(
                "it is the value of `--backfill \"{name}={expression}\"`"
            ));
        } else {
            let models = sources::read(self.context)?;
            let model = models.backfills.iter().find(|one| is_meant(&one.column));
            failure = match model {
                Some(model) => {
                    let end = model.expression.text().len();
                    let site = model.expression.site(at.unwrap_or(end).min(end));
                    failure.place = site.as_ref().map(Site::place);
                    failure.width = site.as_ref().map_or(0, Site::width);
                    failure.label = Some(error.message.clone());
                    failure
                }
                None => said(failure, error),
            };
        }
        for note in &error.notes {
            failure = failure.note(note);
        }
        Ok(failure.note("no file was written").hint(format!(
            "correct the value: an SQL expression over the columns of `{}`",
            column.table()
        )))
    }
}

fn said(failure: Failure, error: &ReplayError) -> Failure {
    failure.note(format!("PostgreSQL says: {}", error.message))
}

fn of_plan(direction: &str, error: &ReplayError) -> Failure {
    let mut failure = Failure::user(format!(
        "the planned {direction} script fails on the schema that the revisions build"
    ));
    failure.sqlstate.clone_from(&error.sqlstate);
    failure = said(failure, error);
    for note in &error.notes {
        failure = failure.note(note);
    }
    failure
        .note("no file was written")
        .hint("write this revision by hand: `cargo migrate new NAME`")
}
