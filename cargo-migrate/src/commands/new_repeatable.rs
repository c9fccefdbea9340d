//! `new --repeatable`: a script that runs again whenever its text changes.

use std::path::Path;

use build_support::Exit;
use serde_json::json;

use super::new::NewArgs;
use crate::{
    author::{self, NewRepeatable},
    context::Context,
    failure::{Failure, Outcome},
    scaffold::{render::Scripts, slug},
    term::{Format, NAME},
};

/// What the file of a repeatable script begins with.
const PREFIX: &str = "R__";

/// What an empty one says.
const BODY: &str =
    "-- It runs after the revisions, again whenever this text changes: write it so that it can,
-- as with CREATE OR REPLACE.
";

/// Whether a repeatable script is asked for: by the flag, or by a name like `R__views`.
pub fn is_meant(args: &NewArgs) -> bool {
    let named = args
        .name
        .as_ref()
        .is_some_and(|name| name.starts_with(PREFIX));
    args.repeatable || named
}

/// Writes the file and prints its path.
pub fn run(args: &NewArgs, scripts: Option<Scripts>, context: &mut Context) -> Outcome {
    refuse_stray(args)?;
    let name = args.name.as_ref().or(args.message.as_ref());
    let name = name.ok_or_else(|| Failure::usage("a repeatable script needs a name"))?;
    let name = name.strip_prefix(PREFIX).unwrap_or(name);
    let body = match scripts {
        Some(scripts) if scripts.down.is_some() => {
            return Err(Failure::usage("a repeatable script has no down script"));
        }
        Some(scripts) => scripts.up.body,
        None => BODY.to_owned(),
    };
    let script = NewRepeatable {
        name: name.to_owned(),
        message: args.message.clone().unwrap_or_else(|| slug::message(name)),
        body,
        folder: args.path.clone(),
    };
    let (id, path) = author::write_repeatable(&script, context)?;
    if args.edit {
        author::edit(std::slice::from_ref(&path), context)?;
    }
    tell(&id, &path, context);
    Ok(Exit::Done)
}

/// What only a revision has.
fn refuse_stray(args: &NewArgs) -> Result<(), Failure> {
    let stray = [
        ("FIELD", !args.fields.is_empty()),
        ("--template", args.template.is_some()),
        ("--timestamps", args.timestamps),
        ("--head", !args.head.is_empty()),
        ("--splice", args.splice),
        ("--label", !args.label.is_empty()),
        ("--depends-on", !args.depends_on.is_empty()),
        ("--rev-id", args.rev_id.is_some()),
        ("--autogenerate", args.autogenerate.autogenerate),
    ];
    match stray.into_iter().find(|(_, given)| *given) {
        Some((option, _)) => Err(Failure::usage(format!(
            "`{option}` has no meaning for a repeatable script"
        ))
        .hint("it has a name and a text: it follows no revision, and runs after all of them")),
        None => Ok(()),
    }
}

fn tell(id: &str, path: &Path, context: &Context) {
    let file = context.shown(path).display().to_string();
    match context.term.format() {
        Format::Json => context
            .term
            .json(&json!({ "id": id, "files": [file], "changes": [], "hazards": [] })),
        Format::Human => context.term.data(file),
    }
    context
        .term
        .say(format_args!("created repeatable script {NAME}{id}{NAME:#}"));
}
