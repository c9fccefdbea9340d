//! `--all-databases`: a command on each of the databases that the project configures.

use build_support::Exit;

use super::{Command, guarded, told};
use crate::{
    context::Context,
    failure::{Failure, Outcome},
};

/// Runs the command once for each database, in the order of their names. One that fails does not
/// hide the others; the exit code is that of the worst.
pub(super) fn on_each(command: &Command, context: &mut Context) -> Outcome {
    if !command.asks_a_database() {
        return Err(
            Failure::usage("`--all-databases` is for commands that work on a database")
                .hint("choose one with `--database NAME`"),
        );
    }
    if context.options.database_url.is_some() {
        return Err(Failure::usage(
            "`--database-url` names one database, and `--all-databases` means several",
        )
        .hint("give each its own variable with `database-url-env`"));
    }
    let databases = context.config()?.databases.clone();
    if databases.is_empty() {
        return Err(Failure::user("the project configures no databases by name")
            .hint("add `[package.metadata.migrate.databases.NAME]` to `Cargo.toml` for each"));
    }
    let mut worst = Exit::Done;
    for database in databases {
        context.turn_to(&database);
        context.term.say(format_args!("database: {database}"));
        let outcome = guarded(|| command.run(context));
        worst = worst.worse(told(outcome, context));
        if matches!(worst, Exit::Interrupted | Exit::Terminated) {
            break;
        }
    }
    Ok(worst)
}

impl Command {
    /// Whether it works on a database, or on what is a database's own, and so makes sense for each.
    /// The others write files of the project or tell of the program.
    fn asks_a_database(&self) -> bool {
        !matches!(
            self,
            Self::Init(_)
                | Self::New(_)
                | Self::Edit(_)
                | Self::ListTemplates(_)
                | Self::Merge(_)
                | Self::Rebase(_)
                | Self::Dev(_)
                | Self::GenerateDown(_)
                | Self::Completions(_)
                | Self::Man(_)
        )
    }
}
