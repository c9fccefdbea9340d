//! Which revisions a `rebase` moves, after what, and what their files are then. Pure thought: the
//! files are read and written by the command.

use std::path::{Path, PathBuf};

use build_support::{
    Diagnose, Diagnostic, Exit,
    graph::{Graph, Node, NodeSet, walk::Along},
    revision::{Layout, Revision, RevisionId},
};

use crate::relocate::{self, Renamed};

/// Why nothing can be moved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MovingError {
    /// The database has it.
    #[error("revision `{id}` is applied, so it can't move")]
    Applied {
        /// Which.
        id: RevisionId,
        /// What it follows.
        below: Option<RevisionId>,
    },
    /// A tag has it.
    #[error("revision `{id}` is released, so it can't move: the tag `{tag}` has it")]
    Released {
        /// Which.
        id: RevisionId,
        /// The first such tag.
        tag: String,
    },
    /// It would follow itself.
    #[error("revision `{id}` can't follow itself")]
    OntoItself {
        /// Which.
        id: RevisionId,
    },
    /// Nothing else to follow.
    #[error("there is no other head to move it after")]
    NoOtherHead,
    /// Several other heads.
    #[error("there are {} other heads: {}", .0.len(), names(.0))]
    SeveralHeads(Vec<RevisionId>),
    /// A file whose name does not show the id.
    #[error("`{}` does not show its id", .0.display())]
    NoIdInName(PathBuf),
}

fn names(ids: &[RevisionId]) -> String {
    let names: Vec<String> = ids.iter().map(|id| format!("`{id}`")).collect();
    names.join(", ")
}

impl Diagnose for MovingError {
    fn diagnose(&self) -> Diagnostic {
        let diagnostic = Diagnostic::new(Exit::User, self.to_string());
        match self {
            Self::Applied { id, below } => diagnostic
                .revision(id)
                .hint(match below {
                    Some(below) => format!("revert it first: `cargo migrate down {below}`"),
                    None => "revert it first with `cargo migrate down`".to_owned(),
                })
                .hint(format!(
                    "or move the other line: `cargo migrate rebase REV --onto {id}`"
                ))
                .hint("or keep both as they are: `cargo migrate merge`"),
            Self::Released { id, .. } => diagnostic
                .revision(id)
                .hint(format!(
                    "move the other line: `cargo migrate rebase REV --onto {id}`"
                ))
                .hint("or keep both as they are: `cargo migrate merge`"),
            Self::OntoItself { id } => diagnostic.revision(id),
            Self::NoOtherHead => diagnostic.hint("name what it shall follow: `--onto REV`"),
            Self::SeveralHeads(heads) => heads.iter().fold(diagnostic, |d, head| {
                d.hint(format!("pass `--onto {head}`"))
            }),
            Self::NoIdInName(_) => diagnostic,
        }
    }
}

/// What moves, in the order of the graph, and what it then follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moving {
    /// The revisions that follow the new parent itself.
    roots: Vec<Node>,
    onto: Node,
    /// All that moves.
    pub nodes: Vec<Node>,
}

impl Moving {
    /// The roots and what stands on them, onto a revision or the only head that stays.
    ///
    /// # Errors
    /// A root that is applied; no other head, or several.
    pub fn plan(
        graph: &Graph,
        applied: &NodeSet,
        roots: Vec<Node>,
        onto: Option<Node>,
    ) -> Result<Self, MovingError> {
        if let Some(&root) = roots.iter().find(|&&root| applied.contains(root)) {
            let below = graph.parents(root).first();
            return Err(MovingError::Applied {
                id: graph.id(root).clone(),
                below: below.map(|&below| graph.id(below).clone()),
            });
        }
        let above = graph.descendants(roots.iter().copied(), Along::Needs);
        let pending: NodeSet = above
            .iter()
            .filter(|&node| !applied.contains(node))
            .collect();
        let onto = match onto {
            Some(onto) => onto,
            None => only_other_head(graph, &roots, &pending)?,
        };
        if roots.contains(&onto) {
            let id = graph.id(onto).clone();
            return Err(MovingError::OntoItself { id });
        }
        // What the new parent itself stands on stays where it is.
        let below = graph.ancestors([onto], Along::Needs);
        let moves =
            |node: &Node| roots.contains(node) || pending.contains(*node) && !below.contains(*node);
        let order = graph.order_up(&graph.heads(), &NodeSet::default());
        Ok(Self {
            onto,
            nodes: order.into_iter().filter(moves).collect(),
            roots,
        })
    }

    /// The files of each as they are to be; `texts` gives the up file of a revision as it is.
    ///
    /// # Errors
    /// A file that can't be read, or whose name does not show its id.
    pub fn steps<E: From<MovingError>>(
        &self,
        graph: &Graph,
        renamed: &Renamed,
        texts: impl Fn(&Revision) -> Result<String, E>,
    ) -> Result<Vec<Step>, E> {
        let step = |&node: &Node| {
            let revision = graph.revision(node);
            let text = texts(revision)?;
            let text = relocate::rewritten(
                &text,
                revision,
                (&self.parents(graph, node, renamed), renamed),
            );
            Ok(Step::new(revision, new_name(renamed, &revision.id), text)?)
        };
        self.nodes.iter().map(step).collect()
    }

    fn parents(&self, graph: &Graph, node: Node, renamed: &Renamed) -> Vec<RevisionId> {
        if self.roots.contains(&node) {
            return vec![graph.id(self.onto).clone()];
        }
        // A parent that the moved line stands on by now would be named twice over.
        let below = graph.ancestors([self.onto], Along::Line);
        let parents = graph.parents(node).iter();
        let stays = |parent: &&Node| self.nodes.contains(parent) || !below.contains(**parent);
        parents
            .filter(stays)
            .map(|&parent| new_name(renamed, graph.id(parent)))
            .collect()
    }
}

fn new_name(renamed: &Renamed, id: &RevisionId) -> RevisionId {
    renamed.get(id.as_str()).unwrap_or(id).clone()
}

fn only_other_head(graph: &Graph, roots: &[Node], pending: &NodeSet) -> Result<Node, MovingError> {
    let staying: NodeSet = graph
        .nodes()
        .filter(|&node| !pending.contains(node))
        .collect();
    let heads = graph.heads_of(&staying);
    let is_parent = |node: &Node| roots.iter().all(|&root| graph.parents(root).contains(node));
    let others: Vec<Node> = heads
        .iter()
        .copied()
        .filter(|node| !is_parent(node))
        .collect();
    match others.as_slice() {
        [only] => Ok(*only),
        [] => Err(MovingError::NoOtherHead),
        several => {
            let ids = several.iter().map(|&node| graph.id(node).clone());
            Err(MovingError::SeveralHeads(ids.collect()))
        }
    }
}

/// One revision on its way: old and new paths, and the new text of its up file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its id until now.
    pub from: RevisionId,
    /// Its id from now on.
    pub id: RevisionId,
    /// The folder or files that are renamed.
    pub renames: Vec<(PathBuf, PathBuf)>,
    /// The up file at its new place.
    pub up: PathBuf,
    /// The down file at its new place.
    pub down: Option<PathBuf>,
    /// Its text.
    pub text: String,
}

impl Step {
    fn new(revision: &Revision, id: RevisionId, text: String) -> Result<Self, MovingError> {
        let to = |path: &Path| {
            relocate::moved(path, &revision.id, &id)
                .ok_or_else(|| MovingError::NoIdInName(path.to_owned()))
        };
        let up = (revision.path().to_owned(), to(revision.path())?);
        let down = revision.down.as_ref().map(|down| &down.path);
        let down = down
            .map(|path| Ok::<_, MovingError>((path.clone(), to(path)?)))
            .transpose()?;
        let renames = match (revision.layout, up.0.parent(), up.1.parent()) {
            // The folder carries the id, and all that is in it goes along.
            (Layout::Diesel, Some(from), Some(to)) => vec![(from.to_owned(), to.to_owned())],
            _ => [Some(up.clone()), down.clone()]
                .into_iter()
                .flatten()
                .collect(),
        };
        Ok(Self {
            from: revision.id.clone(),
            id,
            renames,
            up: up.1,
            down: down.map(|(_, to)| to),
            text,
        })
    }

    /// Where a file is afterwards, if it moves.
    pub fn moved(&self, path: &Path) -> Option<PathBuf> {
        let (from, to) = self
            .renames
            .iter()
            .find(|(from, _)| path.starts_with(from))?;
        let rest = path.strip_prefix(from).ok()?;
        Some(match rest.as_os_str().is_empty() {
            true => to.clone(),
            false => to.join(rest),
        })
    }
}
