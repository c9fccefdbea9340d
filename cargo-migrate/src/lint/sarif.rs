//! Findings in SARIF 2.1.0, as code hosts read them.
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use serde_json::{Value, json};

use super::{Finding, Level, Report, all_rules};

/// The whole log.
pub fn log(report: &Report) -> Value {
    let rules: Vec<Value> = all_rules()
        .into_iter()
        .map(|rule| json!({ "id": rule.name, "shortDescription": { "text": description(&rule) } }))
        .collect();
    let results: Vec<Value> = report.findings.iter().map(result).collect();
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
    json!({
        "ruleId": finding.rule,
        "level": level,
        "message": { "text": format!("{}{}", finding.message, help.unwrap_or_default()) },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": finding.file.replace('\\', "/") },
            "region": { "startLine": finding.line, "startColumn": finding.column },
        }}],
    })
}
