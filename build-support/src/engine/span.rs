//! Where a script of `--sql` begins and ends: `A:B`, or targets from wherever the database is.

use super::assume;
use crate::{
    diagnostic::{Diagnose, Diagnostic, Exit},
    graph::{
        Graph, Node, SymbolError,
        symbol::{Symbols, Target},
        walk::Along,
    },
    history::State,
};

/// The way of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The end of the range that it begins at; `None` asks the database.
    pub from: Option<String>,
    /// Where it goes.
    pub to: Vec<String>,
}

/// A range beside other targets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a range `A:B` stands alone")]
pub struct RangeInCompany;

impl Diagnose for RangeInCompany {
    fn diagnose(&self) -> Diagnostic {
        Diagnostic::new(Exit::Usage, self.to_string()).hint("give one range, or only targets")
    }
}

impl Span {
    /// Splits a range; `A:` ends at `open`, and `:B` begins at the other end.
    ///
    /// # Errors
    /// A range beside other targets.
    pub fn of(targets: &[String], open: &str) -> Result<Self, RangeInCompany> {
        let ranges = targets.iter().filter(|target| target.contains(':')).count();
        match targets {
            [one] if ranges == 1 => {
                let (from, to) = one.split_once(':').unwrap_or(("", one));
                let or =
                    |text: &str, open: &str| if text.is_empty() { open } else { text }.to_owned();
                let begin = if open == "base" { "head" } else { "base" };
                Ok(Self {
                    from: Some(or(from, begin)),
                    to: vec![or(to, open)],
                })
            }
            _ if ranges > 0 => Err(RangeInCompany),
            _ => Ok(Self {
                from: None,
                to: targets.to_vec(),
            }),
        }
    }
}

/// Refuses a range whose end lies below its beginning: `up` has no script for it.
///
/// # Errors
/// A range that goes down.
pub fn refuse_reversed(graph: &Graph, span: &Span) -> Result<(), SymbolError> {
    let (Some(from), [to]) = (&span.from, span.to.as_slice()) else {
        return Ok(());
    };
    let symbols = Symbols::offline(graph);
    // What names nothing is told by who works with it.
    let (Ok(lower), Ok(upper)) = (symbols.targets(from), symbols.targets(to)) else {
        return Ok(());
    };
    let points = |targets: &[Target]| {
        targets
            .iter()
            .filter_map(|end| end.point)
            .collect::<Vec<_>>()
    };
    let (lower, upper) = (points(&lower), points(&upper));
    let below = graph.ancestors(lower.iter().copied(), Along::Needs);
    let is_below = |node: &Node| below.contains(*node) && !lower.contains(node);
    if lower.is_empty() || !upper.iter().all(is_below) {
        return Ok(());
    }
    Err(SymbolError::Reversed {
        range: format!("{from}:{to}"),
    })
}

/// The state of a database at a symbol; at the base it has no history.
///
/// # Errors
/// A symbol that names nothing.
pub fn assumed_at(graph: &Graph, symbol: &str) -> Result<Option<State>, SymbolError> {
    let expanded;
    let graph = match Symbols::offline(graph).targets(symbol) {
        // A database may be in the middle of what a squashed revision replaces.
        Err(SymbolError::Replaced { .. }) => {
            let all = graph.squashes().iter().map(|squash| squash.by.clone());
            expanded = graph.expanded(&all.collect());
            &expanded
        }
        Ok(_) | Err(_) => graph,
    };
    let targets = Symbols::offline(graph).targets(symbol)?;
    let points: Vec<_> = targets.iter().filter_map(|target| target.point).collect();
    if points.is_empty() {
        return Ok(None);
    }
    Ok(Some(assume(graph, &graph.ancestors(points, Along::Needs))))
}
