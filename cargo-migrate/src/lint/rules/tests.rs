//! Every rule, by its own examples: nothing where it is right, something where it is wrong, nothing
//! any more where it is mended.

use std::{borrow::Cow, path::PathBuf};

use build_support::source::{File, load};

use super::{super::*, *};

/// What one rule finds in a script; one that is off by itself is switched on.
#[track_caller]
fn findings(rule: &Rule, text: &str) -> Vec<Finding> {
    let found = all_findings(rule, text);
    let is_meant = |finding: &Finding| finding.rule == rule.name;
    found.into_iter().filter(is_meant).collect()
}

/// What all rules find in a script.
#[track_caller]
fn all_findings(rule: &Rule, text: &str) -> Vec<Finding> {
    let file = File {
        path: "1_a.sql".to_owned(),
        root: PathBuf::from("m"),
        bytes: Cow::Owned(text.as_bytes().to_vec()),
    };
    let source = load(vec![file]).unwrap_or_else(|errors| panic!("{}: {errors}", rule.name));
    let revisions: Vec<_> = source.revisions.iter().collect();
    let levels = match rule.level {
        Level::Off => Levels::read([(rule.name, "warning")]).expect("it is a rule"),
        Level::Warning | Level::Error => Levels::default(),
    };
    lint(&revisions, &levels).expect("read").findings
}

/// The script after the edits, the last first.
fn mended(text: &str, findings: &[Finding]) -> String {
    let mut edits: Vec<&Edit> = findings.iter().flat_map(|finding| &finding.edits).collect();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.start));
    let mut text = text.to_owned();
    for edit in edits {
        text.replace_range(edit.start..edit.end, &edit.text);
    }
    text
}

#[test]
fn the_right_example_of_a_rule_has_no_finding() {
    for rule in RULES {
        assert_eq!(findings(rule, rule.example.ok), [], "{}", rule.name);
    }
}

#[test]
fn the_wrong_example_of_a_rule_has_one() {
    for rule in RULES {
        let found = findings(rule, rule.example.error);
        assert!(!found.is_empty(), "{}", rule.name);
        for finding in found {
            let level = rule.level.max(Level::Warning);
            assert_eq!(finding.level, level, "{}", rule.name);
            let help = finding.help.unwrap_or_default();
            assert!(!help.is_empty(), "{} does not say what helps", rule.name);
        }
    }
}

/// Nothing at all is found, so that no rule's way out leads to another rule.
#[test]
fn the_mended_example_of_a_rule_has_none_any_more() {
    for rule in RULES {
        let (error, fixed) = (rule.example.error, rule.example.fixed);
        assert_eq!(all_findings(rule, fixed), [], "{}", rule.name);
        let found = findings(rule, error);
        if found.iter().any(|finding| !finding.edits.is_empty()) {
            assert_eq!(mended(error, &found), fixed, "{}", rule.name);
        }
    }
}

/// An empty script would pass as right and as mended.
#[test]
fn the_examples_of_a_rule_say_something() {
    for rule in RULES {
        let Example { ok, error, fixed } = &rule.example;
        for example in [*ok, *error, *fixed] {
            let split = build_support::sql::split(example).expect("it is SQL");
            assert!(!split.statements.is_empty(), "{}", rule.name);
        }
        assert!(error != ok && error != fixed, "{}", rule.name);
    }
}

#[test]
fn the_rules_stand_in_order_and_have_names_of_their_own() {
    let names: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
    assert!(names.is_sorted(), "{names:?}");
    let mut all: Vec<String> = all_rules().into_iter().map(|rule| rule.name).collect();
    let number = all.len();
    all.dedup();
    assert_eq!(all.len(), number);
}

#[test]
fn a_finding_names_its_place_and_the_way_out() {
    let rule = RULES
        .iter()
        .find(|rule| rule.name == "rows-beside-schema")
        .expect("it exists");
    let found = findings(rule, rule.example.error);
    insta::assert_snapshot!(found[0].diagnostic(), @r"
    error: the lock of the schema change is held until these rows have changed [rows-beside-schema]
      --> m/1_a.sql:2:1
       |
     2 | UPDATE a SET b = 1 WHERE b IS NULL;
       | ^^^^^^^^
    hint: write `-- migrate: batch` above it, in a revision of its own
    ");
}

#[cfg(feature = "lint")]
#[test]
fn an_unknown_word_is_told_where_it_stands() {
    let rule = RULES.iter().find(|rule| rule.name == "unknown-rule");
    let rule = rule.expect("it exists");
    let told = |text: &str| {
        let found = findings(rule, text);
        let tell = |one: &Finding| {
            let help = one.help.as_deref().unwrap_or_default();
            format!("{}:{} {}", one.line, one.column, help)
        };
        found.iter().map(tell).collect::<Vec<_>>()
    };
    assert_eq!(
        told("-- A.\n-- migrate: lock-timeout=5s allow=lock,whatever\nSELECT 1;"),
        ["2:40 `cargo migrate lint --rules` lists the rules and their hazards"]
    );
    assert_eq!(
        told("-- squawk-ignore ban-drop-colum, it is ours\nALTER TABLE a DROP COLUMN b;"),
        ["1:18 did you mean `ban-drop-column`?"]
    );
    assert_eq!(
        told("-- squawk-ignore require-lock-timeout, unused-ignore\nSELECT 1;"),
        [""; 0]
    );
}

#[test]
fn the_page_lists_every_rule_of_ours() {
    const PAGE: &str = include_str!("../../../../docs/lint.md");
    for rule in RULES {
        let (name, level) = (rule.name, rule.level.name());
        let row = format!(
            "| `{name}` | {level} | `{}` | {} |",
            rule.class.name(),
            rule.about
        );
        assert!(PAGE.contains(&row), "docs/lint.md lacks\n{row}");
    }
    let rows = PAGE.lines().filter(|line| line.starts_with("| `"));
    assert_eq!(rows.count(), RULES.len());
}
