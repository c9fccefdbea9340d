//! Findings in SARIF 2.1.0, as code hosts read them.
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use serde_json::{Value, json};

use super::{Finding, Level, Report, all_rules};
use crate::trace::{HeldLock, Traced, TracedStatement};

/// What a note of a trace is about: its id, and a sentence.
const LOCK: (&str, &str) = ("trace-lock", "a lock that readers or writers wait for");
const REWRITE: (&str, &str) = ("trace-rewrite", "a table or an index is written anew");

/// The whole log. What a trace saw is there as notes, as far as an application waits for it.
pub fn log(report: &Report, traced: Option<&[Traced]>) -> Value {
    let rule = |(id, text): (&str, &str)| json!({ "id": id, "shortDescription": { "text": text } });
    let all_rules = all_rules();
    let rules = all_rules.iter().map(|one| (&*one.name, description(one)));
    let notes = traced.map(|_| [LOCK, REWRITE]).into_iter().flatten();
    let rules: Vec<Value> = rules.chain(notes).map(rule).collect();
    let statements = traced.into_iter().flatten().flat_map(|one| &one.statements);
    let findings = report.findings.iter().map(result);
    let results: Vec<Value> = findings.chain(statements.flat_map(notes_of)).collect();
    json!({
        "version": "2.1.0",
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "runs": [{
            "tool": { "driver": {
                "name": "cargo-migrate",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
            "properties": { "accepted": report.accepted },
        }],
    })
}

fn description(rule: &super::RuleInfo) -> &str {
    if rule.about.is_empty() {
        &rule.name
    } else {
        rule.about
    }
}

fn result(finding: &Finding) -> Value {
    let level = match finding.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Off => "none",
    };
    let help = finding.help.as_deref().map(|help| format!(". {help}"));
    let message = format!("{}{}", finding.message, help.unwrap_or_default());
    let place = (&*finding.file, finding.line, finding.column);
    entry(&finding.rule, level, &message, place)
}

fn notes_of(statement: &TracedStatement) -> Vec<Value> {
    let place = (&*statement.file, statement.line, statement.column);
    let locks = statement.locks.iter();
    let locks = locks.filter(|lock| lock.stops_the_application());
    let lock = |lock: &HeldLock| {
        let (mode, on, blocks) = (lock.mode, &lock.relation, lock.mode.blocks_in_words());
        let message = format!("{} on {on} {blocks}", mode.name());
        entry(LOCK.0, "note", &message, place)
    };
    let rewrites = statement.rewrites_in_words();
    let rewrite = |names| entry(REWRITE.0, "note", &format!("rewrites {names}"), place);
    locks.map(lock).chain(rewrites.map(rewrite)).collect()
}

fn entry(rule: &str, level: &str, message: &str, place: (&str, usize, usize)) -> Value {
    let (file, line, column) = place;
    json!({
        "ruleId": rule,
        "level": level,
        "message": { "text": message },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": file.replace('\\', "/") },
            "region": { "startLine": line, "startColumn": column },
        }}],
    })
}
