//! `edit`: a revision's files in the editor.

use build_support::Exit;
use clap::Args;
use serde_json::json;

use crate::{
    author,
    cli::revision_name,
    context::{Asks, Context},
    failure::Outcome,
    term::Format,
};

/// Open the files of a revision in the editor
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Examples:\n  cargo migrate edit head\n  EDITOR=nano cargo migrate edit add_phone"
)]
pub struct EditArgs {
    /// The revision: an id, a slug, `head`, `current`, …
    #[arg(value_name = "REV", value_parser = revision_name, allow_negative_numbers = true)]
    pub revision: String,
}

/// Opens the files and waits for the editor.
pub fn run(args: &EditArgs, context: &mut Context) -> Outcome {
    let (sight, node) = context.resolve(Asks::WhereNeeded, |symbols| {
        symbols.revision(&args.revision)
    })?;
    let revision = sight.graph().revision(node);
    let down = revision.down.as_ref().map(|down| down.path.clone());
    let mut files = vec![revision.up.path.clone()];
    files.extend(down);
    let id = revision.id.clone();
    drop(sight);
    author::edit(&files, context)?;
    context.reload();
    if context.term.format() == Format::Json {
        let files: Vec<String> = files
            .iter()
            .map(|path| context.shown(path).display().to_string())
            .collect();
        context
            .term
            .json(&json!({ "id": id.as_str(), "files": files }));
    }
    Ok(Exit::Done)
}
