//! Lints revisions in the order in which they run, and counts what was accepted.

use std::collections::{BTreeMap, BTreeSet};

use build_support::revision::{Revision, TextError};
use serde::Serialize;

use super::{Finding, Found, Level, Levels, Subject, ignore::Ignores, linters, statement::Object};

/// How large a script is looked at; beyond that it is data, and rules would take seconds.
const LIMIT: usize = 5 << 20;

/// The stack of the thread that lints: parsers go down with the parentheses.
const STACK: usize = 256 << 20;

/// What was found in some revisions.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Report {
    /// Whether nothing of level `error` was found.
    pub ok: bool,
    /// By revision in the order in which they run, then by place.
    pub findings: Vec<Finding>,
    /// How many findings `allow=`, `compatible=no`, `phase=contract` or a comment accept.
    pub accepted: usize,
    /// The revisions that were looked at.
    pub revisions: Vec<String>,
    /// The revisions whose scripts are too large to be looked at.
    pub skipped: Vec<String>,
}

impl Report {
    /// One line for a person.
    pub fn summary(&self) -> String {
        let of = |level: Level| self.findings.iter().filter(|f| f.level == level).count();
        let counted = |number: usize, noun: &str| match number {
            1 => format!("1 {noun}"),
            _ => format!("{number} {noun}s"),
        };
        format!(
            "{}: {}, {}, {} accepted",
            counted(self.revisions.len(), "revision"),
            counted(of(Level::Error), "error"),
            counted(of(Level::Warning), "warning"),
            self.accepted
        )
    }
}

/// Lints revisions, given in the order in which they run.
///
/// # Errors
/// A file that is not what it was when it was loaded.
pub fn lint(revisions: &[&Revision], levels: &Levels) -> Result<Report, TextError> {
    let run = || lint_all(revisions, levels);
    let on_thread = std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().stack_size(STACK);
        let thread = builder.spawn_scoped(scope, run);
        thread.map(std::thread::ScopedJoinHandle::join)
    });
    match on_thread {
        Ok(Ok(report)) => report,
        Ok(Err(panic)) => std::panic::resume_unwind(panic),
        Err(_) => lint_all(revisions, levels),
    }
}

fn lint_all(revisions: &[&Revision], levels: &Levels) -> Result<Report, TextError> {
    let mut report = Report::default();
    let mut made: BTreeSet<Object> = BTreeSet::new();
    for revision in revisions {
        let id = revision.id.to_string();
        let subject = Subject::new(revision, &made)?;
        if subject.text.len() > LIMIT {
            report.skipped.push(id);
        } else {
            lint_one(&subject, levels, &mut report);
            report.revisions.push(id);
        }
        made = subject.new_objects().clone();
    }
    report.ok = !report
        .findings
        .iter()
        .any(|finding| finding.level == Level::Error);
    Ok(report)
}

fn lint_one(subject: &Subject<'_>, levels: &Levels, report: &mut Report) {
    let ignores = Ignores::read(subject.text);
    let linters = linters();
    let found = linters
        .iter()
        .flat_map(|linter| linter.lint(subject, levels));
    let findings = found.filter(|found| !is_about_new(found, subject));
    let findings = findings
        .filter_map(|found| settle(found, subject, (&ignores, levels), &mut report.accepted));
    let mut findings: Vec<Finding> = findings.collect();
    findings.sort_by(|a, b| (a.place(), &a.rule).cmp(&(b.place(), &b.rule)));
    report.findings.extend(findings);
}

/// What is told of what was found; nothing where it is off, or accepted, which is counted.
pub(super) fn settle(
    found: Found,
    subject: &Subject<'_>,
    (ignores, levels): (&Ignores<'_>, &Levels),
    accepted: &mut usize,
) -> Option<Finding> {
    let level = levels.of(&found);
    if level == Level::Off {
        return None;
    }
    let is_accepted = found.class.is_accepted_by(subject.revision)
        || subject.revision.allow.contains(&found.rule)
        || ignores.covers(&found.rule, found.range.start);
    if is_accepted {
        *accepted += 1;
        return None;
    }
    Some(Finding::new(found, level, subject))
}

/// Puts the findings into the order of the revisions and of the places in them.
pub(super) fn sort(report: &mut Report, revisions: &[&Revision]) {
    let order: BTreeMap<&str, usize> = (revisions.iter().enumerate())
        .map(|(at, revision)| (revision.id.as_str(), at))
        .collect();
    let at = |finding: &Finding| order.get(finding.revision.as_str()).copied();
    report
        .findings
        .sort_by(|a, b| (at(a), a.place(), &a.rule).cmp(&(at(b), b.place(), &b.rule)));
    report.ok = !report
        .findings
        .iter()
        .any(|finding| finding.level == Level::Error);
}

/// Nobody waits for what nobody knows yet, and nothing in it can be lost.
fn is_about_new(found: &Found, subject: &Subject<'_>) -> bool {
    let Some(statement) = subject.statement_at(found.range.start) else {
        return false;
    };
    let drops_new = found.rule == "ban-drop-constraint" && subject.drops_new_constraints(statement);
    found.class.spares_new() && (subject.is_about_new(statement) || drops_new)
}

#[cfg(test)]
mod tests {
    use std::{borrow::Cow, path::PathBuf};

    use build_support::source::{File, load};

    use super::*;

    fn revisions(files: &[(&str, &str)]) -> Vec<Revision> {
        let file = |(path, text): &(&str, &str)| File {
            path: (*path).to_owned(),
            root: PathBuf::from("m"),
            bytes: Cow::Owned(text.as_bytes().to_vec()),
        };
        load(files.iter().map(file).collect())
            .expect("they load")
            .revisions
    }

    fn rules_of(files: &[(&str, &str)]) -> (Vec<String>, usize) {
        let revisions = revisions(files);
        let report = lint(&revisions.iter().collect::<Vec<_>>(), &Levels::default()).expect("read");
        let rules = report.findings.into_iter().map(|finding| finding.rule);
        (rules.collect(), report.accepted)
    }

    #[test]
    fn a_table_of_an_earlier_revision_of_the_same_run_is_new() {
        let update = ("2_b.sql", "UPDATE a SET b = 1;");
        assert_eq!(rules_of(&[update]).0, ["rows-without-where"]);
        let create = ("1_a.sql", "CREATE TABLE public.a (b bigint);");
        assert_eq!(rules_of(&[create, update]).0, [""; 0]);
    }

    #[test]
    fn what_was_accepted_is_counted_and_not_told() {
        for head in [
            "-- migrate: allow=lock",
            "-- migrate: allow=rows-without-where",
            "-- squawk-ignore rows-without-where",
        ] {
            let text = format!("{head}\nUPDATE a SET b = 1;");
            assert_eq!(rules_of(&[("1_a.sql", &text)]), (Vec::new(), 1), "{head}");
        }
    }

    #[test]
    fn what_a_block_does_is_looked_at_as_if_it_stood_alone() {
        let block = |inner: &str| {
            let text = format!("DO $$ BEGIN IF true THEN {inner} END IF; END $$;");
            rules_of(&[("1_a.sql", &text)]).0
        };
        assert_eq!(block("UPDATE a SET b = 1;"), ["rows-without-where"]);
        assert_eq!(
            block("CREATE TABLE a (b int); UPDATE a SET b = 1;"),
            [""; 0]
        );
        assert_eq!(
            block("INSERT INTO a VALUES (1) RETURNING b INTO c;"),
            [""; 0]
        );
        if cfg!(feature = "lint") {
            assert_eq!(block("ALTER TABLE a DROP COLUMN b;"), ["ban-drop-column"]);
        }
    }

    #[test]
    fn a_finding_in_a_block_is_placed_in_the_file_and_accepted_there() {
        let text = "SELECT 'é';\nDO $$\nBEGIN\n  LOCK TABLE a;\nEND $$;";
        let revisions = revisions(&[("1_a.sql", text)]);
        let found = lint(&revisions.iter().collect::<Vec<_>>(), &Levels::default())
            .expect("read")
            .findings;
        assert_eq!((found[0].line, found[0].column), (4, 3));
        let ignored = text.replace("DO", "-- squawk-ignore explicit-table-lock\nDO");
        assert_eq!(rules_of(&[("1_a.sql", &ignored)]), (Vec::new(), 1));
    }

    /// As `new --autogenerate --online` writes it.
    #[cfg(feature = "lint")]
    #[test]
    fn the_steps_by_which_a_column_comes_to_refuse_null_are_no_finding() {
        let add = "ALTER TABLE a ADD CONSTRAINT c CHECK (b IS NOT NULL) NOT VALID;";
        let rest = "ALTER TABLE a VALIDATE CONSTRAINT c;\n\
                    ALTER TABLE a ALTER COLUMN b SET NOT NULL;\n\
                    ALTER TABLE a DROP CONSTRAINT c;";
        let none = (Vec::new(), 0);
        let whole = format!("-- migrate: transaction=none\n{add}\n{rest}");
        assert_eq!(rules_of(&[("1_a.sql", &whole)]), none);
        assert_eq!(rules_of(&[("1_a.sql", add), ("2_b.sql", rest)]), none);
        assert_eq!(rules_of(&[("2_b.sql", rest)]).0, ["ban-drop-constraint"]);
    }

    #[test]
    fn hostile_nesting_is_survived() {
        let deep = format!("SELECT {}1{};", "(".repeat(20_000), ")".repeat(20_000));
        rules_of(&[("1_a.sql", &deep)]);
    }
}
