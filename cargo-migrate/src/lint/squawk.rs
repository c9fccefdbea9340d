//! The rules of squawk, behind our trait: its API moves with every release.
//! <https://squawkhq.com/docs/rules>

use build_support::sql::{Lexer, TokenKind};
use squawk_linter::{Linter as Engine, LinterSettings, Rule, Version, Violation};
use squawk_syntax::SourceFile;

use super::{Class, Edit, Found, Level, Levels, Linter, RuleInfo, Statement, Subject, block};

/// How deep parentheses may go before its parser is left alone: it calls itself for each.
const DEPTH: usize = 4_000;

/// The name of our finding where it is left alone.
const TOO_DEEP: &str = "nested-too-deep";

/// Squawk.
pub(super) struct Squawk;

impl Linter for Squawk {
    fn rules(&self) -> Vec<RuleInfo> {
        let info = |name: &&str| RuleInfo {
            name: (*name).to_owned(),
            about: "",
            level: own_level(name),
            class: class(name),
        };
        let too_deep = RuleInfo {
            name: TOO_DEEP.to_owned(),
            about: "parentheses that go too deep for the rules of squawk",
            level: Level::Error,
            class: Class::Style,
        };
        NAMES.iter().map(info).chain([too_deep]).collect()
    }

    fn lint(&self, subject: &Subject<'_>, levels: &Levels) -> Vec<Found> {
        if depth(subject.text) > DEPTH {
            return vec![too_deep(subject)];
        }
        let wanted = NAMES
            .iter()
            .filter(|name| levels.of_rule(name, own_level(name)) != Level::Off)
            .filter_map(|name| Rule::try_from(*name).ok());
        // One for each file: it keeps what it found.
        let mut engine = Engine::from(wanted);
        engine.settings = LinterSettings {
            pg_version: "15.0".parse::<Version>().unwrap_or_default(),
            assume_in_transaction: subject.in_transaction(),
        };
        // Such comments count for all rules, so they are read in one place, and not here.
        let text = block::unfolded(subject.text, &subject.statements);
        let text = text.replace("squawk-ignore", "squawk_ignore");
        let parsed = SourceFile::parse(&text);
        let violations = engine.lint(&parsed, &text).into_iter().map(found);
        violations.filter(|found| !is_wrong(found, &text)).collect()
    }
}

fn depth(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for token in Lexer::new(text).map_while(Result::ok) {
        match token.kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

fn too_deep(subject: &Subject<'_>) -> Found {
    Found {
        rule: TOO_DEEP.to_owned(),
        class: Class::Style,
        level: Level::Error,
        range: 0..subject.text.len().min(1),
        message: format!("the parentheses go deeper than {DEPTH}; the rules of squawk are skipped"),
        help: None,
        edits: Vec::new(),
    }
}

fn found(violation: Violation) -> Found {
    let rule = violation.code.to_string();
    let edits = violation.fix.map(|fix| fix.edits).unwrap_or_default();
    let edits = edits.into_iter().map(|edit| Edit {
        start: usize::from(edit.text_range.start()),
        end: usize::from(edit.text_range.end()),
        text: edit.text.unwrap_or_default(),
    });
    Found {
        class: class(&rule),
        level: own_level(&rule),
        range: usize::from(violation.text_range.start())..usize::from(violation.text_range.end()),
        message: sentence(&violation.message),
        help: violation.help.as_deref().map(sentence),
        edits: edits.collect(),
        rule,
    }
}

/// NOT VALID is not allowed for an exclusion constraint; a rule of ours tells what helps.
fn is_wrong(found: &Found, text: &str) -> bool {
    let statement = Statement::new(text, found.range.clone());
    found.rule == "constraint-missing-not-valid" && statement.has(&["EXCLUDE"])
}

/// A message without its full stop, as ours are.
fn sentence(text: &str) -> String {
    text.trim_end().trim_end_matches('.').to_owned()
}

/// Its rules that other parts of this tool see to: timeouts are set by the runner, transactions are
/// settled when the files are read, and comments that accept are counted.
pub(super) const LEFT_OUT: &[&str] = &[
    "ban-concurrent-index-creation-in-transaction",
    "ban-uncommitted-transaction",
    "require-lock-timeout",
    "require-statement-timeout",
    "require-timeout-settings",
    "transaction-nesting",
    "unused-ignore",
];

/// The names of its other rules.
#[rustfmt::skip]
const NAMES: &[&str] = &[
    "adding-field-with-default", "adding-foreign-key-constraint", "adding-not-nullable-field",
    "adding-required-field", "adding-serial-primary-key-field",
    "ban-add-column", "ban-add-composite-attribute", "ban-add-enum-value",
    "ban-alter-database-options", "ban-alter-domain-with-add-constraint", "ban-alter-extension",
    "ban-alter-function-options", "ban-alter-generated-expression", "ban-alter-identity",
    "ban-alter-policy-condition", "ban-alter-policy-roles", "ban-alter-role-options",
    "ban-alter-row-level-security", "ban-alter-sequence-values", "ban-alter-system-options",
    "ban-alter-view-options", "ban-char-field", "ban-create-domain-with-constraint",
    "ban-create-policy", "ban-detach-inheritance", "ban-disable-trigger", "ban-drop-column",
    "ban-drop-constraint", "ban-drop-database", "ban-drop-default", "ban-drop-domain",
    "ban-drop-extension", "ban-drop-function", "ban-drop-generated-expression", "ban-drop-index",
    "ban-drop-not-null", "ban-drop-policy", "ban-drop-schema", "ban-drop-sequence",
    "ban-drop-table", "ban-drop-trigger", "ban-drop-type", "ban-drop-view",
    "ban-duplicate-column-assignments", "ban-new-write-restriction", "ban-replace-view-function",
    "ban-replica-identity", "ban-revoke", "ban-set-default", "ban-set-schema",
    "ban-truncate-cascade", "changing-column-type", "constraint-missing-not-valid",
    "disallowed-unique-constraint", "identifier-too-long", "prefer-bigint-over-int",
    "prefer-bigint-over-smallint", "prefer-identity", "prefer-repack", "prefer-robust-stmts",
    "prefer-text-field", "prefer-timestamp-tz", "renaming-column", "renaming-object",
    "renaming-table", "require-concurrent-index-creation", "require-concurrent-index-deletion",
    "require-concurrent-partition-detach", "require-concurrent-reindex",
    "require-enum-value-ordering", "require-table-schema",
];

/// Its opt-in rules and those of style are off until they are asked for.
fn own_level(name: &str) -> Level {
    let opt_in = Rule::try_from(name).is_ok_and(|rule| rule.is_opt_in());
    if opt_in || class(name) == Class::Style {
        Level::Off
    } else {
        Level::Error
    }
}

fn class(name: &str) -> Class {
    match name {
        "ban-drop-column"
        | "ban-drop-table"
        | "ban-drop-schema"
        | "ban-drop-database"
        | "ban-truncate-cascade" => Class::DataLoss,
        "adding-field-with-default"
        | "adding-serial-primary-key-field"
        | "changing-column-type" => Class::Rewrite,
        "ban-duplicate-column-assignments"
        | "identifier-too-long"
        | "ban-alter-domain-with-add-constraint"
        | "ban-create-domain-with-constraint" => Class::MayFail,
        "ban-revoke"
        | "ban-create-policy"
        | "ban-alter-policy-condition"
        | "ban-alter-policy-roles"
        | "ban-drop-policy"
        | "ban-alter-row-level-security"
        | "ban-alter-role-options" => Class::Security,
        "require-table-schema" | "require-enum-value-ordering" | "ban-char-field" => Class::Style,
        _ if name.starts_with("prefer-") => Class::Style,
        _ if name.starts_with("require-concurrent-")
            || matches!(
                name,
                "adding-foreign-key-constraint"
                    | "adding-not-nullable-field"
                    | "constraint-missing-not-valid"
                    | "disallowed-unique-constraint"
            ) =>
        {
            Class::Lock
        }
        // Renames, drops and changes of what the release before still uses.
        _ => Class::Incompatible,
    }
}

#[cfg(test)]
mod tests {
    use std::{borrow::Cow, path::PathBuf};

    use build_support::source::{File, load};

    use crate::lint::{Levels, lint};

    use super::*;

    fn rules(text: &str) -> Vec<String> {
        let file = File {
            path: "1_a.sql".to_owned(),
            root: PathBuf::from("m"),
            bytes: Cow::Owned(text.as_bytes().to_vec()),
        };
        let source = load(vec![file]).expect("it loads");
        let report = lint(
            &source.revisions.iter().collect::<Vec<_>>(),
            &Levels::default(),
        );
        report
            .expect("read")
            .findings
            .into_iter()
            .map(|finding| finding.rule)
            .collect()
    }

    #[test]
    fn every_name_is_a_rule_of_this_release() {
        for name in NAMES {
            let rule = Rule::try_from(*name).unwrap_or_else(|_| panic!("{name}"));
            assert_eq!(rule.to_string(), *name);
        }
    }

    #[test]
    fn every_rule_that_it_has_on_is_named_or_left_out() {
        let by_default = Engine::with_default_rules().rules;
        let known = |rule: &Rule| {
            let name = rule.to_string();
            NAMES.contains(&&*name) != LEFT_OUT.contains(&&*name)
        };
        let unknown: Vec<&Rule> = by_default.iter().filter(|rule| !known(rule)).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
        assert!(by_default.len() > 40);
    }

    #[test]
    fn an_exclusion_constraint_is_not_told_to_be_not_valid() {
        let add = "ALTER TABLE a ADD CONSTRAINT c EXCLUDE USING gist (r WITH &&);";
        assert_eq!(rules(add), ["exclusion-constraint-added"]);
        let check = "ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0);";
        assert_eq!(rules(check), ["constraint-missing-not-valid"]);
    }

    #[test]
    fn its_rules_know_the_transaction_and_the_new_tables() {
        let index = "CREATE INDEX i ON a (b);";
        assert_eq!(rules(index), ["require-concurrent-index-creation"]);
        assert_eq!(
            rules(&format!("CREATE TABLE a (b bigint);\n{index}")),
            [""; 0]
        );
        let fixed = "CREATE INDEX CONCURRENTLY i ON a (b);";
        assert_eq!(rules(fixed), [""; 0]);
    }

    #[test]
    fn drops_are_findings_until_the_author_accepts_them() {
        let drop = "ALTER TABLE a DROP COLUMN b;";
        assert_eq!(rules(drop), ["ban-drop-column"]);
        assert_eq!(
            rules(&format!("-- migrate: allow=data-loss\n{drop}")),
            [""; 0]
        );
        let rename = "ALTER TABLE a RENAME COLUMN b TO c;";
        assert_eq!(rules(rename), ["renaming-column"]);
        assert_eq!(
            rules(&format!("-- migrate: compatible=no\n{rename}")),
            [""; 0]
        );
    }
}
