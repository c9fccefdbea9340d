//! What a new revision follows: what the user names, else the only head. Pure thought.

use build_support::{
    Diagnose, Diagnostic, Exit,
    graph::{Graph, Node, SymbolError, symbol::Symbols},
    revision::RevisionId,
};

/// Whether a revision may follow one that is no head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Splice {
    /// It may, which begins a branch.
    Allow,
    /// It may not.
    Refuse,
}

impl From<bool> for Splice {
    fn from(flag: bool) -> Self {
        if flag { Self::Allow } else { Self::Refuse }
    }
}

/// Why it is not known, or not possible, what a revision follows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParentsError {
    /// A name that names no revision.
    #[error(transparent)]
    Symbol(#[from] SymbolError),
    /// Nothing is named, and there are several heads.
    #[error("there are {} heads: {}", heads.len(), listed(heads))]
    SeveralHeads {
        /// Id and slug of each.
        heads: Vec<(RevisionId, String)>,
        /// Where the newest of their lines begins.
        movable: Option<RevisionId>,
    },
    /// One revision is named twice.
    #[error("revision `{id}` is named twice")]
    Twice {
        /// Which.
        id: RevisionId,
    },
    /// Something follows it already.
    #[error("revision `{id}` is not a head: other revisions follow it")]
    NotAHead {
        /// Which.
        id: RevisionId,
    },
    /// `base` beside revisions.
    #[error("`base` can't be a head together with others")]
    BaseAmongOthers,
    /// Fewer than two revisions to merge.
    #[error("there is nothing to merge: it takes two heads")]
    NothingToMerge,
}

/// What a new revision follows; nothing is a new root.
///
/// # Errors
/// Several heads and no name; a name that names none, one twice, or no head.
pub fn of_new(graph: &Graph, names: &[String], splice: Splice) -> Result<Vec<Node>, ParentsError> {
    if names.is_empty() {
        return match graph.heads().as_slice() {
            heads @ ([] | [_]) => Ok(heads.to_vec()),
            several => Err(ParentsError::several_heads(graph, several)),
        };
    }
    let symbols = Symbols::offline(graph);
    let mut targets = Vec::new();
    for name in names {
        targets.extend(
            symbols
                .targets(name)?
                .into_iter()
                .map(|target| target.point),
        );
    }
    if targets == [None] {
        return Ok(Vec::new());
    }
    let nodes: Option<Vec<Node>> = targets.into_iter().collect();
    checked(graph, nodes.ok_or(ParentsError::BaseAmongOthers)?, splice)
}

/// What a merge follows: what is named, else all heads.
///
/// # Errors
/// Fewer than two; a name that names none, one twice, or no head.
pub fn of_merge(
    graph: &Graph,
    names: &[String],
    splice: Splice,
) -> Result<Vec<Node>, ParentsError> {
    let symbols = Symbols::offline(graph);
    let mut nodes = Vec::new();
    if names.is_empty() {
        nodes = graph.heads();
    }
    for name in names {
        let targets = symbols.targets(name)?.into_iter();
        nodes.extend(targets.filter_map(|target| target.point));
    }
    let nodes = checked(graph, nodes, splice)?;
    match nodes.len() {
        0 | 1 => Err(ParentsError::NothingToMerge),
        _ => Ok(nodes),
    }
}

fn checked(graph: &Graph, nodes: Vec<Node>, splice: Splice) -> Result<Vec<Node>, ParentsError> {
    for (at, node) in nodes.iter().enumerate() {
        let id = || graph.id(*node).clone();
        if nodes[..at].contains(node) {
            return Err(ParentsError::Twice { id: id() });
        }
        if splice == Splice::Refuse && !graph.children(*node).is_empty() {
            return Err(ParentsError::NotAHead { id: id() });
        }
    }
    Ok(nodes)
}

impl ParentsError {
    fn several_heads(graph: &Graph, heads: &[Node]) -> Self {
        let head = |&node: &Node| (graph.id(node).clone(), graph.revision(node).slug.clone());
        let newest = heads.last().and_then(|&head| graph.own_line_start(head));
        Self::SeveralHeads {
            heads: heads.iter().map(head).collect(),
            movable: newest.map(|node| graph.id(node).clone()),
        }
    }
}

fn listed(heads: &[(RevisionId, String)]) -> String {
    let listed: Vec<String> = heads
        .iter()
        .map(|(id, slug)| format!("`{id}` ({slug})"))
        .collect();
    listed.join(", ")
}

impl Diagnose for ParentsError {
    fn diagnose(&self) -> Diagnostic {
        let diagnostic = Diagnostic::new(Exit::User, self.to_string());
        match self {
            Self::Symbol(error) => error.diagnose(),
            Self::SeveralHeads { heads, movable } => {
                let first = &heads[0].0;
                let rebase =
                    |id| format!("or move one line after the other: `cargo migrate rebase {id}`");
                let diagnostic = diagnostic
                    .hint(format!("name the one that it follows: `--head {first}`"))
                    .hint("or join them first: `cargo migrate merge`");
                movable
                    .iter()
                    .map(rebase)
                    .fold(diagnostic, Diagnostic::hint)
            }
            Self::Twice { id } => diagnostic.revision(id).hint("name it once"),
            Self::NotAHead { id } => diagnostic
                .revision(id)
                .hint("add `--splice` to begin a branch there"),
            Self::BaseAmongOthers => {
                diagnostic.hint("name `base` alone for a new root, or only revisions")
            }
            Self::NothingToMerge => diagnostic.hint("`cargo migrate heads` lists them"),
        }
    }
}
