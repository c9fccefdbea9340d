//! `config`: every setting and where it came from.

use build_support::Exit;
use clap::Args;
use serde_json::{Map, Value as Json, json};

use crate::{
    config::{Config, Kind, Origin, Setting, Value, without_password},
    context::Context,
    failure::Outcome,
    term::{FAINT, Format, Table, TableCell},
};

/// Print every setting, and where its value came from
///
/// A flag wins over the environment (`MIGRATE_HISTORY_TABLE` for `history-table`), that over
/// `.env`, that over `[package.metadata.migrate]`, `[workspace.metadata.migrate]` and the default.
/// The password of a URL is never printed.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Examples:\n  cargo migrate config\n  cargo migrate config history-table\n  \
                        cargo migrate config --format json"
)]
pub struct ConfigArgs {
    /// Only this setting's value
    #[arg(value_name = "KEY")]
    pub key: Option<String>,
}

/// Prints one setting or all.
pub fn run(args: &ConfigArgs, context: &mut Context) -> Outcome {
    let config = context.config()?;
    if let Some(name) = &args.key {
        return print_one(name, config, context);
    }
    match context.term.format() {
        Format::Human => context.term.data(table(config, context)),
        Format::Json => context.term.json(&object(config, context)),
    }
    Ok(Exit::Done)
}

fn print_one(name: &str, config: &Config, context: &Context) -> Outcome {
    let Some(setting) = config
        .settings()
        .iter()
        .find(|setting| setting.key.name == name)
    else {
        let names = config.settings().iter().map(|setting| setting.key.name);
        let failure = crate::failure::Failure::user(format!("unknown key `{name}`"));
        return Err(match crate::config::near(name, names) {
            Some(near) => failure.hint(format!("did you mean `{near}`?")),
            None => failure.hint("`cargo migrate config` lists the keys there are"),
        });
    };
    match context.term.format() {
        Format::Human => {
            if let Some(value) = shown(setting) {
                context.term.data(value);
            }
        }
        Format::Json => context.term.json(&json!({ name: entry(setting, context) })),
    }
    Ok(Exit::Done)
}

fn table(config: &Config, context: &Context) -> Table {
    let mut table = Table::new(&["key", "value", "from"]);
    for setting in config.settings() {
        let origin = match (&setting.value, &setting.origin) {
            (None, _) => String::new(),
            (Some(_), origin) => origin_text(origin, context),
        };
        let value = match shown(setting) {
            Some(value) => TableCell::from(value.to_string()),
            None => TableCell::styled("-", FAINT),
        };
        table.row([
            setting.key.name.into(),
            value,
            TableCell::styled(origin, FAINT),
        ]);
    }
    table
}

fn object(config: &Config, context: &Context) -> Json {
    let settings = config.settings().iter();
    let entries: Map<String, Json> = settings
        .map(|setting| (setting.key.name.to_owned(), entry(setting, context)))
        .collect();
    json!({ "database": config.database, "databases": config.databases, "settings": entries })
}

fn entry(setting: &Setting, context: &Context) -> Json {
    let value = shown(setting).as_ref().map(Value::to_json);
    json!({ "value": value, "from": origin_text(&setting.origin, context) })
}

fn origin_text(origin: &Origin, context: &Context) -> String {
    match origin {
        Origin::Metadata { .. } => {
            let Some(place) = origin.place() else {
                return origin.to_string();
            };
            let file = context.shown(&place.file);
            format!("{}:{}", file.display(), place.line)
        }
        Origin::DotEnv { file, variable } => {
            format!("{}: {variable}", context.shown(file).display())
        }
        Origin::Flag(_) | Origin::Variable(_) | Origin::Default => origin.to_string(),
    }
}

/// The value without a password.
fn shown(setting: &Setting) -> Option<Value> {
    match (&setting.value, setting.key.kind) {
        (Some(Value::Text(url)), Kind::Url) => Some(Value::Text(without_password(url))),
        (value, _) => value.clone(),
    }
}
