//! The graph as an SVG picture: one row for each revision, the newest on top, a column for each line.

use std::{collections::HashMap, fmt::Write as _};

use build_support::{
    graph::{Graph, Node},
    report::Lanes,
};

const ROW: usize = 28;
const COLUMN: usize = 22;
const MARGIN: usize = 20;
/// Colours that tell lines apart on a light and on a dark ground.
pub(super) const COLOURS: [&str; 6] = [
    "#2f81f7", "#3fb950", "#db6d28", "#a371f7", "#db61a2", "#9e8a00",
];

/// The whole graph as an SVG document.
pub fn svg(graph: &Graph) -> String {
    let nodes = super::newest_first(graph);
    let all = graph.nodes().collect();
    let mut lanes = Lanes::default();
    let spots: HashMap<Node, Spot> = nodes
        .iter()
        .enumerate()
        .map(|(row, &node)| {
            (
                node,
                Spot {
                    row,
                    lane: lanes.row(graph, node, &all).lane,
                },
            )
        })
        .collect();
    let columns = spots.values().map(|spot| spot.lane + 1).max().unwrap_or(1);
    let mut picture = Picture::new(&nodes, graph, columns);
    for &node in &nodes {
        for &parent in graph.parents(node) {
            picture.edge(spots[&node], spots[&parent]);
        }
        for &needed in graph.depends_on(node) {
            picture.need(spots[&node], spots[&needed]);
        }
    }
    for &node in &nodes {
        picture.revision(graph, node, spots[&node]);
    }
    picture.finish()
}

/// Where a revision stands.
#[derive(Clone, Copy)]
struct Spot {
    row: usize,
    lane: usize,
}

impl Spot {
    fn x(self) -> usize {
        MARGIN + self.lane * COLUMN
    }

    fn y(self) -> usize {
        MARGIN + self.row * ROW
    }

    fn colour(self) -> &'static str {
        COLOURS[self.lane % COLOURS.len()]
    }
}

struct Picture {
    text: String,
    /// Where the texts begin.
    left: usize,
}

impl Picture {
    fn new(nodes: &[Node], graph: &Graph, columns: usize) -> Self {
        let left = MARGIN + columns * COLUMN;
        let width_of = |&node: &Node| {
            let (id, message) = super::title(graph, node);
            (id.chars().count() + message.chars().count() + 3) * 8
        };
        let width = left + nodes.iter().map(width_of).max().unwrap_or(0) + MARGIN;
        let height = 2 * MARGIN + nodes.len().saturating_sub(1) * ROW;
        let text = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" font-family=\"ui-monospace, monospace\" \
             font-size=\"13\">\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
        );
        Self { text, left }
    }

    fn edge(&mut self, from: Spot, to: Spot) {
        let (x1, y1, x2, y2) = (from.x(), from.y(), to.x(), to.y());
        // The outer of the two columns carries the line; it turns in the row beside the inner end.
        let path = if from.lane >= to.lane {
            format!(
                "M{x1} {y1}V{}C{x1} {y2} {x2} {} {x2} {y2}",
                y2 - ROW,
                y2 - ROW / 2
            )
        } else {
            let turn = y1 + ROW;
            format!(
                "M{x1} {y1}C{x1} {} {x2} {y1} {x2} {turn}V{y2}",
                y1 + ROW / 2
            )
        };
        let colour = if from.lane >= to.lane {
            from.colour()
        } else {
            to.colour()
        };
        self.line(&format!(
            "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>"
        ));
    }

    /// A dependency runs between the columns, where no revision stands.
    fn need(&mut self, from: Spot, to: Spot) {
        let (x1, y1, x2, y2) = (from.x(), from.y(), to.x(), to.y());
        let gutter = x1.max(x2) + COLUMN / 2;
        let (leave, arrive) = (y1 + ROW / 2, y2.saturating_sub(ROW / 2));
        let path =
            format!("M{x1} {y1}Q{gutter} {y1} {gutter} {leave}V{arrive}Q{gutter} {y2} {x2} {y2}");
        let colour = from.colour();
        self.line(&format!(
            "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1\" \
             stroke-dasharray=\"4 3\"/>"
        ));
    }

    fn revision(&mut self, graph: &Graph, node: Node, spot: Spot) {
        let (id, message) = super::title(graph, node);
        let (x, y, colour) = (spot.x(), spot.y(), spot.colour());
        self.line(&format!(
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"5\" fill=\"{colour}\"/>"
        ));
        self.line(&format!(
            "<text x=\"{}\" y=\"{}\" fill=\"#1f2328\"><tspan font-weight=\"bold\">{}</tspan> {}</text>",
            self.left,
            y + 4,
            escaped(&id),
            escaped(&message)
        ));
    }

    fn line(&mut self, line: &str) {
        writeln!(self.text, "{line}").expect("a String takes every write");
    }

    fn finish(mut self) -> String {
        self.text.push_str("</svg>\n");
        self.text
    }
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
