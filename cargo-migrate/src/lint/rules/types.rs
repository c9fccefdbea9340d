//! Rules about types.

use build_support::sql::TokenKind;

use super::{Edit, Reporter};
use crate::lint::{Statement, Subject};

pub(super) fn json_column(subject: &Subject<'_>, reporter: &mut Reporter) {
    for statement in &subject.statements {
        let declares = statement.created().is_some() || statement.begins(&["ALTER", "TABLE"]);
        if !declares {
            continue;
        }
        for index in 2..statement.tokens().len() {
            if is_type_of_column(statement, index) {
                let word = statement.between(index, index);
                reporter.mend(
                    word.clone(),
                    "values of this type can't be compared, so DISTINCT, UNION and GROUP BY fail on it",
                    "use jsonb",
                    vec![Edit::replace(word, "jsonb")],
                );
            }
        }
    }
}

/// `json` behind the name of a column, which stands at the begin of an item or behind ADD COLUMN.
fn is_type_of_column(statement: &Statement<'_>, index: usize) -> bool {
    let is_name = matches!(
        statement.tokens()[index - 1].kind,
        TokenKind::Word | TokenKind::QuotedName
    );
    let before = ["(", ",", "ADD", "COLUMN", "EXISTS"];
    statement.has_at(index, &["json"])
        && is_name
        && !statement.has_at(index - 1, &["COLUMN"])
        && before
            .iter()
            .any(|word| statement.has_at(index - 2, &[word]))
}

pub(super) fn new_enum_value_used(subject: &Subject<'_>, reporter: &mut Reporter) {
    if !subject.in_transaction() {
        return;
    }
    for (index, statement) in subject.statements.iter().enumerate() {
        let added = statement.find(&["ADD", "VALUE"]);
        let Some(at) = added.filter(|_| statement.begins(&["ALTER", "TYPE"])) else {
            continue;
        };
        let skip = if statement.has_at(at + 2, &["IF"]) {
            5
        } else {
            2
        };
        let value = statement.word(at + skip);
        // What stands in a later block is found in the text of the block.
        let later = subject.statements[index + 1..].iter();
        let is_told = |later: &&Statement<'_>| !later.is_inside() || later.index == statement.index;
        for later in later.filter(is_told) {
            if let Some(token) = use_of(value, later) {
                reporter.report(
                    token,
                    format!("the new value {value} can't be used in the transaction that adds it"),
                    "use it in the next revision, or write `-- migrate: transaction=none`",
                );
            }
        }
    }
}

fn use_of(value: &str, statement: &Statement<'_>) -> Option<std::ops::Range<usize>> {
    // Adding another value beside it is no use.
    if statement.begins(&["ALTER", "TYPE"]) || value.is_empty() {
        return None;
    }
    let mut strings = statement.strings();
    let found = strings.find(|(token, text)| match token.kind {
        TokenKind::DollarText => text.contains(value),
        _ => *text == value,
    });
    found.map(|(token, _)| token.range())
}
