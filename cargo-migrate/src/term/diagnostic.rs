//! An error on the terminal: the plain shape of [`Diagnostic`], coloured line by line, so that the
//! text is the same with and without colour; and its JSON.

use build_support::Diagnostic;
use serde_json::{Value, json};

use super::{ERROR, FRAME, HINT, NOTE, WARNING};

/// The coloured shape of an error.
pub(super) fn error(diagnostic: &Diagnostic) -> String {
    colour(diagnostic, "error")
}

/// The same shape as a warning.
pub(super) fn warning(diagnostic: &Diagnostic) -> String {
    colour(diagnostic, "warning")
}

fn colour(diagnostic: &Diagnostic, word: &str) -> String {
    let plain = diagnostic.to_string();
    let mut lines = plain.lines();
    let mut text = headline(lines.next().unwrap_or_default(), word);
    for line in lines {
        text.push('\n');
        text.push_str(&body_line(line));
    }
    text
}

fn headline(line: &str, word: &str) -> String {
    let style = if word == "error" { ERROR } else { WARNING };
    let message = line.strip_prefix("error: ").unwrap_or(line);
    format!("{style}{word}{style:#}: {message}")
}

fn body_line(line: &str) -> String {
    if let Some(rest) = line.strip_prefix("note: ") {
        return format!("{NOTE}note{NOTE:#}: {rest}");
    }
    if let Some(rest) = line.strip_prefix("hint: ") {
        return format!("{HINT}hint{HINT:#}: {rest}");
    }
    if let Some(place) = line.strip_prefix("  --> ") {
        return format!("  {FRAME}-->{FRAME:#} {place}");
    }
    match line.split_once('|') {
        Some((gutter, rest)) if is_gutter(gutter) => framed(gutter, rest),
        Some(_) | None => line.to_owned(),
    }
}

/// Blank, or a line's number: what stands left of the frame.
fn is_gutter(text: &str) -> bool {
    text.chars().all(|c| c == ' ' || c.is_ascii_digit())
}

fn framed(gutter: &str, rest: &str) -> String {
    let marks = rest.trim_start().starts_with('^') && gutter.trim().is_empty();
    if marks {
        format!("{FRAME}{gutter}|{FRAME:#}{ERROR}{rest}{ERROR:#}")
    } else {
        format!("{FRAME}{gutter}|{FRAME:#}{rest}")
    }
}

/// The JSON of an error: every field is there, `null` where nothing is known.
pub fn json_of(diagnostic: &Diagnostic) -> Value {
    let place = diagnostic.place.as_ref();
    let counted = |number: usize| (number > 0).then_some(number);
    let message = match (&diagnostic.place, diagnostic.label.as_deref()) {
        (_, Some(label)) if !diagnostic.message.contains(label) => {
            format!("{}: {label}", diagnostic.message)
        }
        _ => diagnostic.message.clone(),
    };
    json!({"error": {
        "code": diagnostic.exit.code(),
        "message": message,
        "revision": diagnostic.revision.as_ref().map(ToString::to_string),
        "file": place.map(|place| place.file.display().to_string()),
        "line": place.and_then(|place| counted(place.line)),
        "column": place.and_then(|place| counted(place.column)),
        "sqlstate": diagnostic.sqlstate,
        "notes": diagnostic.notes,
        "hints": diagnostic.hints,
    }})
}

#[cfg(test)]
mod tests {
    use build_support::{Exit, Place};

    use super::*;

    fn sample() -> Diagnostic {
        let place = Place::at("migrations/1_a.up.sql", "SELECT x;", 7);
        let mut diagnostic = Diagnostic::new(Exit::Revision, "revision `1` failed")
            .place(Some(place))
            .note("it was rolled back")
            .hint("fix the file");
        diagnostic.label = Some("column \"x\" does not exist".to_owned());
        diagnostic.sqlstate = Some("42703".to_owned());
        diagnostic
    }

    #[test]
    fn colour_does_not_change_the_text() {
        let plain = anstream::adapter::strip_str(&error(&sample())).to_string();
        assert_eq!(plain, sample().to_string());
        assert!(error(&sample()).contains('\u{1b}'));
    }

    #[test]
    fn a_warning_has_the_shape_of_an_error() {
        let plain = anstream::adapter::strip_str(&warning(&sample())).to_string();
        assert_eq!(plain, sample().to_string().replacen("error", "warning", 1));
    }

    #[test]
    fn json_names_every_field() {
        insta::assert_snapshot!(json_of(&sample()), @r#"{"error":{"code":4,"message":"revision `1` failed: column \"x\" does not exist","revision":null,"file":"migrations/1_a.up.sql","line":1,"column":8,"sqlstate":"42703","notes":["it was rolled back"],"hints":["fix the file"]}}"#);
    }
}
