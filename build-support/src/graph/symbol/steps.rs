//! Relative symbols: `+2`, `-1`, `head-2`, `base+3`, `accounts@head-1`.
//!
//! A step counts along one line; where it could go two ways it is an error that names both.

use super::{Result, SymbolError, Symbols, Target, error};
use crate::{
    graph::{Node, NodeSet},
    revision::Direction,
};

/// The count of a bare step, `+N` or `-N`; zero is none.
pub(super) fn bare(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-'])?;
    let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let count: i64 = if is_number {
        digits.parse().ok()?
    } else {
        return None;
    };
    Some(if text.starts_with('-') { -count } else { count })
}

/// Splits `SYMBOL+N` or `SYMBOL-N`.
fn suffix(text: &str) -> Option<(&str, i64)> {
    let at = text.rfind(['+', '-']).filter(|&at| at > 0)?;
    Some((&text[..at], bare(&text[at..])?))
}

impl Symbols<'_> {
    /// `SYMBOL+N` or `SYMBOL-N`; `None` where the text has not that shape or what stands before
    /// the step is no symbol (it may be part of a slug).
    pub(super) fn relative(&self, text: &str, line: Option<Node>) -> Result<Option<Target>> {
        let Some((symbol, count)) = suffix(text) else {
            return Ok(None);
        };
        let start = match self.start(symbol, line) {
            Ok(start) => start,
            Err(SymbolError::Unknown { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let point = self.walk((text, count), start, line)?;
        Ok(Some(Target { point, line }))
    }

    fn start(&self, symbol: &str, line: Option<Node>) -> Result<Option<Node>> {
        if let Some(found) = self.keyword(symbol, line)? {
            return match found.as_slice() {
                [target] => Ok(target.point),
                [] => Err(SymbolError::NoRevision {
                    symbol: symbol.to_owned(),
                }),
                several => {
                    let nodes: Vec<_> = several.iter().filter_map(|target| target.point).collect();
                    Err(self.ambiguous(symbol, &nodes))
                }
            };
        }
        match self.exact(symbol, line)? {
            Some(node) => Ok(Some(node)),
            None => self.prefix(symbol, line).map(Some),
        }
    }

    /// A step from what is applied, on a line or everywhere.
    pub(super) fn step_of_current(
        &self,
        text: &str,
        count: i64,
        line: Option<Node>,
    ) -> Result<Target> {
        let start = match self.current(text, line)?.as_slice() {
            [] => None,
            [node] => Some(*node),
            several => return Err(self.several_ways(text, several)),
        };
        let point = self.walk((text, count), start, line)?;
        Ok(Target { point, line })
    }

    fn walk(
        &self,
        (text, count): (&str, i64),
        start: Option<Node>,
        line: Option<Node>,
    ) -> Result<Option<Node>> {
        let members = line.map(|node| self.graph.line_of(node));
        let (steps, members) = (count.unsigned_abs(), members.as_ref());
        match count {
            0 => Ok(start),
            1.. => self.walk_up(text, start, steps, members),
            _ => self.walk_down(text, start, steps, members),
        }
    }

    fn walk_up(
        &self,
        text: &str,
        start: Option<Node>,
        count: u64,
        members: Option<&NodeSet>,
    ) -> Result<Option<Node>> {
        let mut at = start;
        for done in 0..count {
            let next = match at {
                Some(node) => self.graph.children(node).to_vec(),
                None => self.graph.bases(),
            };
            at = Some(self.only(text, next, done, members)?);
        }
        Ok(at)
    }

    /// The step below a root is the base; the last step of a way down may go below a merge.
    fn walk_down(
        &self,
        text: &str,
        start: Option<Node>,
        count: u64,
        members: Option<&NodeSet>,
    ) -> Result<Option<Node>> {
        let mut at = start;
        for done in 0..count {
            let Some(node) = at else {
                return Err(too_far(text, done));
            };
            let parents = self.graph.parents(node);
            let is_last = done + 1 == count;
            at = match self.below_merge(node, members).filter(|_| is_last) {
                Some(parent) => Some(parent),
                None if parents.is_empty() => None,
                None => Some(self.only(text, parents.to_vec(), done, members)?),
            };
        }
        Ok(at)
    }

    /// The parent above which only the merge is applied: to go down to it reverts the merge alone,
    /// so that it is clear what is meant although there are several parents.
    fn below_merge(&self, merge: Node, members: Option<&NodeSet>) -> Option<Node> {
        let applied = self
            .applied
            .filter(|_| self.direction == Some(Direction::Down))?;
        let is_clear = |parent: &Node| {
            let children = self.graph.children(*parent).iter().copied();
            children
                .filter(|&child| applied.contains(child))
                .eq([merge])
        };
        let parents = self.graph.parents(merge).iter().copied();
        let on_line = |parent: &Node| members.is_none_or(|members| members.contains(*parent));
        parents.filter(on_line).find(is_clear)
    }

    fn only(
        &self,
        text: &str,
        mut next: Vec<Node>,
        done: u64,
        members: Option<&NodeSet>,
    ) -> Result<Node> {
        next.retain(|&node| members.is_none_or(|members| members.contains(node)));
        match next.as_slice() {
            [node] => Ok(*node),
            [] => Err(too_far(text, done)),
            several => Err(self.several_ways(text, several)),
        }
    }

    pub(super) fn several_ways(&self, text: &str, nodes: &[Node]) -> SymbolError {
        SymbolError::SeveralWays {
            symbol: text.to_owned(),
            candidates: error::candidates(self.graph, nodes),
        }
    }
}

fn too_far(text: &str, possible: u64) -> SymbolError {
    SymbolError::TooFar {
        symbol: text.to_owned(),
        possible,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_a_sign_and_digits() {
        assert_eq!(bare("+2"), Some(2));
        assert_eq!(bare("-13"), Some(-13));
        assert_eq!(bare("2"), None);
        assert_eq!(bare("-"), None);
        assert_eq!(bare("-2a"), None);
        assert_eq!(suffix("head-2"), Some(("head", -2)));
        assert_eq!(suffix("fix-login+1"), Some(("fix-login", 1)));
        assert_eq!(suffix("-2"), None);
    }
}
