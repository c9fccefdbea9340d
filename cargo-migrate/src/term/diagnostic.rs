//! An error on the terminal: the plain shape of [`Diagnostic`], coloured line by line, so that the
//! text is the same with and without colour.

use super::{ERROR, FRAME, HINT, NOTE, WARNING};
use build_support::Diagnostic;

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
}
