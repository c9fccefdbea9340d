//! `status`: one row for each revision, and the next command to run.

use anstyle::Style;
use build_support::{
    Exit,
    report::{RevisionState, STATUS_COLUMNS, ScriptState, Status},
};
use clap::Args;

use crate::{
    context::Context,
    failure::Outcome,
    term::{ERROR, FAINT, Format, NAME, NOTE, Table, TableCell, WARNING},
};

/// Show every revision, applied or not, and the next command to run
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:\n  cargo migrate status\n  cargo migrate status --format json")]
pub struct StatusArgs {}

/// Prints the rows.
pub fn run(_args: &StatusArgs, context: &mut Context) -> Outcome {
    let graph = context.graph()?;
    let state = context.read_state(&mut context.connect()?)?;
    let status = Status::of(graph, &state, "cargo migrate");
    match context.term.format() {
        Format::Json => context.term.json(&status),
        Format::Human => {
            if !(status.revisions.is_empty() && status.repeatable.is_empty()) {
                context.term.data(table(&status));
            }
            context.term.say(status.summary());
        }
    }
    Ok(Exit::Done)
}

fn table(status: &Status) -> Table {
    let mut table = Table::new(&STATUS_COLUMNS);
    for row in &status.revisions {
        table.row(cells(row.columns(), style_of(row.state)));
    }
    for row in &status.repeatable {
        table.row(cells(row.columns(), style_of_script(row.state)));
    }
    table
}

fn cells(columns: [String; 6], style: Style) -> [TableCell; 6] {
    let [state, id, message, applied_at, applied_by, took] = columns;
    [
        TableCell::styled(state, style),
        TableCell::styled(id, NAME),
        message.into(),
        TableCell::styled(applied_at, FAINT),
        TableCell::styled(applied_by, FAINT),
        TableCell::styled(took, FAINT),
    ]
}

fn style_of_script(state: ScriptState) -> Style {
    match state {
        ScriptState::Applied => NOTE,
        ScriptState::Pending | ScriptState::Changed => Style::new(),
        ScriptState::Unknown | ScriptState::Partial => WARNING,
    }
}

fn style_of(state: RevisionState) -> Style {
    match state {
        RevisionState::Applied => NOTE,
        RevisionState::Pending => Style::new(),
        RevisionState::Unknown | RevisionState::Partial => WARNING,
        RevisionState::Divergent => ERROR,
    }
}
