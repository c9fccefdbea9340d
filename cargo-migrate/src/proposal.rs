//! A plan as the user meets it: what the flags ask for, the questions, and what is said about it.

use build_support::{Diagnose, Diagnostic, Exit};
use clap::Args;
use serde_json::{Value as Json, json};

use crate::{
    config::Grants,
    context::Context,
    failure::Failure,
    schema::{
        Ambiguity, Hazard, Kind, Loss, Note, ObjectId, Options, Plan, PlanError, ReadError,
        Snapshot, Statement, Verb, plan,
    },
    term::{Answers, HINT, Terminal, WARNING},
};

/// The flags of every command that plans.
#[derive(Debug, Clone, Default, Args)]
pub struct PlanArgs {
    /// Tell what was renamed: `users=people`, `users.name=full_name`, `mood.sad=blue`
    #[arg(long, value_name = "OLD=NEW")]
    pub rename: Vec<String>,
    /// Take nothing for a rename that is not told
    #[arg(long)]
    pub no_renames: bool,
    /// Use the forms that block no reader and no writer; some run outside of a transaction
    #[arg(long)]
    pub online: bool,
    /// The value for existing rows of a column that refuses null
    #[arg(long, value_name = "TABLE.COLUMN=EXPR")]
    pub backfill: Vec<String>,
    /// Compare privileges and default privileges too
    #[arg(long)]
    pub grants: bool,
    /// Compare only what matches: `[KIND:][SCHEMA.]NAME`, with `*`
    #[arg(long, value_name = "PATTERN")]
    pub include: Vec<String>,
    /// Leave out what matches: `[KIND:][SCHEMA.]NAME`, with `*`
    #[arg(long, value_name = "PATTERN")]
    pub exclude: Vec<String>,
}

/// Whether a target without any object may be meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmptyTarget {
    /// It is a mistake, such as models that were not found.
    Refused,
    /// The user named a database or the base.
    Meant,
}

impl PlanArgs {
    /// The same flags without those that speak of renames.
    #[must_use]
    pub fn without_renames(&self) -> Self {
        Self {
            rename: Vec::new(),
            no_renames: false,
            ..self.clone()
        }
    }

    /// What `--backfill` says: columns and expressions.
    ///
    /// # Errors
    /// One without column or value.
    pub fn backfills(&self) -> Result<Vec<(String, String)>, Failure> {
        let split = |text: &String| match text.split_once('=') {
            Some((column, expression)) if column.contains('.') => {
                Ok((column.trim().to_owned(), expression.trim().to_owned()))
            }
            Some(_) | None => Err(Failure::usage(format!(
                "`--backfill {text}` names no column and value"
            ))
            .hint("write it as `--backfill \"users.status='active'\"`")),
        };
        self.backfill.iter().map(split).collect()
    }

    /// The options for the planner: these flags, the settings, and the renames that models tell.
    ///
    /// # Errors
    /// A rename without `=`.
    pub fn options(
        &self,
        context: &Context,
        told: &[(String, String)],
        empty: EmptyTarget,
    ) -> Result<Options, Failure> {
        let config = context.config_anywhere()?;
        let (schema, history) = (config.history_schema(), config.history_table());
        let own = [
            "cargo_migrate_*".to_owned(),
            format!("table:{schema}.{history}"),
        ];
        let mut options = Options::default()
            .include(config.include())
            .include(&self.include)
            .exclude(config.exclude())
            .exclude(&self.exclude)
            .exclude(own);
        // It is there before the first revision, so none makes it.
        if schema != "public" {
            options = options.keep_schema(schema);
        }
        for (old, new) in told {
            options = options.rename(old, new);
        }
        for text in &self.rename {
            let Some((old, new)) = text.split_once('=') else {
                return Err(Failure::usage(format!("`--rename {text}` has no `=`"))
                    .hint("write it as `--rename OLD=NEW`"));
            };
            options = options.rename(old.trim(), new.trim());
        }
        if self.no_renames {
            options = options.no_renames();
        }
        if self.online {
            options = options.online();
        }
        if self.grants || config.grants() == Grants::Compared {
            options = options.grants();
        }
        Ok(match empty {
            EmptyTarget::Refused => options,
            EmptyTarget::Meant => options.allow_empty(),
        })
    }
}

/// Tells the planner what existing rows get, by `table.column` or `schema.table.column`.
///
/// # Errors
/// A name that no column has.
pub fn with_backfills(
    options: Options,
    backfills: &[(String, String)],
    to: &Snapshot,
) -> Result<Options, Failure> {
    backfills
        .iter()
        .try_fold(options, |options, (name, value)| {
            let mut columns = to.objects.keys().filter(|id| id.kind == Kind::Column);
            match columns.find(|id| is_called(id, name)) {
                Some(column) => Ok(options.backfill(&column.to_string(), value)),
                None => Err(no_such_column(name)),
            }
        })
}

/// Whether a name means a column: `table.column`, or `schema.table.column`.
#[must_use]
pub fn is_called(column: &ObjectId, name: &str) -> bool {
    column.to_string() == name
        || format!("{}.{}.{}", column.schema, column.parent, column.name) == name
}

fn no_such_column(name: &str) -> Failure {
    Failure::user(format!(
        "the desired schema has no column `{name}`, which a backfill names"
    ))
    .hint("name table and column: `--backfill \"users.status='active'\"`")
}

/// Plans, and asks a person at the terminal about each drop that may be a rename, and for the value
/// that existing rows get in a new column which refuses null.
///
/// # Errors
/// There is no plan.
pub fn propose(
    term: &Terminal,
    from: &Snapshot,
    to: &Snapshot,
    mut options: Options,
) -> Result<Plan, Failure> {
    let mut asked = Vec::new();
    loop {
        let plan = plan(from, to, &options)?;
        if term.answers() != Answers::Person {
            return Ok(plan);
        }
        if let Some(ambiguity) = plan.ambiguities.first() {
            options = match ask(term, ambiguity)? {
                Some(new) => options.rename(&ambiguity.old.to_string(), &new),
                None => options.really_dropped(vec![ambiguity.old.clone()]),
            };
            continue;
        }
        let mut empty = plan.notes.iter().filter_map(|note| match note {
            Note::BackfillWanted { column } if !asked.contains(column) => Some(column.clone()),
            Note::BackfillWanted { .. } | Note::ColumnOrder { .. } | Note::Unchanged { .. } => None,
        });
        let Some(column) = empty.next() else {
            return Ok(plan);
        };
        if let Some(expression) = ask_for_value(term, &column)? {
            options = options.backfill(&column.to_string(), &expression);
        }
        asked.push(column);
    }
}

/// The expression that existing rows get; `None` leaves the column as it is planned.
fn ask_for_value(term: &Terminal, column: &ObjectId) -> Result<Option<String>, Failure> {
    let answer = term.text(&format!(
        "`{column}` refuses null: which value do existing rows get? (SQL such as 'active' or now(); \
         empty: the table has no rows)"
    ))?;
    Ok((!answer.is_empty()).then_some(answer))
}

/// The new name that a person chooses; `None` is a real drop.
fn ask(term: &Terminal, ambiguity: &Ambiguity) -> Result<Option<String>, Failure> {
    let lost = match ambiguity.loss {
        Loss::Rows => "all of its rows are lost",
        Loss::Values => "all of its values are lost",
    };
    let mut names: Vec<String> = ambiguity
        .candidates
        .iter()
        .map(ToString::to_string)
        .collect();
    let mut choices: Vec<String> = names
        .iter()
        .map(|name| format!("renamed to `{name}`"))
        .collect();
    choices.push(format!("dropped: {lost}"));
    let question = format!("what became of {}?", ambiguity.old.describe());
    let chosen = term.choose(&question, &choices)?;
    Ok((chosen < names.len()).then(|| names.swap_remove(chosen)))
}

/// Says on stderr what was found, what is dangerous about it, and what was not looked at.
pub fn tell(term: &Terminal, plan: &Plan) {
    for statement in &plan.statements {
        term.say(format_args!(
            "detected: {} `{}`",
            statement.kind, statement.object
        ));
        for hazard in &statement.hazards {
            term.say(format_args!("  {WARNING}hazard{WARNING:#}: {hazard}"));
        }
    }
    for ambiguity in &plan.ambiguities {
        term.warn(question_of(ambiguity, plan));
        for candidate in &ambiguity.candidates {
            term.say(format_args!(
                "{HINT}hint{HINT:#}: pass `--rename {}={candidate}` if it became that",
                ambiguity.old
            ));
        }
    }
    for note in &plan.notes {
        term.say(format_args!("note: {note}"));
        if let Note::BackfillWanted { column } = note {
            term.hint(format_args!(
                "pass `--backfill \"{column}=…\"` with an SQL expression"
            ));
        }
    }
    for missing in &plan.not_compared {
        term.say(format_args!(
            "not compared: {} `{}`",
            missing.kind, missing.name
        ));
    }
}

fn question_of(ambiguity: &Ambiguity, plan: &Plan) -> String {
    let is_drop = |one: &Statement| one.kind.verb == Verb::Drop && one.object == ambiguity.old;
    let fate = match plan.statements.iter().any(is_drop) {
        true => "is dropped",
        false => "is changed",
    };
    let names: Vec<String> = ambiguity
        .candidates
        .iter()
        .map(|candidate| format!("`{candidate}`"))
        .collect();
    format!(
        "{} {fate}, but may have become {}",
        ambiguity.old.describe(),
        names.join(" or ")
    )
}

/// The changes as JSON.
#[must_use]
pub fn changes(plan: &Plan) -> Vec<Json> {
    let statements = plan.statements.iter();
    statements
        .map(|statement| {
            json!({
                "kind": statement.kind.to_string(),
                "object": statement.object.to_string(),
                "sql": statement.sql,
                "hazards": names(&statement.hazards),
                "details": texts(&statement.hazards),
            })
        })
        .collect()
}

/// The names of hazards, each once.
#[must_use]
pub fn names(hazards: &[Hazard]) -> Vec<&'static str> {
    let mut names: Vec<&'static str> = hazards.iter().map(Hazard::name).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn texts(hazards: &[Hazard]) -> Vec<String> {
    hazards.iter().map(ToString::to_string).collect()
}

impl Diagnose for PlanError {
    fn diagnose(&self) -> Diagnostic {
        let diagnostic = Diagnostic::new(Exit::User, self.to_string());
        match self {
            Self::EmptyTarget { .. } => diagnostic
                .hint("check that the models and schema files are found: `cargo migrate config`"),
            Self::UnknownRename { .. } => diagnostic
                .hint("name both sides as they are now and then: `--rename users.name=full_name`"),
            Self::Unorderable { .. } => {
                diagnostic.hint("write this revision by hand: `cargo migrate new NAME`")
            }
        }
    }
}

impl Diagnose for ReadError {
    fn diagnose(&self) -> Diagnostic {
        Diagnostic::new(Exit::User, self.to_string())
    }
}
