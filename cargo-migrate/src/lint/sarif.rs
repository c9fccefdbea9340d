//! Findings in SARIF 2.1.0, as code hosts read them.
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use serde_json::{Value, json};

use super::{
    Finding, Level, Report, all_rules,
    traced::{LOCK, READ, REWRITE},
};
use crate::trace::{Traced, TracedStatement};

/// The whole log. What a trace saw is there as notes, as far as an application waits for it.
pub fn log(report: &Report, traced: Option<&[Traced]>) -> Value {
    let rule = |rule: &super::RuleInfo| json!({ "id": rule.name, "shortDescription": { "text": description(rule) } });
    let rules: Vec<Value> = all_rules().iter().map(rule).collect();
    let statements = traced.into_iter().flatten().flat_map(|one| &one.statements);
    let findings = report.findings.iter().map(result);
    let notes = statements.flat_map(|statement| notes_of(statement, report));
    let results: Vec<Value> = findings.chain(notes).collect();
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

/// What is no finding already.
fn notes_of(statement: &TracedStatement, report: &Report) -> Vec<Value> {
    let place = (&*statement.file, statement.line, statement.column);
    let note = |rule: &str, message: &str| {
        let is_it = |finding: &Finding| {
            let at = (&*finding.file, finding.line, finding.column);
            (&*finding.rule, &*finding.message, at) == (rule, message, place)
        };
        let is_told = report.findings.iter().any(is_it);
        (!is_told).then(|| entry(rule, "note", message, place))
    };
    let locks = statement.locks.iter();
    let locks = locks.filter(|lock| lock.stops_the_application());
    let locks = locks.filter_map(|lock| note(LOCK, &lock.in_words()));
    let rewrites = statement.rewrites_in_words();
    let rewrites = rewrites.and_then(|names| note(REWRITE, &format!("rewrites {names}")));
    let reads = statement.reads.iter();
    let reads = reads.filter(|read| read.stops_the_application());
    let reads = reads.filter_map(|read| note(READ, &read.in_words()));
    locks.chain(rewrites).chain(reads).collect()
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
