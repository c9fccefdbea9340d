//! What a trace saw, as findings: off until the project gives them a level.

use std::collections::BTreeSet;

use build_support::{
    revision::{Revision, TextError},
    sql::QualifiedName,
};

use super::{
    Class, Found, Level, Levels, Report, RuleInfo, Subject, ignore::Ignores, report,
    statement::Object,
};
use crate::trace::{FullRead, HeldLock, Relation, Traced, TracedStatement};

/// A lock that readers or writers wait for.
pub(super) const LOCK: &str = "trace-lock";
/// A table or an index that is written anew.
pub(super) const REWRITE: &str = "trace-rewrite";
/// A table that is read from end to end while readers or writers wait.
pub(super) const READ: &str = "trace-read";

/// The three rules.
pub(super) fn rules() -> [RuleInfo; 3] {
    let rule = |name: &str, class, about| RuleInfo {
        name: name.to_owned(),
        about,
        level: Level::Off,
        class,
    };
    let lock = "with `--trace`: a lock was taken that readers or writers wait for";
    let rewrite = "with `--trace`: a table or an index was written anew";
    let read = "with `--trace`: a whole table was read while readers or writers waited";
    [
        rule(LOCK, Class::Lock, lock),
        rule(REWRITE, Class::Rewrite, rewrite),
        rule(READ, Class::Lock, read),
    ]
}

/// Adds what the project wants to be told of a trace of these revisions, in the order in which they
/// run.
///
/// # Errors
/// A file that is not what it was when it was loaded.
pub fn add_traced(
    report: &mut Report,
    revisions: &[&Revision],
    traced: &[Traced],
    levels: &Levels,
) -> Result<(), TextError> {
    let mut made = BTreeSet::new();
    for revision in revisions {
        let subject = Subject::new(revision, &made)?;
        let of_it = |one: &&Traced| one.revision == revision.id.as_str();
        if let Some(traced) = traced.iter().find(of_it) {
            let ignores = Ignores::read(subject.text);
            let found = found_in(traced, &subject).into_iter();
            let findings = found.filter_map(|found| {
                report::settle(found, &subject, (&ignores, levels), &mut report.accepted)
            });
            let findings: Vec<_> = findings.collect();
            report.findings.extend(findings);
        }
        made = subject.new_objects().clone();
    }
    report::sort(report, revisions);
    Ok(())
}

fn found_in(traced: &Traced, subject: &Subject<'_>) -> Vec<Found> {
    let ranges = subject.revision.up.statements.iter();
    let mut all = Vec::new();
    for (statement, range) in traced.statements.iter().zip(ranges) {
        for (rule, class, message) in told(statement, subject) {
            all.push(Found {
                rule: rule.to_owned(),
                class,
                level: Level::Off,
                range: range.clone(),
                message,
                help: None,
                edits: Vec::new(),
            });
        }
    }
    all
}

fn told(statement: &TracedStatement, subject: &Subject<'_>) -> Vec<(&'static str, Class, String)> {
    let locks = statement
        .locks
        .iter()
        .filter(|lock| lock.stops_the_application() && !is_new(&lock.relation, subject));
    let lock = |lock: &HeldLock| (LOCK, Class::Lock, lock.in_words());
    let rewrites = statement.rewrites.iter();
    let mut rewrites = rewrites
        .filter(|relation| !is_new(relation, subject))
        .peekable();
    let rewrite = rewrites.peek().and(statement.rewrites_in_words());
    let rewrite = rewrite.map(|names| (REWRITE, Class::Rewrite, format!("rewrites {names}")));
    let reads = statement.reads.iter().filter(|read| {
        let relations = [&read.relation, &read.under.relation];
        read.stops_the_application() && !relations.iter().any(|one| is_new(one, subject))
    });
    let read = |read: &FullRead| (READ, Class::Lock, read.in_words());
    locks
        .map(lock)
        .chain(rewrite)
        .chain(reads.map(read))
        .collect()
}

/// Whether a revision before it in the same run makes it.
fn is_new(relation: &Relation, subject: &Subject<'_>) -> bool {
    let name = QualifiedName {
        schema: Some(relation.schema.clone()),
        name: relation.name.clone(),
    };
    subject.new_objects().contains(&Object::relation(name))
}
