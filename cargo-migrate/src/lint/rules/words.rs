//! Rules about what a comment accepts.

use std::ops::Range;

use build_support::{
    revision::HAZARDS,
    sql::{self, TokenKind},
    suggest::nearest,
};

use super::{Edit, Reporter};
use crate::lint::{RuleInfo, Subject, all_rules, ignore::Ignores, is_left_out};

pub(super) fn unknown(subject: &Subject<'_>, reporter: &mut Reporter) {
    let rules = all_rules();
    for word in &subject.revision.allow {
        let near = near(word, &rules);
        // Without squawk nobody knows whether it is the name of one of its rules.
        let is_meant = near.is_some() || cfg!(feature = "lint");
        if is_meant && !is_known(word, &rules) {
            tell(place_of(word, subject.text), word, near, reporter);
        }
    }
    // What follows the names is often prose, so only what looks like a name is meant.
    for place in Ignores::read(subject.text).names() {
        let word = &subject.text[place.clone()];
        let near = near(word, &rules).filter(|_| !is_known(word, &rules));
        if near.is_some() {
            tell(place, word, near, reporter);
        }
    }
}

fn is_known(word: &str, rules: &[RuleInfo]) -> bool {
    HAZARDS.contains(&word) || is_left_out(word) || rules.iter().any(|rule| rule.name == word)
}

fn near<'r>(word: &str, rules: &'r [RuleInfo]) -> Option<&'r str> {
    nearest(word, rules.iter().map(|rule| rule.name.as_str()))
}

fn tell(place: Range<usize>, word: &str, near: Option<&str>, reporter: &mut Reporter) {
    let message = format!("there is no lint rule and no hazard `{word}`, so it accepts nothing");
    match near {
        Some(near) => reporter.mend(
            place.clone(),
            message,
            format!("did you mean `{near}`?"),
            vec![Edit::replace(place, near)],
        ),
        None => reporter.report(
            place,
            message,
            "`cargo migrate lint --rules` lists the rules and their hazards",
        ),
    }
}

/// Where a word of `allow=` stands: in a directive at the head of the file.
fn place_of(word: &str, text: &str) -> Range<usize> {
    let mut found = None;
    // A script that can't be split does not come here.
    let _ = sql::split_with(text, |comment| {
        let body = &text[comment.token.range()];
        let is_directive =
            comment.token.kind == TokenKind::LineComment && body.contains("migrate:");
        if is_directive && found.is_none() {
            found = in_list(word, body).map(|at| comment.token.start + at);
        }
    });
    let start = found.unwrap_or(0);
    start..start + found.map_or(0, |_| word.len())
}

/// Where a word stands by itself behind `allow=`.
fn in_list(word: &str, directive: &str) -> Option<usize> {
    let behind = directive.find("allow")?;
    let is_part = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    let mut found = directive[behind..].match_indices(word);
    found.find_map(|(at, _)| {
        let (before, after) = directive.split_at(behind + at);
        let is_whole = !before.ends_with(is_part) && !after[word.len()..].starts_with(is_part);
        is_whole.then_some(behind + at)
    })
}
