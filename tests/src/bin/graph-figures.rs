//! How long a large history takes to load and to plan, without a database: ten thousand revisions, a
//! hundred branches that are merged again and again.
//!
//! `cargo run --release -p migrate-tests --bin graph-figures [REVISIONS [BRANCHES]]`

use std::{
    path::Path,
    time::{Duration, Instant},
};

use build_support::{
    graph::{Graph, Node, NodeSet, symbol::Symbols},
    plan,
    source::folder,
};
use migrate_tests::figures::millis;

const ROUNDS: usize = 9;

fn main() {
    let mut numbers = std::env::args()
        .skip(1)
        .map(|text| text.parse().expect("a number"));
    let (revisions, branches) = (
        numbers.next().unwrap_or(10_000),
        numbers.next().unwrap_or(100),
    );
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), revisions, branches);
    let mut rounds: Vec<Round> = (0..ROUNDS).map(|_| measure(folder.path())).collect();
    rounds.sort_by_key(Round::whole);
    let middle = &rounds[ROUNDS / 2];
    say(&format!(
        "{revisions} revisions, {branches} branches, {} merges; {ROUNDS} rounds\n\
         median:  {}\nfastest: {}",
        middle.merges,
        middle.shown(),
        rounds[0].shown(),
    ));
}

struct Round {
    load: Duration,
    graph: Duration,
    plan: Duration,
    merges: usize,
}

impl Round {
    fn whole(&self) -> Duration {
        self.load + self.graph + self.plan
    }

    fn shown(&self) -> String {
        format!(
            "load {:.1} ms, graph {:.1} ms, plan {:.1} ms: {:.1} ms in all",
            millis(self.load),
            millis(self.graph),
            millis(self.plan),
            millis(self.whole()),
        )
    }
}

fn measure(folder: &Path) -> Round {
    let begin = Instant::now();
    let source = folder::load(&[folder]).unwrap_or_else(|errors| panic!("{errors}"));
    let load = begin.elapsed();
    let graph = Graph::new(source.revisions).unwrap_or_else(|errors| panic!("{errors:?}"));
    let built = begin.elapsed() - load;
    let targets = Symbols::offline(&graph).targets("heads").expect("heads");
    let order = plan::up(&graph, &NodeSet::default(), &targets).expect("a plan");
    let planned = begin.elapsed() - load - built;
    assert_eq!(order.len(), graph.len());
    let is_merge = |node: &Node| graph.is_merge_point(*node);
    Round {
        load,
        graph: built,
        plan: planned,
        merges: graph.nodes().filter(is_merge).count(),
    }
}

/// Branches take turns; each tenth revision merges its branch with the next one's newest.
fn write(folder: &Path, revisions: usize, branches: usize) {
    let mut newest: Vec<usize> = Vec::new();
    for number in 0..revisions {
        let branch = number % branches;
        let parents = match newest.get(branch) {
            None => newest.first().map_or("base".to_owned(), |first| id(*first)),
            Some(&own) => match newest.get((branch + 1) % branches) {
                Some(&other) if number % 10 == 9 && other != own => {
                    format!("{},{}", id(own), id(other))
                }
                _ => id(own),
            },
        };
        match newest.get_mut(branch) {
            Some(own) => *own = number,
            None => newest.push(number),
        }
        let label = match number < branches {
            true => format!("-- migrate: label=branch{branch}\n"),
            false => String::new(),
        };
        let name = format!("{}_change_{number}", id(number));
        let up = format!(
            "-- Change number {number}.\n-- migrate: revises={parents}\n{label}\
             CREATE TABLE change_{number} (\n    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n    \
             name text NOT NULL DEFAULT 'it''s; one',\n    created_at timestamptz NOT NULL DEFAULT now()\n);\n\
             CREATE INDEX ON change_{number} (name);\n"
        );
        fs_err::write(folder.join(format!("{name}.up.sql")), up).expect("written");
        let down = format!("DROP TABLE change_{number};\n");
        fs_err::write(folder.join(format!("{name}.down.sql")), down).expect("written");
    }
}

fn id(number: usize) -> String {
    (20_260_101_000_000 + number).to_string()
}

#[expect(clippy::print_stdout, reason = "its answer")]
fn say(text: &str) {
    println!("{text}");
}
