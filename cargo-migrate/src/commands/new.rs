//! `new`: a revision from a template, from SQL that is there already, or empty.

use std::{collections::BTreeMap, io::Read as _, path::PathBuf};

use build_support::{
    Exit,
    graph::{Graph, symbol::Symbols},
    source::check_label,
};
use clap::Args;
use serde_json::json;

use crate::{
    author::{self, NewRevision, Written},
    cli::revision_name,
    commands::{
        autogenerate::{self, AutogenerateArgs},
        new_repeatable,
    },
    context::Context,
    failure::{Failure, Outcome},
    parents,
    scaffold::{
        render::{self, Request, Scripts, Templates, Timestamps},
        slug,
    },
    term::{Format, NAME},
};

/// Write a new revision: its name and fields say what it does
///
/// `create_users`, `add_phone_to_users`, `add_index_on_users`, `rename_name_to_full_name_in_users`,
/// `create_enum_user_status`, `drop_users`, … each have a template, which `list-templates` shows;
/// any other name makes an empty revision. Up and down are both written. `R__views` is a script that
/// runs again whenever its text changes.
///
/// A field is `name[:type][:not-null][:unique][:primary-key][:index][:references(table[.column])]
/// [:on-delete=…][:default=EXPR][:backfill=EXPR]`, where EXPR is SQL to the end of the field.
#[derive(Debug, Clone, Args)]
#[command(
    alias = "revision",
    after_help = "Examples:\n  cargo migrate new create_users \"email:varchar(255):not-null:unique\" --timestamps\n  \
                  cargo migrate new add_status_to_users \"status:varchar(20):not-null:backfill='active'\"\n  \
                  cargo migrate new add_author_id_to_posts \"author_id:bigint:references(users.id):on-delete=cascade\"\n  \
                  cargo migrate new add_index_on_users email is_active\n  \
                  cargo migrate new create_enum_user_status pending active suspended\n  \
                  cargo migrate new tune_statistics --sql - < tune.sql\n  \
                  cargo migrate new --repeatable views"
)]
pub struct NewArgs {
    /// What the revision does, such as `add_phone_to_users`
    #[arg(value_name = "NAME", required_unless_present = "message")]
    pub name: Option<String>,
    /// Columns, or the labels of an enum type
    #[arg(value_name = "FIELD")]
    pub fields: Vec<String>,
    /// What the head of the file says; else the name says it
    #[arg(long, short, value_name = "TEXT")]
    pub message: Option<String>,
    /// The template, where the name does not say it
    #[arg(long, short, value_name = "NAME")]
    pub template: Option<String>,
    /// Give a new table `created_at` and `updated_at`
    #[arg(long)]
    pub timestamps: bool,
    /// The SQL of the up script: a file, or `-` for standard input
    ///
    /// What stands after a line `-- migrate: down` is the down script.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["fields", "template", "timestamps"])]
    pub sql: Option<PathBuf>,
    /// What it follows; `base` begins a new root, several make a merge
    #[arg(long, value_name = "REV", value_parser = revision_name, value_delimiter = ',',
          allow_negative_numbers = true)]
    pub head: Vec<String>,
    /// Let it follow a revision that is no head, which makes a branch
    #[arg(long)]
    pub splice: bool,
    /// A name for the line that begins with it
    #[arg(
        long,
        visible_alias = "branch-label",
        value_name = "NAME",
        value_delimiter = ','
    )]
    pub label: Vec<String>,
    /// A revision or label that it needs without following it
    #[arg(long, value_name = "REV", value_parser = revision_name, value_delimiter = ',',
          allow_negative_numbers = true)]
    pub depends_on: Vec<String>,
    /// Its id, an integer; else the time says it
    #[arg(long, value_name = "ID")]
    pub rev_id: Option<String>,
    /// Its folder, where the project has several
    #[arg(long, visible_alias = "version-path", value_name = "FOLDER")]
    pub path: Option<PathBuf>,
    /// Write a script that runs again whenever its text changes: `R__NAME.sql`
    ///
    /// A name that begins with `R__` means the same.
    #[arg(long)]
    pub repeatable: bool,
    /// Open the files in the editor
    #[arg(long)]
    pub edit: bool,
    /// What only `--autogenerate` takes.
    #[command(flatten)]
    pub autogenerate: AutogenerateArgs,
}

impl NewArgs {
    /// What the head of the file says.
    fn message_of(&self, name: &str) -> String {
        let given = self.message.as_deref().map(str::trim);
        let given = given.filter(|message| !message.is_empty());
        given.map_or_else(|| slug::message(name), str::to_owned)
    }
}

/// Writes the revision and prints its files.
pub fn run(args: &NewArgs, context: &mut Context) -> Outcome {
    if new_repeatable::is_meant(args) {
        let scripts = args.sql.as_ref().map(|file| given(file, context));
        return new_repeatable::run(args, scripts.transpose()?, context);
    }
    let name = args.name.as_ref().or(args.message.as_ref());
    let name = name.ok_or_else(|| Failure::usage("a revision needs a name"))?;
    if args.edit {
        author::editor(context)?;
    }
    let heads = context.names_of_files(&args.head)?;
    let depends_on = context.names_of_files(&args.depends_on)?;
    let graph = context.graph()?;
    let mut revision = NewRevision {
        name: name.clone(),
        message: args.message_of(name),
        parents: parents::of_new(graph, &heads, args.splice.into())?,
        depends_on: dependencies(&depends_on, graph)?,
        labels: args.label.clone(),
        id: args.rev_id.clone(),
        folder: args.path.clone(),
        scripts: Scripts::default(),
    };
    for label in &args.label {
        check_label(label).map_err(|error| Failure::user(format!("`{label}`: {error}")))?;
    }
    if args.autogenerate.autogenerate {
        return autogenerate::run(&args.autogenerate, revision, context);
    }
    args.autogenerate.refuse_stray()?;
    revision.scripts = scripts(args, name, context)?;
    let written = author::write(&revision, context)?;
    if args.edit {
        author::edit(&written.files, context)?;
    }
    report(&written, &revision.scripts.hints, context);
    Ok(Exit::Done)
}

fn scripts(args: &NewArgs, name: &str, context: &Context) -> Result<Scripts, Failure> {
    if let Some(file) = &args.sql {
        return given(file, context);
    }
    let request = Request {
        name,
        words: &args.fields,
        template: args.template.as_deref(),
        timestamps: if args.timestamps {
            Timestamps::Present
        } else {
            Timestamps::Absent
        },
    };
    Ok(render::render(&request, &templates(context)?)?)
}

/// The scripts that the user has written already.
fn given(file: &std::path::Path, context: &Context) -> Result<Scripts, Failure> {
    let mut text = String::new();
    if file.as_os_str() == "-" {
        let read = std::io::stdin().read_to_string(&mut text);
        read.map_err(|error| Failure::user(format!("standard input can't be read: {error}")))?;
    } else {
        let file = context.environment.folder.join(file);
        text = fs_err::read_to_string(file).map_err(|error| Failure::user(error.to_string()))?;
    }
    let mut scripts = render::cut(text.trim_start_matches('\u{feff}'));
    if scripts.up.body.is_empty() {
        return Err(Failure::user("there is no SQL for the up script"));
    }
    if scripts.down.is_none() {
        let hint = "it has no down script: `cargo migrate generate-down` writes one";
        scripts.hints.push(hint.to_owned());
    }
    Ok(scripts)
}

/// Our templates and those of the project.
pub fn templates(context: &Context) -> Result<Templates, Failure> {
    let Some(folder) = context.config()?.template_dir() else {
        return Ok(Templates::default());
    };
    let failed = |error: std::io::Error| {
        Failure::user(format!("the templates can't be read: {error}"))
            .hint("`template-dir` names the folder with the project's templates")
    };
    let mut own = BTreeMap::new();
    for entry in fs_err::read_dir(&folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        if let (Some(stem), Some("sql")) = (stem, path.extension().and_then(|e| e.to_str())) {
            own.insert(
                stem.to_owned(),
                fs_err::read_to_string(&path).map_err(failed)?,
            );
        }
    }
    Ok(Templates::with_own(own))
}

/// Ids in full, labels as they are.
fn dependencies(names: &[String], graph: &Graph) -> Result<Vec<String>, Failure> {
    let symbols = Symbols::offline(graph);
    let resolve = |name: &String| {
        let is_id = name.parse().is_ok_and(|id| graph.find(&id).is_some());
        if !is_id && graph.labelled(name).is_some() {
            return Ok(name.clone());
        }
        Ok(graph.id(symbols.revision(name)?).to_string())
    };
    names.iter().map(resolve).collect()
}

/// Prints what was written: the answer of every command that writes one revision.
pub fn report(written: &Written, hints: &[String], context: &Context) {
    let term = &context.term;
    let files: Vec<String> = written
        .files
        .iter()
        .map(|path| context.shown(path).display().to_string())
        .collect();
    match term.format() {
        Format::Json => {
            let id = written.id.as_str();
            term.json(&json!({ "id": id, "files": files, "changes": [], "hazards": [] }));
        }
        Format::Human => files.iter().for_each(|file| term.data(file)),
    }
    term.say(format_args!(
        "created revision {NAME}{}{NAME:#}",
        written.id
    ));
    hints.iter().for_each(|hint| term.hint(hint));
}
