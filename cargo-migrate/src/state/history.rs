//! What a database that revisions have built is known by.

use std::collections::BTreeMap;

use build_support::{
    graph::{Graph, Node},
    revision::TransactionMode,
};
use sha2::{Digest as _, Sha256};

/// Goes up when the same revisions would build something else.
const FORMAT: &str = "1";

/// A key for what stands after each of the nodes: equal keys, equal databases. Scripts can read the
/// variables, and they find the schema of the history.
pub(super) fn keys(
    graph: &Graph,
    nodes: &[Node],
    variables: &BTreeMap<String, String>,
    history_schema: &str,
) -> Vec<String> {
    let mut hash = Sha256::new();
    hash.update(FORMAT);
    for (name, value) in variables {
        hash.update(format!("{name}={value}\0"));
    }
    if history_schema != "public" {
        hash.update(format!("schema {history_schema}\0"));
    }
    let mut keys = Vec::with_capacity(nodes.len());
    for &node in nodes {
        let up = &graph.revision(node).up;
        hash.update(up.checksum.to_string());
        hash.update(match up.transaction {
            TransactionMode::Own => "own",
            TransactionMode::None => "none",
        });
        let digest = hash.clone().finalize();
        keys.push(
            digest[..16]
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        );
    }
    keys
}

#[cfg(test)]
mod tests {
    use build_support::{
        graph::NodeSet,
        source::{File, load},
    };

    use super::*;

    fn keys_of(scripts: &[&str]) -> Vec<String> {
        let files = scripts.iter().enumerate().map(|(at, text)| File {
            path: format!("{}_a.up.sql", at + 1),
            root: "migrations".into(),
            bytes: text.as_bytes().to_vec().into(),
        });
        let source = load(files.collect()).unwrap();
        let graph = Graph::new(source.revisions).unwrap();
        let nodes = graph.order_up(&graph.heads(), &NodeSet::default());
        keys(&graph, &nodes, &BTreeMap::new(), "public")
    }

    #[test]
    fn a_longer_history_has_the_keys_of_the_shorter_one() {
        let short = keys_of(&["SELECT 1;\n", "SELECT 2;\n"]);
        let long = keys_of(&["SELECT 1;\n", "SELECT 2;\n", "SELECT 3;\n"]);
        assert_eq!(short, long[..2]);
    }

    #[test]
    fn an_edit_changes_the_keys_from_there_on() {
        let before = keys_of(&["SELECT 1;\n", "SELECT 2;\n", "SELECT 3;\n"]);
        let after = keys_of(&["SELECT 1;\n", "SELECT 0;\n", "SELECT 3;\n"]);
        assert_eq!(before[0], after[0]);
        assert!(before[1] != after[1] && before[2] != after[2]);
    }
}
