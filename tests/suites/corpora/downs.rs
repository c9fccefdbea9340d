//! The down scripts of real histories: `verify` finds those that do not give the schema back, and
//! `generate-down` writes ones that do.

use std::path::Path;

use build_support::{
    graph::{Graph, Node, NodeSet},
    source::folder,
};
use cargo_migrate::verify::{StairOutcome, generate_downs, stairway};
use migrate_tests::harness::server;

use super::corpora;

/// How many down scripts of a history give back what.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    exact: usize,
    but_for_column_order: usize,
    wrong: usize,
    fails: usize,
    none: usize,
}

impl Tally {
    fn count(&mut self, outcome: &StairOutcome) {
        *match outcome {
            StairOutcome::Restored | StairOutcome::Repeats => &mut self.exact,
            StairOutcome::ColumnOrder(_) => &mut self.but_for_column_order,
            StairOutcome::Differs(_)
            | StairOutcome::UpAgainDiffers(_)
            | StairOutcome::AgainDiffers(_) => &mut self.wrong,
            StairOutcome::DownFails(_)
            | StairOutcome::UpAgainFails(_)
            | StairOutcome::AgainFails(_) => &mut self.fails,
            StairOutcome::NoDown | StairOutcome::Irreversible(_) => &mut self.none,
        } += 1;
    }

    fn not_exact(&self) -> usize {
        self.but_for_column_order + self.wrong + self.fails
    }
}

/// By `pg_dump` before up and after down: 44 of 125, 58 of 267 and 29 of 115 are not inverses.
#[test]
fn verify_finds_exactly_the_downs_that_do_not_restore() {
    let Some(root) = corpora() else { return };
    for (name, expected, not_exact) in [
        ("graph-node", (81, 6, 16, 22, 0), 44),
        ("zksync", (209, 9, 28, 21, 2), 58),
        ("firefly", (86, 3, 22, 4, 0), 29),
    ] {
        let (graph, nodes) = history(&root.join(name));
        let mut tally = Tally::default();
        let stairs = stairway(server(), &graph, &[], &nodes, &mut |stair| {
            tally.count(&stair.outcome);
        });
        stairs.unwrap_or_else(|error| panic!("{name}: {error:?}"));
        let (exact, but_for_column_order, wrong, fails, none) = expected;
        let expected = Tally {
            exact,
            but_for_column_order,
            wrong,
            fails,
            none,
        };
        assert_eq!(tally, expected, "{name}");
        assert_eq!(tally.not_exact(), not_exact, "{name}");
    }
}

#[test]
fn generate_down_writes_one_that_restores_for_every_revision() {
    let Some(root) = corpora() else { return };
    for name in ["graph-node", "zksync", "firefly"] {
        let (graph, nodes) = history(&root.join(name));
        let generated = generate_downs(server(), &graph, &[], &nodes, &|_| true)
            .unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert_eq!(generated.len(), nodes.len(), "{name}");
        let wrong: Vec<String> = generated
            .iter()
            .filter(|one| !one.outcome.is_ok())
            .map(|one| format!("{}: {}", graph.id(one.node), one.outcome))
            .collect();
        assert!(wrong.is_empty(), "{name}:\n{}", wrong.join("\n"));
    }
}

fn history(path: &Path) -> (Graph, Vec<Node>) {
    let source = folder::load(&[path]).unwrap_or_else(|errors| panic!("{errors}"));
    let graph = Graph::new(source.revisions).unwrap_or_else(|errors| panic!("{errors:?}"));
    let nodes = graph.order_up(&graph.heads(), &NodeSet::default());
    (graph, nodes)
}
