//! `check`: what CI asks before it lets a change in.

use std::path::PathBuf;

use build_support::{
    Exit,
    report::{Contract, Finding, Verdict},
};
use clap::Args;

use crate::{
    checks::{self, Look, Needs, PARTS, Part},
    context::{Address, Context},
    failure::{Failure, Outcome},
    term::{ERROR, FAINT, Format, NOTE},
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
    /// Revisions that wait for `up --contract` count as pending
    #[arg(long)]
    pub contract: bool,
    /// The revisions build what the models and schema files say
    #[arg(long)]
    pub models: bool,
    /// The database has the schema that its applied revisions build
    #[arg(long)]
    pub drift: bool,
    /// A binary carries the revisions that the files hold
    #[arg(long, value_name = "BINARY")]
    pub embedded: Option<PathBuf>,
}

/// Runs the parts and tells their findings.
pub fn run(args: &CheckArgs, context: &mut Context) -> Outcome {
    let mut verdict = Verdict::default();
    let mut look = Look {
        contract: match args.contract {
            true => Contract::Wanted,
            false => Contract::Waits,
        },
        ..Look::default()
    };
    let mut ran = Vec::new();
    for part in PARTS.iter().filter(|part| args.wants(part.name)) {
        if args.is_bare() && (lacks_models(part, context)? || lacks_database(part, context)?) {
            verdict.skipped.push(part.name);
            continue;
        }
        ran.push(part.name);
        verdict.findings.extend((part.run)(context, &mut look)?);
    }
    if let Some(binary) = &args.embedded {
        ran.push("embedded");
        verdict.findings.extend(checks::embedded(context, binary)?);
    }
    verdict.ok = verdict.findings.is_empty();
    verdict.waiting = look.waiting;
    match context.term.format() {
        Format::Json => context.term.json(&verdict),
        Format::Human => tell(&verdict, &ran, context),
    }
    Ok(if verdict.ok {
        Exit::Done
    } else {
        Exit::Findings
    })
}

/// Nothing says what the schema should be.
fn lacks_models(part: &Part, context: &Context) -> Result<bool, Failure> {
    let config = context.config()?;
    let has_none = config.models().is_empty() && config.schema().is_empty();
    Ok(part.needs == Needs::Models && has_none)
}

fn lacks_database(part: &Part, context: &Context) -> Result<bool, Failure> {
    Ok(part.needs == Needs::Database && !has_url(context)?)
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
    fn asked(&self) -> [(&'static str, bool); 5] {
        [
            ("heads", self.heads),
            ("checksums", self.checksums),
            ("pending", self.pending),
            ("models", self.models),
            ("drift", self.drift),
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

fn tell(verdict: &Verdict, ran: &[&str], context: &Context) {
    let mut hints = Vec::new();
    for &name in ran {
        let of_part = |finding: &&Finding| finding.check == name;
        let findings: Vec<&Finding> = verdict.findings.iter().filter(of_part).collect();
        if findings.is_empty() {
            context
                .term
                .data(format_args!("{NOTE}ok{NOTE:#}       {name}"));
        }
        for finding in findings {
            tell_finding(finding, context);
            hints.extend(&finding.hints);
        }
    }
    for id in waiting(verdict) {
        context.term.say(format_args!(
            "`{id}` waits for `cargo migrate up --contract`"
        ));
    }
    for name in &verdict.skipped {
        let part = PARTS.iter().find(|part| part.name == *name);
        let why = match part.map(|part| part.needs) {
            Some(Needs::Models) => "no models or schema files are configured",
            _ => "it needs a database URL",
        };
        context
            .term
            .data(format_args!("{FAINT}skipped{FAINT:#}  {name}: {why}"));
    }
    // What several findings ask for is said once.
    let mut said: Vec<&String> = Vec::new();
    for hint in hints {
        if !said.contains(&hint) {
            context.term.hint(hint);
            said.push(hint);
        }
    }
}

/// The ids of those that wait, where they are no findings.
fn waiting(verdict: &Verdict) -> impl Iterator<Item = &String> {
    let is_found = |id: &String| {
        let mut findings = verdict.findings.iter();
        findings.any(|finding| finding.revision.as_ref() == Some(id))
    };
    verdict.waiting.iter().filter(move |id| !is_found(id))
}

fn tell_finding(finding: &Finding, context: &Context) {
    let file = finding
        .file
        .as_ref()
        .map(|file| format!(" ({file})"))
        .unwrap_or_default();
    let (name, message) = (finding.check, &finding.message);
    context.term.data(format_args!(
        "{ERROR}found{ERROR:#}    {name}: {message}{file}"
    ));
}
