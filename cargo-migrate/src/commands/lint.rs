//! `lint`: what the pending revisions would do to a database that people are using.

use build_support::{
    Exit,
    engine::{View, is_due},
    graph::{Node, NodeSet},
    revision::{Repeatable, Revision},
};
use clap::Args;
use postgres::Client;
use serde::Serialize;
use serde_json::json;

use super::lint_trace::{self, Trace};
use crate::{
    cli::revision_name,
    context::{Asks, Context, Sight},
    failure::{Failure, Outcome},
    lint::{self, Level, Levels, Report, sarif},
    term::{FAINT, Format, NAME},
    trace::Traced,
};

/// Look for what locks, breaks or loses; errors end with exit code 3
///
/// Without a revision the pending ones are looked at. The rules are squawk's and this tool's own;
/// their levels are in the metadata under `lint`.
///
/// With `--trace` the revisions also run in a scratch database, and the locks that each statement
/// takes on what was there before are told: on what, how strong, who waits for them, how long they
/// are held, which tables and indexes are written anew, and which are read from end to end under a
/// lock. That database holds only the rows that revisions insert, so the times are those of a copy that is almost empty: the locks are the same
/// in production, the times are not. A revision that fails there ends with exit code 4.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Examples:\n  cargo migrate lint\n  cargo migrate lint head\n  \
                        cargo migrate lint 20261122201530: --sarif > lint.sarif\n  \
                        cargo migrate lint --trace\n  cargo migrate lint head --trace --format json"
)]
pub struct LintArgs {
    /// Revisions or ranges; the pending ones by default
    #[arg(value_name = "REV", value_parser = revision_name, allow_negative_numbers = true)]
    pub revisions: Vec<String>,
    /// Every revision, applied or not
    #[arg(long, conflicts_with = "revisions")]
    pub all: bool,
    /// Run the revisions in a scratch database and tell the locks that they take
    #[arg(long)]
    pub trace: bool,
    /// Answer in SARIF 2.1.0
    #[arg(long)]
    pub sarif: bool,
    /// List the rules with their levels
    #[arg(long)]
    pub rules: bool,
}

/// Prints what was found.
pub fn run(args: &LintArgs, context: &mut Context) -> Outcome {
    let levels = Levels::read(context.config_anywhere()?.lint())?;
    if args.rules {
        list(&levels, context);
        return Ok(Exit::Done);
    }
    let chosen = Chosen::of(args, context)?;
    let revisions = chosen.in_order();
    let mut report = lint::lint(&revisions, &levels)?;
    let trace = match args.trace {
        true => Some(lint_trace::trace(&chosen, context)?),
        false => None,
    };
    let mut failure = None;
    if let Some(trace) = &trace {
        lint::add_traced(&mut report, &revisions, &trace.revisions, &levels)?;
        failure.clone_from(&trace.failure);
    }
    report.ok &= failure.is_none();
    answer(args, &report, trace.as_ref(), context);
    match failure {
        Some(failure) => Err(failure),
        None if report.ok => Ok(Exit::Done),
        None => Ok(Exit::Findings),
    }
}

/// The findings, and with `--trace` what was seen.
#[derive(Serialize)]
struct Answer<'a> {
    #[serde(flatten)]
    report: &'a Report,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace: Option<&'a [Traced]>,
}

fn answer(args: &LintArgs, report: &Report, trace: Option<&Trace>, context: &Context) {
    let traced = trace.map(|trace| trace.revisions.as_slice());
    match (args.sarif, context.term.format()) {
        (true, _) => context.term.json(&sarif::log(report, traced)),
        (false, Format::Json) => context.term.json(&Answer {
            report,
            trace: traced,
        }),
        (false, Format::Human) => {
            print(report, context);
            if let Some(traced) = traced {
                lint_trace::print(traced, context);
            }
        }
    }
}

/// What is looked at.
pub(super) struct Chosen<'a> {
    /// The files, or with the history.
    pub(super) sight: Sight<'a>,
    /// The revisions.
    pub(super) nodes: NodeSet,
    /// What is there before them, besides what they need: all that is applied, where the pending
    /// ones are meant.
    pub(super) before: NodeSet,
    /// The repeatable scripts that run after them.
    pub(super) due: Vec<Revision>,
    /// The repeatable scripts that ran before them.
    pub(super) settled: Vec<Repeatable>,
    /// Those that ran before them with another text, which nobody has any more.
    pub(super) changed: Vec<Repeatable>,
    /// The database's major version, where it was asked.
    pub(super) major: Option<u32>,
}

impl<'a> Chosen<'a> {
    fn of(args: &LintArgs, context: &'a Context) -> Result<Self, Failure> {
        if args.all {
            let graph = context.graph()?;
            let due = graph.repeatable().iter().map(Repeatable::as_revision);
            return Ok(Self {
                due: due.collect(),
                ..Self::only(Sight::Files(graph), graph.nodes().collect())
            });
        }
        if args.revisions.is_empty() {
            return Self::pending(context);
        }
        let (sight, nodes) = context.resolve(Asks::WhereNeeded, |symbols| {
            let mut nodes = Vec::new();
            for text in &args.revisions {
                if text.contains(':') {
                    nodes.extend(symbols.within(&symbols.range(text)?).iter());
                } else {
                    nodes.push(symbols.revision(text)?);
                }
            }
            Ok(nodes.into_iter().collect::<NodeSet>())
        })?;
        Ok(Self::only(sight, nodes))
    }

    fn only(sight: Sight<'a>, nodes: NodeSet) -> Self {
        Self {
            sight,
            nodes,
            before: NodeSet::default(),
            due: Vec::new(),
            settled: Vec::new(),
            changed: Vec::new(),
            major: None,
        }
    }

    /// What the next `up` would run: the pending revisions, then the repeatable scripts that are due.
    fn pending(context: &'a Context) -> Result<Self, Failure> {
        let ours = context.graph()?;
        let mut client = context.connect()?;
        let state = context.read_state(&mut client)?;
        let view = View::new(ours, &state);
        let pending = view.graph.nodes();
        let pending = pending.filter(|&node| !view.applied.contains(node));
        let is_due = |script: &&Repeatable| {
            let recorded = state.repeatable.get(&script.id());
            recorded.is_none_or(|row| is_due(script, row))
        };
        let (due, settled): (Vec<_>, Vec<_>) = ours.repeatable().iter().partition(is_due);
        let has_run = |script: &&&Repeatable| state.repeatable.contains_key(&script.id());
        let changed = due.iter().filter(has_run).copied().cloned();
        Ok(Self {
            nodes: pending.collect(),
            before: view.applied.clone(),
            changed: changed.collect(),
            due: due.into_iter().map(Repeatable::as_revision).collect(),
            settled: settled.into_iter().cloned().collect(),
            major: major(&mut client),
            sight: Sight::Database(Box::new(view)),
        })
    }

    /// In the order in which they would run.
    fn in_order(&self) -> Vec<&Revision> {
        let graph = self.sight.graph();
        let targets: Vec<Node> = self.nodes.iter().collect();
        let others = graph.nodes().filter(|&node| !self.nodes.contains(node));
        let order = graph.order_up(&targets, &others.collect());
        let revisions = order.into_iter().map(|node| graph.revision(node));
        revisions.chain(&self.due).collect()
    }
}

/// A scratch server of the same version takes the same locks.
fn major(client: &mut Client) -> Option<u32> {
    let number = "SELECT pg_catalog.current_setting('server_version_num')::pg_catalog.int4 / 10000";
    let row = client.query_one(number, &[]).ok()?;
    u32::try_from(row.get::<_, i32>(0)).ok()
}

fn print(report: &Report, context: &Context) {
    let term = &context.term;
    for finding in &report.findings {
        if term.is_closed() {
            return;
        }
        let mut diagnostic = finding.diagnostic();
        if let Some(place) = &mut diagnostic.place {
            place.file = context.shown(&place.file).to_owned();
        }
        term.finding(&diagnostic, finding.level == Level::Error);
    }
    for id in &report.skipped {
        term.say(format_args!("skipped: `{id}` is too large to be looked at"));
    }
    term.say(report.summary());
}

fn list(levels: &Levels, context: &Context) {
    let rules = lint::all_rules();
    if context.term.format() == Format::Json {
        let object = |rule: &lint::RuleInfo| {
            json!({
                "rule": rule.name,
                "level": levels.of_rule(&rule.name, rule.level),
                "hazard": rule.class.name(),
                "about": rule.about,
            })
        };
        let rules: Vec<_> = rules.iter().map(object).collect();
        return context.term.json(&json!({ "rules": rules }));
    }
    for rule in rules {
        let level = levels.of_rule(&rule.name, rule.level).name();
        let (hazard, about) = (rule.class.name(), rule.about);
        context.term.data(format_args!(
            "{NAME}{:<36}{NAME:#} {level:<8} {FAINT}{hazard:<13}{FAINT:#} {about}",
            rule.name,
        ));
    }
}
