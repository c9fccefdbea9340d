//! `lint`: what a revision would do to a database that people are using.
//!
//! Two linters stand behind one trait: squawk's rules and ours. They look at one revision at a
//! time and know which tables are new with it, since nobody waits for those. Nothing here does
//! I/O.

mod block;
mod class;
mod finding;
mod ignore;
mod levels;
mod report;
pub mod rules;
pub mod sarif;
#[cfg(feature = "lint")]
mod squawk;
mod statement;
mod subject;
mod traced;

pub use self::{
    class::Class,
    finding::{Edit, Finding, Found},
    levels::{Level, LevelError, Levels},
    report::{Report, lint},
    statement::{Namespace, Object, Statement},
    subject::Subject,
    traced::add_traced,
};

/// A rule as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleInfo {
    /// Its name in metadata, in `allow=` and in comments.
    pub name: String,
    /// What it is about, in one sentence; nothing where squawk's own page says it.
    pub about: &'static str,
    /// What its findings are where the project says nothing.
    pub level: Level,
    /// What makes a finding dangerous.
    pub class: Class,
}

/// A source of findings.
pub trait Linter {
    /// All rules that it knows.
    fn rules(&self) -> Vec<RuleInfo>;

    /// What it finds in one revision, whatever the levels.
    fn lint(&self, subject: &Subject<'_>, levels: &Levels) -> Vec<Found>;
}

/// The linters of this build.
pub fn linters() -> Vec<Box<dyn Linter>> {
    vec![
        Box::new(rules::Own),
        #[cfg(feature = "lint")]
        Box::new(squawk::Squawk),
    ]
}

/// Whether it is a rule of squawk's that other parts of this tool see to. A file may name it for
/// squawk itself.
fn is_left_out(name: &str) -> bool {
    #[cfg(feature = "lint")]
    let names = squawk::LEFT_OUT;
    #[cfg(not(feature = "lint"))]
    let names: &[&str] = &[];
    names.contains(&name)
}

/// Every rule, by name.
pub fn all_rules() -> Vec<RuleInfo> {
    let mut rules: Vec<RuleInfo> = linters().iter().flat_map(|linter| linter.rules()).collect();
    rules.extend(traced::rules());
    rules.sort_by(|a, b| a.name.cmp(&b.name));
    rules
}
