//! The lines of `history --graph`: which column a revision stands in, and how the columns join.
//!
//! Revisions come newest first. A lane is a column that waits for the revision it leads down to.

use crate::graph::{Graph, Node, NodeSet};

/// The columns while the revisions go by.
#[derive(Debug, Default)]
pub struct Lanes {
    waiting: Vec<Option<Node>>,
}

/// One revision in the drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The column that it stands in.
    pub lane: usize,
    /// What stands left of its text: `| * |`.
    pub line: String,
    /// The joints drawn below it: `|\`, `|/`.
    pub below: Vec<String>,
}

impl Lanes {
    /// Draws the next revision; lines lead only to revisions that are among those drawn.
    pub fn row(&mut self, graph: &Graph, node: Node, among: &NodeSet) -> Row {
        let lane = self.lane_of(node);
        let line = self.line(lane);
        let parents = graph.parents(node).iter().copied();
        let drawn: Vec<Node> = parents.filter(|&parent| among.contains(parent)).collect();
        let below = self.lead_to(lane, &drawn);
        Row { lane, line, below }
    }

    fn lane_of(&mut self, node: Node) -> usize {
        let found = self.waiting.iter().position(|&lane| lane == Some(node));
        let lane = found.or_else(|| self.waiting.iter().position(Option::is_none));
        let lane = lane.unwrap_or_else(|| {
            self.waiting.push(None);
            self.waiting.len() - 1
        });
        self.waiting[lane] = Some(node);
        lane
    }

    fn line(&self, star: usize) -> String {
        let mark = |(lane, node): (usize, &Option<Node>)| match node {
            _ if lane == star => '*',
            Some(_) => '|',
            None => ' ',
        };
        spaced(self.waiting.iter().enumerate().map(mark))
    }

    /// Makes a lane lead to the parents: the first in the lane itself, others to its right.
    fn lead_to(&mut self, lane: usize, parents: &[Node]) -> Vec<String> {
        let mut below = Vec::new();
        let mut parents = parents.iter();
        self.waiting[lane] = parents.next().copied();
        for &parent in parents {
            below.push(self.fork(lane, parent));
        }
        while let Some((left, right)) = self.twins() {
            below.push(self.join(left, right));
        }
        while self.waiting.last() == Some(&None) {
            self.waiting.pop();
        }
        below
    }

    /// Opens a lane right of another: `|\`, the lanes further right move aside.
    fn fork(&mut self, lane: usize, parent: Node) -> String {
        let mut cells = Vec::new();
        for (at, node) in self.waiting.iter().enumerate() {
            let mark = if node.is_some() { '|' } else { ' ' };
            match at {
                _ if at <= lane => cells.extend([mark, ' ']),
                _ => cells.extend([' ', if node.is_some() { '\\' } else { ' ' }]),
            }
        }
        // The new lane leaves right beside the one it comes from.
        cells[2 * lane + 1] = '\\';
        let beside = lane + 1;
        if self.waiting.get(beside) == Some(&None) {
            self.waiting[beside] = Some(parent);
            return self.fork_into_gap(lane);
        }
        self.waiting.insert(beside, Some(parent));
        trimmed(cells)
    }

    fn fork_into_gap(&self, lane: usize) -> String {
        let mut cells = Vec::new();
        for (at, node) in self.waiting.iter().enumerate() {
            let mark = if node.is_some() && at != lane + 1 {
                '|'
            } else {
                ' '
            };
            cells.extend([mark, ' ']);
        }
        cells[2 * lane + 1] = '\\';
        trimmed(cells)
    }

    /// Two lanes that wait for one revision.
    fn twins(&self) -> Option<(usize, usize)> {
        let lanes = self.waiting.iter().enumerate();
        let mut pairs = lanes.filter_map(|(right, node)| {
            let twin = self.waiting[..right].iter().position(|other| other == node);
            node.and(twin).map(|left| (left, right))
        });
        pairs.next()
    }

    /// Joins the right lane into the left: `|/`, or `|_|/` over lanes between.
    fn join(&mut self, left: usize, right: usize) -> String {
        let mut cells = Vec::new();
        for (at, node) in self.waiting.iter().enumerate() {
            let passes = at > left && at < right;
            cells.push(match node {
                Some(_) if at != right => '|',
                None if passes => '_',
                Some(_) | None => ' ',
            });
            cells.push(if at >= left && at + 1 < right {
                '_'
            } else {
                ' '
            });
        }
        cells[2 * right - 1] = '/';
        self.waiting[right] = None;
        trimmed(cells)
    }
}

fn spaced(marks: impl Iterator<Item = char>) -> String {
    trimmed(marks.flat_map(|mark| [mark, ' ']).collect())
}

fn trimmed(cells: Vec<char>) -> String {
    let line: String = cells.into_iter().collect();
    line.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{report::revisions::newest_first, sketch::revisions};

    fn drawing(sketch: &str) -> String {
        let graph = Graph::new(revisions(sketch)).expect("a sound graph");
        let mut lanes = Lanes::default();
        let mut lines = Vec::new();
        for node in newest_first(&graph) {
            let row = lanes.row(&graph, node, &graph.nodes().collect());
            lines.push(format!("{} {}", row.line, graph.revision(node).slug));
            lines.extend(row.below);
        }
        lines.join("\n")
    }

    #[test]
    fn a_line_is_one_column() {
        insta::assert_snapshot!(drawing("a b<a c<b"), @r"
        * c
        * b
        * a
        ");
    }

    #[test]
    fn a_fork_joins_at_the_branch_point() {
        insta::assert_snapshot!(drawing("a b<a c<a d<c"), @r"
        * d
        * c
        | * b
        |/
        * a
        ");
    }

    #[test]
    fn a_merge_opens_a_column() {
        insta::assert_snapshot!(drawing("a b<a c<a m<b,c e<m"), @r"
        * e
        * m
        |\
        | * c
        * | b
        |/
        * a
        ");
    }

    /// A hundred lines from one root, half of them merged: in every row one star, and the lanes that
    /// wait below it are those of the revisions still to come.
    #[test]
    fn a_hundred_branches_keep_their_columns() {
        let mut sketch = String::from("root");
        for line in 0..100 {
            sketch.push_str(&format!(" a{line}<root b{line}<a{line}"));
        }
        for pair in 0..25 {
            sketch.push_str(&format!(" m{pair}<b{},b{}", 4 * pair, 4 * pair + 3));
        }
        let graph = Graph::new(revisions(&sketch)).expect("a sound graph");
        let all = graph.nodes().collect();
        let (mut lanes, mut widest) = (Lanes::default(), 0);
        let mut drawn = NodeSet::default();
        for node in newest_first(&graph) {
            let row = lanes.row(&graph, node, &all);
            assert_eq!(row.line.matches('*').count(), 1, "{}", row.line);
            drawn.insert(node);
            let expected: NodeSet = drawn
                .iter()
                .flat_map(|node| graph.parents(node).to_vec())
                .filter(|&parent| !drawn.contains(parent))
                .collect();
            let waiting: NodeSet = lanes.waiting.iter().flatten().copied().collect();
            assert_eq!(
                waiting.iter().collect::<Vec<_>>(),
                expected.iter().collect::<Vec<_>>()
            );
            assert_eq!(
                lanes.waiting.iter().flatten().count(),
                expected.len(),
                "one lane each"
            );
            widest = widest.max(row.line.len());
        }
        assert!(lanes.waiting.is_empty());
        assert!(widest < 200, "{widest}");
    }

    #[test]
    fn roots_of_their_own_end_their_column() {
        insta::assert_snapshot!(drawing("a b<a x y<x"), @r"
        * y
        * x
        * b
        * a
        ");
    }
}
