//! The schema as an SVG picture.

use std::fmt::Write as _;

use super::{
    Diagram, Link,
    layout::{self, Place, ROW},
};
use crate::draw::svg::{COLOURS, escaped};

/// The whole schema as an SVG document.
pub(super) fn svg(diagram: &Diagram) -> String {
    let (places, (width, height)) = layout::layout(diagram);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" font-family=\"ui-monospace, monospace\" \
         font-size=\"13\">\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
    );
    // Lines first: a table that stands in their way covers them.
    for link in &diagram.links {
        edge(&mut text, link, &places);
    }
    for (at, &place) in places.iter().enumerate() {
        table(&mut text, diagram, at, place);
    }
    text.push_str("</svg>\n");
    text
}

fn edge(text: &mut String, link: &Link, places: &[Place]) {
    let (from, to) = (places[link.from], places[link.to]);
    let (y1, y2) = (
        from.y + ROW * (link.column + 1) + ROW / 2 + 4,
        to.y + ROW / 2 + 2,
    );
    // To the left it leaves on the left; to the same column and to the right, on the right.
    let path = if to.x < from.x {
        let (x1, x2) = (from.x, to.x + to.width);
        format!("M{x1} {y1}C{} {y1} {} {y2} {x2} {y2}", x1 - 45, x2 + 45)
    } else {
        let (x1, x2) = (from.x + from.width, to.x + to.width);
        let turn = x1.max(x2) + 40;
        format!("M{x1} {y1}C{turn} {y1} {turn} {y2} {x2} {y2}")
    };
    let colour = COLOURS[link.to % COLOURS.len()];
    let dashes = if link.required {
        ""
    } else {
        " stroke-dasharray=\"5 3\""
    };
    line(
        text,
        &format!(
            "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\"{dashes}/>"
        ),
    );
}

fn table(text: &mut String, diagram: &Diagram, at: usize, place: Place) {
    let (table, colour) = (&diagram.tables[at], COLOURS[at % COLOURS.len()]);
    let Place {
        x,
        y,
        width,
        height,
    } = place;
    line(
        text,
        &format!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"4\" \
             fill=\"#ffffff\" stroke=\"{colour}\"/>"
        ),
    );
    let head = format!(
        "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{}\" rx=\"4\" fill=\"{colour}\"/>\
         <text x=\"{}\" y=\"{}\" fill=\"#ffffff\" font-weight=\"bold\">{}</text>",
        ROW + 4,
        x + 8,
        y + 16,
        escaped(&table.name)
    );
    line(text, &head);
    for (row, column) in table.columns.iter().enumerate() {
        let weight = if column.primary {
            " font-weight=\"bold\""
        } else {
            ""
        };
        let null = if column.not_null { "" } else { " ?" };
        let y = y + ROW * (row + 1) + 18;
        line(
            text,
            &format!(
                "<text x=\"{}\" y=\"{y}\" fill=\"#1f2328\"{weight}>{}</text>\
                 <text x=\"{}\" y=\"{y}\" fill=\"#656d76\" text-anchor=\"end\">{}{null}</text>",
                x + 8,
                escaped(&column.name),
                x + width - 8,
                escaped(&column.data_type)
            ),
        );
    }
}

fn line(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("a String takes every write");
}
