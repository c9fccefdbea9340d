//! Every rule, by its own examples: nothing where it is right, something where it is wrong, nothing
//! any more where it is mended.

use std::{borrow::Cow, path::PathBuf};

use build_support::source::{File, load};

use super::{super::*, *};

/// What one rule finds in a script, and the script as loaded.
#[track_caller]
fn findings(rule: &Rule, text: &str) -> Vec<Finding> {
    let file = File {
        path: "1_a.sql".to_owned(),
        root: PathBuf::from("m"),
        bytes: Cow::Owned(text.as_bytes().to_vec()),
    };
    let source = load(vec![file]).unwrap_or_else(|errors| panic!("{}: {errors}", rule.name));
    let revisions: Vec<_> = source.revisions.iter().collect();
    let found = lint(&revisions, &Levels::default()).findings;
    found
        .into_iter()
        .filter(|finding| finding.rule == rule.name)
        .collect()
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
        assert!(
            found.iter().all(|finding| finding.level == rule.level),
            "{}",
            rule.name
        );
    }
}

#[test]
fn the_mended_example_of_a_rule_has_none_any_more() {
    for rule in RULES {
        assert_eq!(findings(rule, rule.example.fixed), [], "{}", rule.name);
        let found = findings(rule, rule.example.error);
        if found.iter().any(|finding| !finding.edits.is_empty()) {
            assert_eq!(
                mended(rule.example.error, &found),
                rule.example.fixed,
                "{}",
                rule.name
            );
        }
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
