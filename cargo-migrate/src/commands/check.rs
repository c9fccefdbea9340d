//! `check`: what CI asks before it lets a change in.

use std::path::PathBuf;

use build_support::Exit;
use clap::Args;
use serde_json::json;

use crate::{
    checks::{self, Finding, Needs, PARTS, Part},
    context::{Address, Context},
    failure::{Failure, Outcome},
    term::{ERROR, FAINT, Format, HINT, NOTE},
};

/// Check the revisions and the database; findings end with exit code 3
///
/// Without a part, every part runs; without a database URL those that need one are skipped and
/// named.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Examples:\n  cargo migrate check\n  cargo migrate check --heads\n  \
                        cargo migrate check --embedded target/release/app"
)]
pub struct CheckArgs {
    /// There is one head, unless `heads = "many"`
    #[arg(long)]
    pub heads: bool,
    /// No applied revision was edited
    #[arg(long)]
    pub checksums: bool,
    /// Everything is applied, and nothing that has no file
    #[arg(long)]
    pub pending: bool,
    /// A binary carries the revisions that the files hold
    #[arg(long, value_name = "BINARY")]
    pub embedded: Option<PathBuf>,
}

/// Runs the parts and tells their findings.
pub fn run(args: &CheckArgs, context: &mut Context) -> Outcome {
    let mut verdict = Verdict::default();
    for part in PARTS.iter().filter(|part| args.wants(part.name)) {
        if args.is_bare() && part.needs == Needs::Database && !has_url(context)? {
            verdict.skipped.push(part.name);
            continue;
        }
        verdict.add(part, (part.run)(context)?);
    }
    if let Some(binary) = &args.embedded {
        verdict.passed("embedded", checks::embedded(context, binary)?);
    }
    verdict.tell(context);
    Ok(if verdict.findings.is_empty() {
        Exit::Done
    } else {
        Exit::Findings
    })
}

/// Whether a database is named; the local server counts when it is asked for.
fn has_url(context: &Context) -> Result<bool, Failure> {
    if context.options.dev {
        return Ok(true);
    }
    Ok(context.has_address()? && matches!(context.address()?, Address::Given(_)))
}

impl CheckArgs {
    /// The parts that are asked for by their flags.
    fn asked(&self) -> [(&'static str, bool); 3] {
        [
            ("heads", self.heads),
            ("checksums", self.checksums),
            ("pending", self.pending),
        ]
    }

    /// Whether no part is asked for: all are meant.
    fn is_bare(&self) -> bool {
        self.embedded.is_none() && self.asked().iter().all(|(_, asked)| !asked)
    }

    fn wants(&self, part: &str) -> bool {
        self.is_bare() || self.asked().contains(&(part, true))
    }
}

/// What the parts found.
#[derive(Default)]
struct Verdict {
    ran: Vec<(&'static str, usize)>,
    skipped: Vec<&'static str>,
    findings: Vec<Finding>,
}

impl Verdict {
    fn add(&mut self, part: &Part, findings: Vec<Finding>) {
        self.passed(part.name, findings);
    }

    fn passed(&mut self, name: &'static str, findings: Vec<Finding>) {
        self.ran.push((name, findings.len()));
        self.findings.extend(findings);
    }

    fn tell(&self, context: &Context) {
        let term = &context.term;
        if term.format() == Format::Json {
            let ok = self.findings.is_empty();
            let object = json!({ "ok": ok, "findings": self.findings, "skipped": self.skipped });
            return term.json(&object);
        }
        for &(name, number) in &self.ran {
            match number {
                0 => term.data(format_args!("{NOTE}ok{NOTE:#}       {name}")),
                _ => self.tell_findings(name, context),
            }
        }
        for name in &self.skipped {
            let why = "it needs a database URL";
            term.data(format_args!("{FAINT}skipped{FAINT:#}  {name}: {why}"));
        }
    }

    fn tell_findings(&self, name: &str, context: &Context) {
        for finding in self.findings.iter().filter(|finding| finding.check == name) {
            let file = finding
                .file
                .as_ref()
                .map(|file| format!(" ({file})"))
                .unwrap_or_default();
            let message = &finding.message;
            context.term.data(format_args!(
                "{ERROR}found{ERROR:#}    {name}: {message}{file}"
            ));
            for hint in &finding.hints {
                context.term.say(format_args!("{HINT}hint{HINT:#}: {hint}"));
            }
        }
    }
}
