//! Ranges of symbols: `A:B`, `A:`, `:B`.

use super::{Result, SymbolError, Symbols, Target, steps};
use crate::graph::{Node, NodeSet, walk::Along};

/// The two ends of a range, both included; an open end is the base or the heads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// The lower end.
    pub from: Vec<Target>,
    /// The upper end.
    pub to: Vec<Target>,
}

impl Symbols<'_> {
    /// Reads `A:B`, `A:` or `:B`; without a colon both ends are that symbol.
    ///
    /// A step counts from the other end (`-3:current`, `base:+2`) and stops at the end of the line.
    ///
    /// # Errors
    /// Those of each symbol, a step that could go two ways, an upper end that lies below the lower,
    /// and ends on two lines.
    pub fn range(&self, text: &str) -> Result<Range> {
        let Some((from, to)) = text.split_once(':') else {
            let both = self.targets(text)?;
            return Ok(Range {
                from: both.clone(),
                to: both,
            });
        };
        let range = match (steps::bare(from), steps::bare(to)) {
            (Some(count), None) if count < 0 => {
                let (ends, steps) = (self.upper(to)?, count.unsigned_abs() - 1);
                let to = if to.is_empty() { "heads" } else { to };
                let step = format!("{to}-{steps}");
                let parents = |node: Option<Node>| match node {
                    Some(node) => self.graph.parents(node).to_vec(),
                    None => Vec::new(),
                };
                Range {
                    from: self.walk_along((&step, steps), &ends, parents)?,
                    to: ends,
                }
            }
            (None, Some(count)) if count > 0 => {
                let (ends, steps) = (self.lower(from)?, count.unsigned_abs());
                let from = if from.is_empty() { "base" } else { from };
                let step = format!("{from}+{steps}");
                let children = |node: Option<Node>| match node {
                    Some(node) => self.graph.children(node).to_vec(),
                    None => self.graph.bases(),
                };
                Range {
                    to: self.walk_along((&step, steps), &ends, children)?,
                    from: ends,
                }
            }
            _ => Range {
                from: self.lower(from)?,
                to: self.upper(to)?,
            },
        };
        self.check(text, &range)?;
        Ok(range)
    }

    /// The revisions of a range, in id order.
    pub fn within(&self, range: &Range) -> NodeSet {
        let upper = range.to.iter().filter_map(|target| target.point);
        let mut set = self.graph.ancestors(upper, Along::Line);
        let lower: Vec<Node> = range
            .from
            .iter()
            .filter_map(|target| target.point)
            .collect();
        if !lower.is_empty() {
            let above = self.graph.descendants(lower, Along::Line);
            set = set.iter().filter(|&node| above.contains(node)).collect();
        }
        let lines = range
            .from
            .iter()
            .chain(&range.to)
            .filter_map(|target| target.line);
        for line in lines {
            let members = self.graph.line_of(line);
            set = set.iter().filter(|&node| members.contains(node)).collect();
        }
        set
    }

    fn lower(&self, text: &str) -> Result<Vec<Target>> {
        if text.is_empty() {
            Ok(vec![Target::BASE])
        } else {
            self.targets(text)
        }
    }

    fn upper(&self, text: &str) -> Result<Vec<Target>> {
        self.targets(if text.is_empty() { "heads" } else { text })
    }

    /// From each end some steps along its line, and no further than that goes.
    fn walk_along(
        &self,
        (text, count): (&str, u64),
        ends: &[Target],
        next: impl Fn(Option<Node>) -> Vec<Node>,
    ) -> Result<Vec<Target>> {
        let walk = |end: &Target| {
            let members = end.line.map(|line| self.graph.line_of(line));
            let mut point = end.point;
            for _ in 0..count {
                let mut ways = next(point);
                ways.retain(|&node| members.as_ref().is_none_or(|line| line.contains(node)));
                match ways.as_slice() {
                    [] => break,
                    [node] => point = Some(*node),
                    several => return Err(self.several_ways(text, several)),
                }
            }
            Ok(Target {
                point,
                line: end.line,
            })
        };
        ends.iter().map(walk).collect()
    }

    fn check(&self, text: &str, range: &Range) -> Result<()> {
        let points = |ends: &[Target]| ends.iter().filter_map(|end| end.point).collect::<Vec<_>>();
        let (from, to) = (points(&range.from), points(&range.to));
        let ends_at_base = range.to.iter().any(|end| end.point.is_none());
        if from.is_empty() || (to.is_empty() && !ends_at_base) {
            return Ok(());
        }
        let below = self.graph.ancestors(from.iter().copied(), Along::Line);
        let above = self.graph.descendants(from.iter().copied(), Along::Line);
        let is_reversed = to
            .iter()
            .all(|node| below.contains(*node) && !from.contains(node));
        let range = text.to_owned();
        if is_reversed {
            return Err(SymbolError::Reversed { range });
        }
        if !to.iter().any(|node| above.contains(*node)) {
            return Err(SymbolError::Apart { range });
        }
        Ok(())
    }
}
