//! `lint`: what the pending revisions would do to a database that people are using.

use build_support::{
    Exit,
    engine::{View, is_due},
    graph::{Graph, Node, NodeSet},
    revision::{Repeatable, Revision},
};
use clap::Args;
use serde_json::json;

use crate::{
    cli::revision_name,
    context::{Asks, Context},
    failure::{Failure, Outcome},
    lint::{self, Level, Levels, Report, sarif},
    term::{FAINT, Format, NAME},
};

/// Look for what locks, breaks or loses; errors end with exit code 3
///
/// Without a revision the pending ones are looked at. The rules are squawk's and this tool's own;
/// their levels are in the metadata under `lint`.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Examples:\n  cargo migrate lint\n  cargo migrate lint head\n  \
                        cargo migrate lint 20261122201530: --sarif > lint.sarif"
)]
pub struct LintArgs {
    /// Revisions or ranges; the pending ones by default
    #[arg(value_name = "REV", value_parser = revision_name, allow_negative_numbers = true)]
    pub revisions: Vec<String>,
    /// Every revision, applied or not
    #[arg(long, conflicts_with = "revisions")]
    pub all: bool,
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
    let report = report(args, &levels, context)?;
    match (args.sarif, context.term.format()) {
        (true, _) => context.term.json(&sarif::log(&report)),
        (false, Format::Json) => context.term.json(&report),
        (false, Format::Human) => print(&report, context),
    }
    Ok(if report.ok {
        Exit::Done
    } else {
        Exit::Findings
    })
}

fn report(args: &LintArgs, levels: &Levels, context: &Context) -> Result<Report, Failure> {
    if args.all {
        let graph = context.graph()?;
        let scripts = graph.repeatable().iter().collect::<Vec<_>>();
        return Ok(lint_nodes(
            graph,
            &graph.nodes().collect(),
            &scripts,
            levels,
        ));
    }
    if args.revisions.is_empty() {
        return lint_pending(levels, context);
    }
    let (sight, chosen) = context.resolve(Asks::WhereNeeded, |symbols| {
        let mut chosen = Vec::new();
        for text in &args.revisions {
            if text.contains(':') {
                chosen.extend(symbols.within(&symbols.range(text)?).iter());
            } else {
                chosen.push(symbols.revision(text)?);
            }
        }
        Ok(chosen.into_iter().collect::<NodeSet>())
    })?;
    Ok(lint_nodes(sight.graph(), &chosen, &[], levels))
}

/// What the next `up` would run: the pending revisions, then the repeatable scripts that are due.
fn lint_pending(levels: &Levels, context: &Context) -> Result<Report, Failure> {
    let ours = context.graph()?;
    let state = context.read_state(&mut context.connect()?)?;
    let view = View::new(ours, &state);
    let pending = view.graph.nodes();
    let pending = pending
        .filter(|&node| !view.applied.contains(node))
        .collect();
    let due = |script: &&Repeatable| {
        let recorded = state.repeatable.get(&script.id());
        recorded.is_none_or(|row| is_due(script, row))
    };
    let scripts: Vec<&Repeatable> = ours.repeatable().iter().filter(due).collect();
    Ok(lint_nodes(&view.graph, &pending, &scripts, levels))
}

/// In the order in which they would run.
fn lint_nodes(graph: &Graph, chosen: &NodeSet, scripts: &[&Repeatable], levels: &Levels) -> Report {
    let targets: Vec<Node> = chosen.iter().collect();
    let others = graph.nodes().filter(|&node| !chosen.contains(node));
    let order = graph.order_up(&targets, &others.collect());
    let scripts: Vec<Revision> = scripts.iter().map(|script| script.as_revision()).collect();
    let revisions = order.into_iter().map(|node| graph.revision(node));
    let revisions: Vec<_> = revisions.chain(&scripts).collect();
    lint::lint(&revisions, levels)
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
