//! The schema for Graphviz and for Mermaid, which lay it out themselves.

use std::fmt::Write as _;

use super::{Column, Diagram};

/// In the language of Graphviz: a table is a node, a key leads from its column.
pub(super) fn dot(diagram: &Diagram) -> String {
    let mut text = String::from(
        "digraph schema {\n  rankdir=RL;\n  node [shape=plain, fontname=\"sans-serif\"];\n",
    );
    for table in &diagram.tables {
        let row = |(at, column): (usize, &Column)| {
            let name = match column.primary {
                true => format!("<b>{}</b>", entities(&column.name)),
                false => entities(&column.name),
            };
            format!(
                "<tr><td align=\"left\" port=\"c{at}\">{name}</td><td align=\"left\">{}</td></tr>",
                entities(&column.data_type)
            )
        };
        let rows: String = table.columns.iter().enumerate().map(row).collect();
        let name = entities(&table.name);
        let head = format!("<tr><td colspan=\"2\" bgcolor=\"#dddddd\"><b>{name}</b></td></tr>");
        line(
            &mut text,
            &format!(
                "{} [label=<<table border=\"0\" cellborder=\"1\" cellspacing=\"0\">{head}{rows}</table>>];",
                quoted(&table.name)
            ),
        );
    }
    for link in &diagram.links {
        let (from, to) = (&diagram.tables[link.from], &diagram.tables[link.to]);
        let style = if link.required { "" } else { " [style=dashed]" };
        line(
            &mut text,
            &format!(
                "{}:c{} -> {}{style};",
                quoted(&from.name),
                link.column,
                quoted(&to.name)
            ),
        );
    }
    text.push_str("}\n");
    text
}

/// As an entity diagram of Mermaid.
pub(super) fn mermaid(diagram: &Diagram) -> String {
    let mut text = String::from("erDiagram\n");
    for (at, table) in diagram.tables.iter().enumerate() {
        line(&mut text, &format!("t{at}[{}] {{", quoted(&table.name)));
        for column in &table.columns {
            let keys = match (column.primary, column.foreign) {
                (true, true) => " PK, FK",
                (true, false) => " PK",
                (false, true) => " FK",
                (false, false) => "",
            };
            let words = (word(&column.data_type), word(&column.name));
            line(&mut text, &format!("  {} {}{keys}", words.0, words.1));
        }
        line(&mut text, "}");
    }
    for link in &diagram.links {
        let end = if link.required { "||" } else { "|o" };
        let column = &diagram.tables[link.from].columns[link.column].name;
        line(
            &mut text,
            &format!(
                "t{} {end}--o{{ t{} : {}",
                link.to,
                link.from,
                quoted(column)
            ),
        );
    }
    text
}

fn line(text: &mut String, line: &str) {
    writeln!(text, "  {line}").expect("a String takes every write");
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn entities(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Mermaid's types and columns are words.
fn word(text: &str) -> String {
    let letter = |c: char| {
        if c.is_alphanumeric() || "_-()[]".contains(c) {
            c
        } else {
            '_'
        }
    };
    let word: String = text.chars().map(letter).collect();
    match word.starts_with(|c: char| c.is_ascii_digit()) {
        true => format!("_{word}"),
        false => word,
    }
}
