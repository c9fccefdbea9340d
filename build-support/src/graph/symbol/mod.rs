//! What a user types for a revision: ids, prefixes, slugs, labels, `head`, `base`, `+2`, `L@head-1`.
//!
//! Looked up in this order: keyword, full id, label, exact slug, unique prefix of an id, unique
//! prefix of a slug. Nothing is guessed: what could mean two things is an error that names both.

mod error;
mod range;
mod steps;

#[cfg(feature = "build")]
pub(crate) use self::error::one_head_hints;
pub use self::{
    error::{Candidate, Near, SymbolError},
    range::Range,
};
use super::{Graph, Node, NodeSet, walk::Along};
use crate::revision::Direction;

/// Where to go: a revision or the base, perhaps seen from one line only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// The revision; `None` is the base, before everything.
    pub point: Option<Node>,
    /// The revision that stands before the `@` and names the line.
    pub line: Option<Node>,
}

impl Target {
    /// The base of everything.
    pub const BASE: Self = Self {
        point: None,
        line: None,
    };

    /// A revision, seen from everywhere.
    pub const fn node(node: Node) -> Self {
        Self {
            point: Some(node),
            line: None,
        }
    }
}

/// Resolves symbols on a graph, and on what is applied where that is known.
#[derive(Debug, Clone, Copy)]
pub struct Symbols<'a> {
    graph: &'a Graph,
    applied: Option<&'a NodeSet>,
    /// Where the symbols are targets of `up` or `down`.
    direction: Option<Direction>,
}

type Result<T> = std::result::Result<T, SymbolError>;

impl<'a> Symbols<'a> {
    /// Symbols without a database: `current` and steps from it are errors.
    pub fn offline(graph: &'a Graph) -> Self {
        Self {
            graph,
            applied: None,
            direction: None,
        }
    }

    /// Symbols that know what is applied.
    pub fn new(graph: &'a Graph, applied: &'a NodeSet) -> Self {
        Self {
            graph,
            applied: Some(applied),
            direction: None,
        }
    }

    /// The targets of `up` or `down`: as [`Symbols::targets`], but a bare step must go that way, and
    /// a step down may end below a merge.
    ///
    /// # Errors
    /// A name that matches nothing or too much, a step in the wrong direction or too far.
    pub fn steps(&self, text: &str, direction: Direction) -> Result<Vec<Target>> {
        match (steps::bare(text), direction) {
            (Some(..=0), Direction::Up) | (Some(0..), Direction::Down) => {
                Err(SymbolError::WrongDirection {
                    symbol: text.to_owned(),
                    direction,
                })
            }
            (Some(_) | None, _) => Self {
                direction: Some(direction),
                ..*self
            }
            .targets(text),
        }
    }

    /// All that a symbol names: `heads` may be many or none, all else is one.
    ///
    /// # Errors
    /// A name that matches nothing or too much.
    pub fn targets(&self, text: &str) -> Result<Vec<Target>> {
        if let Some(found) = self.keyword(text, None)? {
            return Ok(found);
        }
        if let Some(node) = self.exact(text, None)? {
            return Ok(vec![Target::node(node)]);
        }
        if let Some(count) = steps::bare(text) {
            return Ok(vec![self.step_of_current(text, count, None)?]);
        }
        if let Some((branch, rest)) = text.split_once('@') {
            if branch.is_empty() || rest.is_empty() {
                return Err(SymbolError::unknown(self.graph, text));
            }
            return self.on_line(text, branch, rest);
        }
        if let Some(target) = self.relative(text, None)? {
            return Ok(vec![target]);
        }
        Ok(vec![Target::node(self.prefix(text, None)?)])
    }

    /// The one revision that a symbol names.
    ///
    /// # Errors
    /// As [`Symbols::targets`]; also where it names none, several, or the base.
    pub fn revision(&self, text: &str) -> Result<Node> {
        let targets = self.targets(text)?;
        let nodes: Vec<Node> = targets.iter().filter_map(|target| target.point).collect();
        match nodes.as_slice() {
            [node] => Ok(*node),
            [] => Err(SymbolError::NoRevision {
                symbol: text.to_owned(),
            }),
            several => Err(self.ambiguous(text, several)),
        }
    }

    /// A keyword, on a line or everywhere; `None` where the text is none.
    fn keyword(&self, text: &str, line: Option<Node>) -> Result<Option<Vec<Target>>> {
        let heads = || self.heads(line);
        let on_line = |node| Target {
            point: Some(node),
            line,
        };
        Ok(Some(match text {
            "base" => vec![Target { point: None, line }],
            "heads" => heads().into_iter().map(on_line).collect(),
            "head" => self
                .single_head(&heads(), line)?
                .map(on_line)
                .into_iter()
                .collect(),
            "current" => self.current(text, line)?.into_iter().map(on_line).collect(),
            _ => return Ok(None),
        }))
    }

    fn heads(&self, line: Option<Node>) -> Vec<Node> {
        let all = self.graph.heads();
        let Some(node) = line else { return all };
        let above = self.graph.descendants([node], Along::Line);
        all.into_iter()
            .filter(|&head| above.contains(head))
            .collect()
    }

    fn single_head(&self, heads: &[Node], line: Option<Node>) -> Result<Option<Node>> {
        match heads {
            [] => Ok(None),
            [head] => Ok(Some(*head)),
            several => {
                let on = line.map(|node| self.graph.id(node).clone());
                Err(SymbolError::several_heads(self.graph, several, on))
            }
        }
    }

    /// The applied revisions that nothing applied stands above, on a line or everywhere.
    fn current(&self, symbol: &str, line: Option<Node>) -> Result<Vec<Node>> {
        let applied = self.applied.ok_or_else(|| SymbolError::NeedsState {
            symbol: symbol.to_owned(),
        })?;
        let Some(node) = line else {
            return Ok(self.graph.heads_of(applied));
        };
        let members = self.graph.line_of(node);
        let on_line: NodeSet = applied
            .iter()
            .filter(|&node| members.contains(node))
            .collect();
        let has_child = |&node: &Node| {
            !self
                .graph
                .children(node)
                .iter()
                .any(|&child| on_line.contains(child))
        };
        Ok(on_line.iter().filter(has_child).collect())
    }

    /// `branch@rest`.
    fn on_line(&self, text: &str, branch: &str, rest: &str) -> Result<Vec<Target>> {
        let line = self.branch(branch)?;
        if let Some(found) = self.keyword(rest, Some(line))? {
            return Ok(found);
        }
        if let Some(count) = steps::bare(rest) {
            return Ok(vec![self.step_of_current(text, count, Some(line))?]);
        }
        if let Some(node) = self.exact(rest, Some(line))? {
            return Ok(vec![Target {
                point: Some(node),
                line: Some(line),
            }]);
        }
        if let Some(target) = self.relative(rest, Some(line))? {
            return Ok(vec![target]);
        }
        let point = Some(self.prefix(rest, Some(line))?);
        Ok(vec![Target {
            point,
            line: Some(line),
        }])
    }

    /// What may stand before an `@`: a label, an id, a slug, or the prefix of one.
    fn branch(&self, name: &str) -> Result<Node> {
        if let Some(node) = self.exact(name, None)? {
            return Ok(node);
        }
        self.prefix(name, None).map_err(|error| match error {
            SymbolError::Unknown { symbol, near } => SymbolError::NoSuchBranch { symbol, near },
            other => other,
        })
    }

    /// Full id, label, or exact slug.
    fn exact(&self, name: &str, line: Option<Node>) -> Result<Option<Node>> {
        let id = name.parse().ok().and_then(|id| self.graph.find(&id));
        if let Some(node) = id.or_else(|| self.graph.labelled(name)) {
            return self.member(node, name, line).map(Some);
        }
        let same = self.matching(|node| self.graph.revision(node).slug == name);
        match self.members(&same, line).as_slice() {
            [node] => Ok(Some(*node)),
            [] if same.is_empty() => Ok(None),
            [] => self.member(same[0], name, line).map(Some),
            several => Err(self.ambiguous(name, several)),
        }
    }

    /// Unique prefix of an id, else of a slug.
    fn prefix(&self, name: &str, line: Option<Node>) -> Result<Node> {
        if name.is_empty() {
            return Err(SymbolError::unknown(self.graph, name));
        }
        let ids = self.matching(|node| self.graph.id(node).as_str().starts_with(name));
        let slugs = self.matching(|node| self.graph.revision(node).slug.starts_with(name));
        for found in [&ids, &slugs] {
            match self.members(found, line).as_slice() {
                [] => {}
                [node] => return Ok(*node),
                several => return Err(self.ambiguous(name, several)),
            }
        }
        match ids.first().or(slugs.first()) {
            Some(&elsewhere) => self.member(elsewhere, name, line),
            None => Err(SymbolError::unknown(self.graph, name)),
        }
    }

    fn matching(&self, test: impl Fn(Node) -> bool) -> Vec<Node> {
        self.graph.nodes().filter(|&node| test(node)).collect()
    }

    fn members(&self, nodes: &[Node], line: Option<Node>) -> Vec<Node> {
        let Some(line) = line else {
            return nodes.to_vec();
        };
        let members = self.graph.line_of(line);
        nodes
            .iter()
            .copied()
            .filter(|&node| members.contains(node))
            .collect()
    }

    fn member(&self, node: Node, name: &str, line: Option<Node>) -> Result<Node> {
        match line {
            Some(line) if !self.graph.line_of(line).contains(node) => Err(SymbolError::NotOnLine {
                symbol: name.to_owned(),
                revision: self.graph.id(node).clone(),
                line: self.graph.id(line).clone(),
            }),
            _ => Ok(node),
        }
    }

    fn ambiguous(&self, symbol: &str, candidates: &[Node]) -> SymbolError {
        SymbolError::ambiguous(self.graph, symbol, candidates)
    }
}
