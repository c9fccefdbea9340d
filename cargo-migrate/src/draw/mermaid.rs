//! The graph for Mermaid, which many sites draw inside Markdown.

use std::fmt::Write as _;

use build_support::graph::Graph;

/// The whole graph as a Mermaid flowchart.
pub fn mermaid(graph: &Graph) -> String {
    let mut text = String::from("flowchart BT\n");
    for node in graph.nodes() {
        let (id, message) = super::title(graph, node);
        let label = format!("{}<br/>{}", escaped(&id), escaped(&message));
        line(&mut text, &format!("r{}[\"{label}\"]", graph.id(node)));
    }
    for node in graph.nodes() {
        for &parent in graph.parents(node) {
            line(
                &mut text,
                &format!("r{} --> r{}", graph.id(node), graph.id(parent)),
            );
        }
        for &needed in graph.depends_on(node) {
            line(
                &mut text,
                &format!("r{} -.-> r{}", graph.id(node), graph.id(needed)),
            );
        }
    }
    text
}

fn line(text: &mut String, line: &str) {
    writeln!(text, "  {line}").expect("a String takes every write");
}

/// Mermaid reads entities inside a quoted label.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('#', "&num;")
}
