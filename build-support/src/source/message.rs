//! The message of a revision: the first line of its head that says what it does.

use super::{header::content, line};
use crate::sql::{Comment, TokenKind};

/// Lines that other tools write and read, and the texts of their empty files.
const MARKS: &[&str] = &[
    "no-transaction",
    "your sql goes here",
    "this file should undo anything in `up.sql`",
    "add migration script here",
    "add up migration script here",
    "add down migration script here",
    // Of our own empty revision.
    "write the sql that applies this revision here",
    "+goose",
    "+migrate",
    "+micrate",
    "atlas:",
    "squawk-ignore",
    "sqlfluff:",
    "noqa",
    "sqlc:",
    "flyway:",
    "liquibase formatted sql",
    "vim:",
    "-*-",
    "!",
];

/// Lines of a licence that stand alone.
const LICENCE_LINES: &[&str] = &["spdx-", "copyright", "(c) ", "©", "all rights reserved"];

/// Lines that open the text of a licence, which goes on to the end of its paragraph.
const LICENCE_TEXTS: &[&str] = &[
    "licensed under",
    "permission is hereby granted",
    "redistribution and use",
    "this program is free software",
    "this source code form is subject to",
    "this file is part of",
];

/// The first comment line that is no directive, mark, licence or decoration.
pub(super) fn find(text: &str, head: &[Comment]) -> Option<String> {
    let mut in_licence = false;
    let mut end = 0;
    for comment in head {
        let gap = &text[end..comment.token.start];
        in_licence &= gap.matches('\n').count() < 2;
        end = comment.token.end;
        for line in lines(*comment, text) {
            if is_one_of(line, LICENCE_TEXTS) {
                in_licence = !line.ends_with('.');
            } else if !in_licence && says_something(line) {
                return Some(line.to_owned());
            }
        }
        in_licence &= comment.token.kind == TokenKind::LineComment;
    }
    None
}

/// The lines of a comment, without what only makes it look good.
fn lines(comment: Comment, text: &str) -> impl Iterator<Item = &str> {
    let body = content(comment, text);
    let body = match comment.token.kind {
        TokenKind::BlockComment => body.strip_suffix("*/").unwrap_or(body),
        _ => body,
    };
    body.lines().map(bare)
}

/// A line without the characters that frame it: `=== Title ===`.
fn bare(line: &str) -> &str {
    let decoration = |c: char| c.is_whitespace() || matches!(c, '*' | '-' | '=' | '#');
    let line = line.trim();
    // A mark of editors.
    if line.starts_with("-*-") {
        return line;
    }
    let start = line.trim_start_matches(decoration);
    let end = start.trim_end_matches(decoration);
    // One such character alone belongs to the sentence: `C#`.
    if start.len() - end.len() > 1 {
        end
    } else {
        start
    }
}

fn says_something(line: &str) -> bool {
    line.chars().any(char::is_alphanumeric)
        && !line::is_directive(line)
        && !is_one_of(line, MARKS)
        && !is_one_of(line, LICENCE_LINES)
}

fn is_one_of(line: &str, beginnings: &[&str]) -> bool {
    let begins = |beginning: &&str| {
        let head = line.as_bytes().get(..beginning.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(beginning.as_bytes()))
    };
    beginnings.iter().any(begins)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::split_with;

    fn message(text: &str) -> Option<String> {
        let mut head = Vec::new();
        split_with(text, |comment| {
            if comment.statement == 0 && !comment.inside {
                head.push(comment);
            }
        })
        .expect("closed");
        find(text, &head)
    }

    #[test]
    fn the_first_line_that_says_something_is_the_message() {
        for (text, expected) in [
            (
                "-- Add phone to users.\n-- more\nSELECT 1;",
                Some("Add phone to users."),
            ),
            ("-- migrate: revises=1\n-- Add phone.\n", Some("Add phone.")),
            ("-- ======\n--  Add phone\n", Some("Add phone")),
            ("/****\n * Add phone\n ****/", Some("Add phone")),
            ("-- no-transaction\n-- Add phone\n", Some("Add phone")),
            ("-- Your SQL goes here\nSELECT 1;", None),
            ("-- This file should undo anything in `up.sql`\n", None),
            ("-- Add up migration script here\nSELECT 1", None),
            ("-- Write the SQL that applies this revision here.\n", None),
            (
                "-- SPDX-License-Identifier: MIT\n-- Add phone\n",
                Some("Add phone"),
            ),
            (
                "-- Copyright 2026 Us\n-- All rights reserved.\n-- Add phone\n",
                Some("Add phone"),
            ),
            (
                "-- Licensed under the Apache License (the \"License\");\n-- you may not use it\n--\n-- See it.\n\n-- Add phone\n",
                Some("Add phone"),
            ),
            (
                "-- Licensed under the MIT licence.\n-- Add phone\n",
                Some("Add phone"),
            ),
            (
                "/* Licensed under X;\nof it */\n-- Add phone\n",
                Some("Add phone"),
            ),
            ("-- === Add phone ===\n", Some("Add phone")),
            ("-- For C#\n", Some("For C#")),
            ("SELECT 1; -- not this\n", None),
            ("", None),
        ] {
            assert_eq!(message(text).as_deref(), expected, "{text}");
        }
    }
}
