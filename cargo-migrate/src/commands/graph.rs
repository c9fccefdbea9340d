//! `graph`: the revision graph, or the tables of a schema, as a picture.

use std::path::PathBuf;

use build_support::{Exit, graph::Graph};
use clap::{Args, ValueEnum};
use serde_json::json;

use crate::{
    context::Context,
    draw::{self, schema::Diagram},
    failure::Outcome,
    state::{State, Workshop},
    term::Format,
};

/// Draw the revision graph as SVG, DOT or Mermaid; with `--schema` the tables and foreign keys
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Examples:\n  cargo migrate graph svg > revisions.svg\n  \
                        cargo migrate graph --output docs/revisions.mmd\n  \
                        cargo migrate graph dot | dot -Tpng > revisions.png\n  \
                        cargo migrate graph --schema > schema.svg\n  \
                        cargo migrate graph mermaid --schema=models"
)]
pub struct GraphArgs {
    /// The language of the picture; else the output file's extension tells, else SVG
    #[arg(
        value_enum,
        value_name = "svg|dot|mermaid",
        hide_possible_values = true
    )]
    pub language: Option<Language>,
    /// Draw the tables and foreign keys instead: of what the revisions build, or of another schema
    ///
    /// As for `diff`: `migrations`, `migrations@REV`, `models`, `database`, a URL or an SQL file.
    #[arg(long, value_name = "SCHEMA", num_args = 0..=1, require_equals = true,
          default_missing_value = "migrations")]
    pub schema: Option<String>,
    /// The file to write; else stdout
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// As `graph svg`
    #[arg(long, hide = true, conflicts_with_all = ["language", "dot", "mermaid"])]
    pub svg: bool,
    /// As `graph dot`
    #[arg(long, hide = true, conflicts_with_all = ["language", "mermaid"])]
    pub dot: bool,
    /// As `graph mermaid`
    #[arg(long, hide = true, conflicts_with = "language")]
    pub mermaid: bool,
}

/// A language for pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// A picture for browsers.
    Svg,
    /// The language of Graphviz.
    Dot,
    /// The language of Mermaid.
    Mermaid,
}

/// Writes the picture.
pub fn run(args: &GraphArgs, context: &mut Context) -> Outcome {
    let language = args.language();
    let picture = match &args.schema {
        Some(schema) => {
            let state = State::parse(schema)?;
            let schema = Workshop::new(context, None).read(&state)?;
            language.draw_schema(&Diagram::of(&schema))
        }
        None => language.draw(context.graph()?),
    };
    match (&args.output, context.term.format()) {
        (Some(file), _) => {
            fs_err::write(context.environment.folder.join(file), picture)?;
            context.term.say(format_args!("wrote {}", file.display()));
        }
        (None, Format::Human) => context.term.raw(picture),
        (None, Format::Json) => {
            context
                .term
                .json(&json!({ "language": language.name(), "picture": picture }));
        }
    }
    Ok(Exit::Done)
}

impl GraphArgs {
    fn language(&self) -> Language {
        if let Some(language) = self.language {
            return language;
        }
        let extension = self
            .output
            .as_ref()
            .and_then(|file| file.extension()?.to_str());
        match (self.dot, self.mermaid, extension) {
            (true, _, _) | (_, false, Some("dot" | "gv")) if !self.svg => Language::Dot,
            (_, true, _) | (false, _, Some("mmd" | "md" | "mermaid")) if !self.svg => {
                Language::Mermaid
            }
            _ => Language::Svg,
        }
    }
}

impl Language {
    fn draw(self, graph: &Graph) -> String {
        match self {
            Self::Svg => draw::svg(graph),
            Self::Dot => draw::dot(graph),
            Self::Mermaid => draw::mermaid(graph),
        }
    }

    fn draw_schema(self, diagram: &Diagram) -> String {
        match self {
            Self::Svg => diagram.svg(),
            Self::Dot => diagram.dot(),
            Self::Mermaid => diagram.mermaid(),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Svg => "svg",
            Self::Dot => "dot",
            Self::Mermaid => "mermaid",
        }
    }
}
