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
    /// Those of each symbol, and an upper end that lies below the lower.
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
                let to = self.upper(to)?;
                Range {
                    from: self.below(&to, count.unsigned_abs()),
                    to,
                }
            }
            (None, Some(count)) if count > 0 => {
                let from = self.lower(from)?;
                Range {
                    to: self.above(&from, count.unsigned_abs()),
                    from,
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

    fn below(&self, ends: &[Target], count: u64) -> Vec<Target> {
        let lower = |end: &Target| {
            let mut point = end.point;
            for _ in 1..count {
                point = point
                    .and_then(|node| self.graph.parents(node).first().copied())
                    .or(point);
            }
            Target {
                point,
                line: end.line,
            }
        };
        ends.iter().map(lower).collect()
    }

    fn above(&self, ends: &[Target], count: u64) -> Vec<Target> {
        let upper = |end: &Target| {
            let mut point = end.point;
            for _ in 0..count {
                let next = match point {
                    Some(node) => self.graph.children(node).first().copied(),
                    None => self.graph.bases().first().copied(),
                };
                point = next.or(point);
            }
            Target {
                point,
                line: end.line,
            }
        };
        ends.iter().map(upper).collect()
    }

    fn check(&self, text: &str, range: &Range) -> Result<()> {
        let points = |ends: &[Target]| ends.iter().filter_map(|end| end.point).collect::<Vec<_>>();
        let (from, to) = (points(&range.from), points(&range.to));
        if from.is_empty() || to.is_empty() {
            return Ok(());
        }
        let below = self.graph.ancestors(from.iter().copied(), Along::Line);
        let is_reversed = to
            .iter()
            .all(|node| below.contains(*node) && !from.contains(node));
        if is_reversed {
            return Err(SymbolError::Reversed {
                range: text.to_owned(),
            });
        }
        Ok(())
    }
}
