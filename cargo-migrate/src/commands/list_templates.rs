//! `list-templates`: what `new` can write, and which names say so.

use build_support::Exit;
use cargo_migrate_templates::REVISIONS;
use clap::Args;
use serde_json::json;

use super::new::templates;
use crate::{
    context::Context,
    failure::Outcome,
    scaffold::render::Templates,
    term::{FAINT, Format, NAME},
};

/// List the templates of `new`, and the names that choose them
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Examples:\n  cargo migrate list-templates\n  cargo migrate list-templates --format json"
)]
pub struct ListTemplatesArgs {}

/// Prints each template with an example.
pub fn run(_args: &ListTemplatesArgs, context: &mut Context) -> Outcome {
    // A list of ours needs no project.
    context.config_anywhere()?;
    let templates = templates(context)?;
    match context.term.format() {
        Format::Json => context.term.json(&object(&templates)),
        Format::Human => print(&templates, context),
    }
    Ok(Exit::Done)
}

fn print(templates: &Templates, context: &Context) {
    let term = &context.term;
    for template in REVISIONS {
        let mark = if templates.is_overridden(template.name) {
            " (the project's own)"
        } else {
            ""
        };
        let description = template.description;
        term.data(format_args!(
            "{NAME}{}{NAME:#}{mark}: {description}",
            template.name
        ));
        term.data(format_args!(
            "    {FAINT}cargo migrate new {}{FAINT:#}",
            template.example
        ));
    }
    for name in templates.extra() {
        term.data(format_args!("{NAME}{name}{NAME:#} (the project's own)"));
        term.data(format_args!(
            "    {FAINT}cargo migrate new … --template {name}{FAINT:#}"
        ));
    }
}

fn object(templates: &Templates) -> serde_json::Value {
    let ours = REVISIONS.iter().map(|template| {
        json!({
            "name": template.name,
            "description": template.description,
            "names": template.patterns,
            "example": template.example,
            "overridden": templates.is_overridden(template.name),
        })
    });
    let extra = templates
        .extra()
        .map(|name| json!({ "name": name, "overridden": true }));
    json!({ "templates": ours.chain(extra).collect::<Vec<_>>() })
}
