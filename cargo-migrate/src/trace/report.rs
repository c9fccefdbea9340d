//! What was seen, in the shape of the answer.

use std::time::Duration;

use serde::Serialize;

use super::{Blocks, LockMode, Relation};

/// A revision that ran in a scratch database.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Traced {
    /// Its id.
    pub revision: String,
    /// The part of the file name after the id.
    pub slug: String,
    /// `own`, or `none` where each statement is committed by itself.
    pub transaction: &'static str,
    /// Whether there is code besides the script, which was not run.
    pub code: bool,
    /// How long its statements took, with the COMMIT.
    pub duration_ms: f64,
    /// In the order in which they ran.
    pub statements: Vec<TracedStatement>,
}

/// One statement, and what it did to what was there before the revision.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TracedStatement {
    /// The file.
    pub file: String,
    /// Begins at 1.
    pub line: usize,
    /// In characters, begins at 1.
    pub column: usize,
    /// Its first words.
    pub sql: String,
    /// How long it took.
    pub duration_ms: f64,
    /// The strongest lock of each relation that was not held as strong before, the strongest first.
    /// Those of indexes are told where they are stronger than the table's.
    pub locks: Vec<HeldLock>,
    /// What is in another file now.
    pub rewrites: Vec<Relation>,
    /// What it read from end to end and did not write anew, where a lock was held meanwhile that plain
    /// reads and writes don't take.
    pub reads: Vec<FullRead>,
}

/// A lock, from the statement that took it to the end of the transaction.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HeldLock {
    /// On what.
    #[serde(flatten)]
    pub relation: Relation,
    /// How strong it is.
    pub mode: LockMode,
    /// Who waits for it.
    pub blocks: &'static [Blocks],
    /// How long it was held, or longer than that: it counts from where the statement began.
    pub held_ms: f64,
    /// How many statements ran behind the one that took it, while it was held.
    pub later_statements: usize,
}

/// A table that was read from end to end: for as long as it is large, others wait.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FullRead {
    /// What was read.
    #[serde(flatten)]
    pub relation: Relation,
    /// The strongest lock that the transaction held.
    pub under: Under,
}

/// A lock that is held while something else goes on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Under {
    /// On what.
    #[serde(flatten)]
    pub relation: Relation,
    /// How strong it is.
    pub mode: LockMode,
    /// Who waits for it.
    pub blocks: &'static [Blocks],
    /// Whether it is on the very relation.
    #[serde(skip)]
    pub(super) own: bool,
}

impl TracedStatement {
    /// Whether it did nothing to what was there before.
    pub fn is_harmless(&self) -> bool {
        self.locks.is_empty() && self.rewrites.is_empty() && self.reads.is_empty()
    }

    /// What it wrote anew, in words.
    pub fn rewrites_in_words(&self) -> Option<String> {
        let names: Vec<String> = self.rewrites.iter().map(Relation::to_string).collect();
        let (last, rest) = names.split_last()?;
        Some(match rest {
            [] => last.clone(),
            rest => format!("{} and {last}", rest.join(", ")),
        })
    }
}

impl HeldLock {
    /// The lock and who waits for it, in words.
    pub fn in_words(&self) -> String {
        let (mode, on) = (self.mode.name(), &self.relation);
        format!("{mode} on {on} {}", self.mode.blocks_in_words())
    }

    /// Whether readers or writers wait for it, not only who changes the schema.
    pub fn stops_the_application(&self) -> bool {
        stop_the_application(self.blocks)
    }
}

impl FullRead {
    /// What was read and under which lock, in words.
    pub fn in_words(&self) -> String {
        let (read, mode) = (&self.relation, self.under.mode.name());
        match self.under.own {
            true => format!("reads all of {read} while it holds {mode} on it"),
            false => {
                let on = &self.under.relation;
                format!("reads all of {read} while it holds {mode} on {on}")
            }
        }
    }

    /// Whether readers or writers wait meanwhile, not only who changes the schema.
    pub fn stops_the_application(&self) -> bool {
        stop_the_application(self.under.blocks)
    }
}

fn stop_the_application(blocks: &[Blocks]) -> bool {
    let is_of_it = |blocked: &Blocks| matches!(blocked, Blocks::Reads | Blocks::Writes);
    blocks.iter().any(is_of_it)
}

/// Milliseconds, to a microsecond.
pub(super) fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

/// The first words of a statement, on one line.
pub(super) fn first_words(sql: &str) -> String {
    const LENGTH: usize = 72;
    let mut words = String::new();
    for word in sql.split_whitespace() {
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(word);
        if words.chars().count() > LENGTH {
            let cut: String = words.chars().take(LENGTH - 1).collect();
            return format!("{}…", cut.trim_end());
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_statement_is_told_by_its_first_words() {
        assert_eq!(
            first_words("ALTER TABLE a\n    ADD b int"),
            "ALTER TABLE a ADD b int"
        );
        let long = first_words(&"é ".repeat(100));
        assert_eq!(long.chars().count(), 72);
        assert!(long.ends_with("é…"), "{long}");
    }

    #[test]
    fn times_are_rounded_to_microseconds() {
        assert_eq!(milliseconds(Duration::from_nanos(1_234_567)), 1.235);
    }
}
