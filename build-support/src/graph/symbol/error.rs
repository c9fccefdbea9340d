//! Why a symbol names no revision, and what could have been meant.

use crate::{
    diagnostic::{Diagnose, Diagnostic, Exit},
    graph::{Graph, Node},
    revision::{Direction, RevisionId},
    suggest::nearest,
};

/// A revision that could have been meant: its id and slug.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Its id.
    pub id: RevisionId,
    /// Its slug.
    pub slug: String,
    /// A label of its line that none of the other candidates has.
    pub label: Option<String>,
}

/// What is spelled nearly as a name that matches nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Near {
    /// Labels.
    pub labels: Vec<String>,
    /// Revisions, by their ids or slugs.
    pub revisions: Vec<Candidate>,
}

/// What is wrong with a symbol.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SymbolError {
    /// It matches nothing.
    #[error("no revision matches `{symbol}`")]
    Unknown {
        /// As typed.
        symbol: String,
        /// What is spelled nearly so.
        near: Near,
    },
    /// It was replaced by a squashed revision.
    #[error("revision `{symbol}` was replaced by `{by}`")]
    Replaced {
        /// As typed.
        symbol: String,
        /// What stands for it.
        by: RevisionId,
    },
    /// It matches several revisions.
    #[error("`{symbol}` is ambiguous: {}", list(candidates))]
    Ambiguous {
        /// As typed.
        symbol: String,
        /// All that match.
        candidates: Vec<Candidate>,
    },
    /// `head` where there are several.
    #[error("`{}` is ambiguous, there are {} heads: {}", head(on.as_ref()), heads.len(), list(heads))]
    SeveralHeads {
        /// The heads.
        heads: Vec<Candidate>,
        /// The line that was asked for.
        on: Option<RevisionId>,
        /// Where the newest of the lines begins: what is moved to make one line of them.
        movable: Option<RevisionId>,
    },
    /// What stands before the `@` matches nothing.
    #[error("no such branch: `{symbol}` is neither a label nor a revision")]
    NoSuchBranch {
        /// As typed.
        symbol: String,
        /// What is spelled nearly so.
        near: Near,
    },
    /// The revision is not on the line that stands before the `@`.
    #[error("revision `{revision}` is not a member of the line of `{line}`")]
    NotOnLine {
        /// As typed.
        symbol: String,
        /// What it names.
        revision: RevisionId,
        /// The line.
        line: RevisionId,
    },
    /// A step leads past the end of the line.
    #[error("`{symbol}` goes too far: {}", possible_steps(*possible))]
    TooFar {
        /// As typed.
        symbol: String,
        /// How many steps there are.
        possible: u64,
    },
    /// A step could go several ways.
    #[error("`{symbol}` could mean several lines: {}", list(candidates))]
    SeveralWays {
        /// As typed.
        symbol: String,
        /// Where the ways lead or come from.
        candidates: Vec<Candidate>,
    },
    /// `up -1`, `down +1`.
    #[error("`{symbol}` is no target of `{}`", command(*direction))]
    WrongDirection {
        /// As typed.
        symbol: String,
        /// The command's direction.
        direction: Direction,
    },
    /// `current`, `+1` or `-1` where no database is asked.
    #[error("`{symbol}` needs a database: without one nothing is current")]
    NeedsState {
        /// As typed.
        symbol: String,
    },
    /// It names no revision, as `base` does.
    #[error("`{symbol}` is not a revision")]
    NoRevision {
        /// As typed.
        symbol: String,
    },
    /// The upper end of a range lies below the lower.
    #[error("the range `{range}` is reversed")]
    Reversed {
        /// As typed.
        range: String,
    },
    /// Neither end of a range stands on the other.
    #[error("the ends of the range `{range}` are on two lines")]
    Apart {
        /// As typed.
        range: String,
    },
}

impl SymbolError {
    pub(crate) fn several_heads(graph: &Graph, heads: &[Node], on: Option<RevisionId>) -> Self {
        Self::SeveralHeads {
            heads: candidates(graph, heads),
            on,
            movable: movable(graph, heads),
        }
    }

    pub(crate) fn ambiguous(graph: &Graph, symbol: &str, nodes: &[Node]) -> Self {
        Self::Ambiguous {
            symbol: symbol.to_owned(),
            candidates: candidates(graph, nodes),
        }
    }

    pub(super) fn unknown(graph: &Graph, symbol: &str) -> Self {
        let replaced = symbol.parse().ok().and_then(|id| graph.stand_in(&id));
        if let Some(by) = replaced {
            return Self::Replaced {
                symbol: symbol.to_owned(),
                by: graph.id(by).clone(),
            };
        }
        Self::Unknown {
            symbol: symbol.to_owned(),
            near: near(graph, symbol),
        }
    }

    fn hints(&self) -> Vec<String> {
        match self {
            Self::Unknown { near, .. } | Self::NoSuchBranch { near, .. } => near.hints(),
            Self::Ambiguous { symbol, .. } if is_set(symbol) => {
                vec!["name one of them, such as by its id".to_owned()]
            }
            Self::Replaced { by, .. } => vec![format!(
                "name `{by}`, or a revision above it; only a database that is in the middle knows the old ones"
            )],
            Self::Ambiguous { .. } => vec!["give more of the name, or the full id".to_owned()],
            Self::SeveralHeads { heads, movable, .. } => {
                several_heads_hints(heads, movable.as_ref())
            }
            Self::NotOnLine { revision, .. } => {
                vec![format!("leave the branch away to mean `{revision}` itself")]
            }
            Self::SeveralWays { symbol, candidates } => several_ways_hints(symbol, candidates),
            Self::WrongDirection {
                direction: Direction::Up,
                ..
            } => {
                vec!["to revert, use `cargo migrate down`".to_owned()]
            }
            Self::WrongDirection {
                direction: Direction::Down,
                ..
            } => {
                vec!["to apply, use `cargo migrate up`".to_owned()]
            }
            Self::TooFar { .. } => vec!["`cargo migrate status` shows what is applied".to_owned()],
            Self::NeedsState { .. } => vec!["name a revision, or give a database URL".to_owned()],
            Self::NoRevision { .. } => Vec::new(),
            Self::Reversed { .. } => vec!["write the older end first".to_owned()],
            Self::Apart { .. } => {
                vec![
                    "leave one end open, `A:` or `:B`, for all above or below the other".to_owned(),
                ]
            }
        }
    }
}

/// The same step along each line; a symbol that names a line already needs another one.
fn several_ways_hints(symbol: &str, candidates: &[Candidate]) -> Vec<String> {
    let step = symbol.split_once('@').map_or(symbol, |(_, step)| step);
    candidates
        .iter()
        .map(|candidate| format!("use `{}@{step}` for that line", candidate.branch()))
        .collect()
}

/// Whether a symbol names a set by its meaning, not by a part of a name.
fn is_set(symbol: &str) -> bool {
    let end = symbol.find(['+', '-']).unwrap_or(symbol.len());
    ["heads", "current"].contains(&&symbol[..end])
}

fn several_heads_hints(heads: &[Candidate], movable: Option<&RevisionId>) -> Vec<String> {
    let mut hints: Vec<String> = heads
        .iter()
        .map(|head| format!("use `{}@head` for that line", head.branch()))
        .collect();
    hints.push("use `heads` for all of them".to_owned());
    hints.extend(one_head_hints(movable));
    hints
}

/// Where the newest of several lines begins.
fn movable(graph: &Graph, heads: &[Node]) -> Option<RevisionId> {
    let start = graph.own_line_start(*heads.last()?)?;
    Some(graph.id(start).clone())
}

/// How several heads become one.
pub(crate) fn one_head_hints(movable: Option<&RevisionId>) -> Vec<String> {
    let merge = "run `cargo migrate merge` to join them by a merge revision".to_owned();
    let rebase = |id| format!("run `cargo migrate rebase {id}` to move that line after the other");
    std::iter::once(merge).chain(movable.map(rebase)).collect()
}

impl Near {
    fn hints(&self) -> Vec<String> {
        let labels = self.labels.iter();
        let labels = labels.map(|label| format!("did you mean `{label}`?"));
        let revisions = self.revisions.iter();
        let revisions = revisions.map(|c| format!("did you mean `{}` ({})?", c.id, c.slug));
        let hints: Vec<String> = labels.chain(revisions).collect();
        match hints.is_empty() {
            true => vec!["`cargo migrate history` lists the revisions".to_owned()],
            false => hints,
        }
    }
}

/// At most this many are shown.
const NEAR: usize = 5;

/// What holds the word, else the one thing that is spelled nearly so.
fn near(graph: &Graph, symbol: &str) -> Near {
    let word = symbol.to_lowercase();
    let holds = |text: &str| !word.is_empty() && text.to_lowercase().contains(&word);
    let labels: Vec<&str> = graph
        .revisions()
        .iter()
        .flat_map(|revision| &revision.labels)
        .map(|label| label.name.as_str())
        .collect();
    let near_labels = labels.iter().filter(|label| holds(label)).take(NEAR);
    let is_near = |node: &Node| {
        let revision = graph.revision(*node);
        holds(&revision.slug) || holds(revision.id.as_str())
    };
    let near_nodes: Vec<Node> = graph.nodes().filter(is_near).take(NEAR).collect();
    let found = Near {
        labels: near_labels.map(|&label| label.to_owned()).collect(),
        revisions: candidates(graph, &near_nodes),
    };
    if found != Near::default() {
        return found;
    }
    let slugs = graph.revisions().iter().map(|revision| &*revision.slug);
    let Some(meant) = nearest(symbol, labels.iter().copied().chain(slugs)) else {
        return found;
    };
    if labels.contains(&meant) {
        return Near {
            labels: vec![meant.to_owned()],
            ..found
        };
    }
    let has_slug = |node: &Node| graph.revision(*node).slug == meant;
    let nodes: Vec<Node> = graph.nodes().filter(has_slug).take(NEAR).collect();
    Near {
        revisions: candidates(graph, &nodes),
        ..found
    }
}

impl Diagnose for SymbolError {
    fn diagnose(&self) -> Diagnostic {
        let mut diagnostic = Diagnostic::new(Exit::User, self.to_string());
        diagnostic.hints = self.hints();
        diagnostic
    }
}

impl Candidate {
    /// What names its line before an `@`.
    fn branch(&self) -> &str {
        self.label.as_deref().unwrap_or(self.id.as_str())
    }
}

pub(super) fn candidates(graph: &Graph, nodes: &[Node]) -> Vec<Candidate> {
    let alone = |label: &&String| {
        let with = nodes
            .iter()
            .filter(|&&node| graph.labels(node).contains(*label));
        with.count() == 1
    };
    let candidate = |&node: &Node| Candidate {
        id: graph.id(node).clone(),
        slug: graph.revision(node).slug.clone(),
        label: graph.labels(node).iter().find(alone).cloned(),
    };
    nodes.iter().map(candidate).collect()
}

fn list(candidates: &[Candidate]) -> String {
    let names: Vec<String> = candidates
        .iter()
        .map(|candidate| format!("`{}` ({})", candidate.id, candidate.slug))
        .collect();
    names.join(", ")
}

fn head(on: Option<&RevisionId>) -> String {
    on.map_or("head".to_owned(), |line| format!("{line}@head"))
}

fn possible_steps(possible: u64) -> String {
    match possible {
        0 => "there is no step in that direction".to_owned(),
        1 => "only 1 step is possible".to_owned(),
        steps => format!("only {steps} steps are possible"),
    }
}

fn command(direction: Direction) -> &'static str {
    match direction {
        Direction::Up => "up",
        Direction::Down => "down",
    }
}
