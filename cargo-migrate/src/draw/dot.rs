//! The graph for Graphviz: an arrow leads from a revision to what it follows.

use std::fmt::Write as _;

use build_support::graph::Graph;

/// The whole graph in the DOT language.
pub fn dot(graph: &Graph) -> String {
    let mut text = String::from(
        "digraph revisions {\n  rankdir=BT;\n  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n",
    );
    for node in graph.nodes() {
        let (id, message) = super::title(graph, node);
        let label = format!("{}\\n{}", escaped(&id), escaped(&message));
        line(
            &mut text,
            &format!("\"{}\" [label=\"{label}\"];", graph.id(node)),
        );
    }
    for node in graph.nodes() {
        for &parent in graph.parents(node) {
            line(
                &mut text,
                &format!("\"{}\" -> \"{}\";", graph.id(node), graph.id(parent)),
            );
        }
        for &needed in graph.depends_on(node) {
            let edge = format!("\"{}\" -> \"{}\"", graph.id(node), graph.id(needed));
            line(&mut text, &format!("{edge} [style=dashed];"));
        }
    }
    text.push_str("}\n");
    text
}

fn line(text: &mut String, line: &str) {
    writeln!(text, "  {line}").expect("a String takes every write");
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}
