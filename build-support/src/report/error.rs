//! The JSON of an error and of a warning.

use std::ffi::OsString;

use serde_json::{Value, json};

use crate::{Diagnostic, Exit};

/// One object in which every field is there, `null` where nothing is known.
pub fn error_json(diagnostic: &Diagnostic) -> Value {
    let mut object = json!({ "code": diagnostic.exit.code() });
    extend(&mut object, facts(diagnostic));
    json!({ "error": object })
}

/// The same facts without an exit code: a warning ends nothing.
pub fn warning_json(diagnostic: &Diagnostic) -> Value {
    json!({ "warning": facts(diagnostic) })
}

fn extend(object: &mut Value, facts: Value) {
    if let (Some(object), Value::Object(facts)) = (object.as_object_mut(), facts) {
        object.extend(facts);
    }
}

fn facts(diagnostic: &Diagnostic) -> Value {
    let place = diagnostic.place.as_ref();
    let counted = |number: usize| (number > 0).then_some(number);
    json!({
        "message": message(diagnostic),
        "revision": diagnostic.revision.as_ref().map(ToString::to_string),
        "file": place.map(|place| place.file.display().to_string()),
        "line": place.and_then(|place| counted(place.line)),
        "column": place.and_then(|place| counted(place.column)),
        "sqlstate": diagnostic.sqlstate,
        "notes": diagnostic.notes,
        "hints": diagnostic.hints,
    })
}

/// The headline, and what is wrong at the place where the headline does not say it.
fn message(diagnostic: &Diagnostic) -> String {
    match &diagnostic.label {
        Some(label) if !diagnostic.message.contains(label.as_str()) => {
            format!("{}: {label}", diagnostic.message)
        }
        Some(_) | None => diagnostic.message.clone(),
    }
}

/// An answer that is not whole, as on a full disk.
pub fn unwritten(error: &std::io::Error) -> Diagnostic {
    Diagnostic::new(Exit::User, format!("the answer is not whole: {error}"))
        .hint("write it to where there is space, by the same command")
}

/// A command line that can't be read, from what clap renders of it: its tips are the hints.
pub fn usage_error(rendered: &str) -> Diagnostic {
    let first = rendered.split("\n\n").next().unwrap_or_default();
    let words: Vec<&str> = first.split_whitespace().collect();
    let message = words.join(" ");
    let message = message.strip_prefix("error: ").unwrap_or(&message);
    let lines = rendered.lines().map(str::trim);
    let tips = lines.filter_map(|line| line.strip_prefix("tip: "));
    tips.fold(Diagnostic::new(Exit::Usage, message), Diagnostic::hint)
}

/// Whether a command line that can't be read gives an option this value: `--format json`,
/// `--format=json`.
pub fn says(arguments: &[OsString], option: &str, value: &str) -> bool {
    let joined = format!("{option}={value}");
    arguments
        .windows(2)
        .any(|two| two[0] == option && two[1] == value)
        || arguments.iter().any(|argument| *argument == *joined)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Exit, Place};

    #[test]
    fn every_field_is_there() {
        let place = Place::at("migrations/1_a.up.sql", "SELECT x;", 7);
        let mut diagnostic = Diagnostic::new(Exit::Revision, "revision `1` failed")
            .place(Some(place))
            .note("it was rolled back")
            .hint("fix the file");
        diagnostic.label = Some("column \"x\" does not exist".to_owned());
        diagnostic.sqlstate = Some("42703".to_owned());
        insta::assert_snapshot!(error_json(&diagnostic), @r#"{"error":{"code":4,"message":"revision `1` failed: column \"x\" does not exist","revision":null,"file":"migrations/1_a.up.sql","line":1,"column":8,"sqlstate":"42703","notes":["it was rolled back"],"hints":["fix the file"]}}"#);
    }
}
