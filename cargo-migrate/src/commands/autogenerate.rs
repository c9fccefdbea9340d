//! `new --autogenerate`: what the models say and the revisions don't, as a revision.

use build_support::{Exit, graph::Node};
use clap::Args;
use serde_json::{Value as Json, json};

use crate::{
    author::{self, NewRevision, Written},
    autogenerate::{Detection, detect, scripts},
    context::Context,
    failure::{Failure, Outcome},
    proposal::{self, PlanArgs},
    term::{Format, NAME, NOTE},
};

/// What only `--autogenerate` takes.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "With --autogenerate")]
pub struct AutogenerateArgs {
    /// Write what the models and schema files say and the revisions do not
    ///
    /// Up and down are both written and both tried in a scratch database before. No database at
    /// head is needed: the revisions are replayed.
    #[arg(long, conflicts_with_all = ["fields", "template", "timestamps", "sql"])]
    pub autogenerate: bool,
    /// What to compare, and how
    #[command(flatten)]
    pub plan: PlanArgs,
}

impl AutogenerateArgs {
    /// Refuses the options that mean nothing without `--autogenerate`.
    ///
    /// # Errors
    /// One is given.
    pub fn refuse_stray(&self) -> Result<(), Failure> {
        let plan = &self.plan;
        let stray = [
            ("--rename", !plan.rename.is_empty()),
            ("--no-renames", plan.no_renames),
            ("--online", plan.online),
            ("--backfill", !plan.backfill.is_empty()),
            ("--grants", plan.grants),
            ("--include", !plan.include.is_empty()),
            ("--exclude", !plan.exclude.is_empty()),
        ];
        match stray.into_iter().find(|(_, given)| *given) {
            Some((option, true)) => {
                Err(Failure::usage(format!("`{option}` needs `--autogenerate`")))
            }
            Some((_, false)) | None => Ok(()),
        }
    }
}

/// Detects, proves, writes, and tells what was found. `revision` has all but its scripts.
pub fn run(args: &AutogenerateArgs, revision: NewRevision, context: &mut Context) -> Outcome {
    let Some(detection) = detect(context, &args.plan)? else {
        return Ok(tell_nothing(context));
    };
    proposal::tell(&context.term, &detection.plan);
    for remark in &detection.remarks {
        context.term.warn(remark);
    }
    let written = write(&detection, revision, context)?;
    report(&detection, &written, context);
    Ok(Exit::Done)
}

fn tell_nothing(context: &Context) -> Exit {
    let term = &context.term;
    if term.format() == Format::Json {
        let nothing: [Json; 0] = [];
        term.json(&json!({ "id": null, "files": nothing, "changes": nothing, "hazards": nothing }));
    }
    term.say("no difference: the revisions build what the models say, no file was written");
    Exit::Done
}

/// Writes a revision for each part; a later one follows the one before.
fn write(
    detection: &Detection,
    mut revision: NewRevision,
    context: &mut Context,
) -> Result<Vec<Written>, Failure> {
    let name = revision.name.clone();
    let message = revision.message.clone();
    let many = detection.parts.len();
    let mut written: Vec<Written> = Vec::new();
    for (at, part) in detection.parts.iter().enumerate() {
        if at > 0 {
            revision.id = None;
            revision.depends_on.clear();
            revision.labels.clear();
            revision.parents = written
                .last()
                .and_then(|last| context.graph().ok()?.find(&last.id))
                .map_or_else(Vec::new, |node: Node| vec![node]);
            revision.name = format!("{name}_{}", at + 1);
        }
        if many > 1 {
            let sentence = message.trim_end_matches('.');
            revision.message = format!("{sentence} ({} of {many}).", at + 1);
        }
        revision.scripts = scripts(part);
        written.push(author::write(&revision, context)?);
    }
    Ok(written)
}

fn report(detection: &Detection, written: &[Written], context: &Context) {
    let term = &context.term;
    let files: Vec<String> = written
        .iter()
        .flat_map(|revision| &revision.files)
        .map(|path| context.shown(path).display().to_string())
        .collect();
    let statements = detection.plan.statements.iter();
    let hazards: Vec<_> = statements.flat_map(|one| one.hazards.clone()).collect();
    let last = written.last().map(|revision| revision.id.as_str());
    match term.format() {
        Format::Json => term.json(&json!({
            "id": last,
            "files": files,
            "changes": proposal::changes(&detection.plan),
            "hazards": proposal::names(&hazards),
        })),
        Format::Human => files.iter().for_each(|file| term.data(file)),
    }
    for revision in written {
        term.say(format_args!(
            "created revision {NAME}{}{NAME:#}",
            revision.id
        ));
    }
    term.say(format_args!(
        "{NOTE}note{NOTE:#}: up and down were tried in a scratch database; read them before you apply them"
    ));
}
