//! Where tables stand: what is pointed at left of what points at it, in columns that never overlap.

use super::Diagram;

/// The height of a row of text.
pub(super) const ROW: usize = 18;
const GAP: usize = 24;
const AISLE: usize = 90;
const MARGIN: usize = 24;
/// About the width of a letter.
const LETTER: usize = 8;
/// A column of tables ends at about this height.
const TALLEST: usize = 2_400;

/// The box of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Place {
    pub(super) x: usize,
    pub(super) y: usize,
    pub(super) width: usize,
    pub(super) height: usize,
}

/// The box of each table, and the size of the whole.
pub(super) fn layout(diagram: &Diagram) -> (Vec<Place>, (usize, usize)) {
    let ranks = ranks(diagram);
    let mut places = vec![Place::default(); diagram.tables.len()];
    let (mut x, mut bottom) = (MARGIN, MARGIN);
    for rank in 0..=ranks.iter().copied().max().unwrap_or(0) {
        let mut tables: Vec<usize> = (0..ranks.len()).filter(|&at| ranks[at] == rank).collect();
        tables.sort_by_key(|&table| height_of_targets(diagram, table, &places));
        for column in columns(diagram, &tables) {
            let width = column
                .iter()
                .map(|&at| width(diagram, at))
                .max()
                .unwrap_or(0);
            let mut y = MARGIN;
            for table in column {
                let height = height(diagram, table);
                places[table] = Place {
                    x,
                    y,
                    width,
                    height,
                };
                y += height + GAP;
            }
            bottom = bottom.max(y);
            x += width + AISLE;
        }
    }
    (places, (x.saturating_sub(AISLE) + MARGIN, bottom))
}

/// A table stands right of all that it points at; a circle is cut where the least is left over.
fn ranks(diagram: &Diagram) -> Vec<usize> {
    let count = diagram.tables.len();
    let targets = |table: usize| {
        let links = diagram.links.iter().filter(move |link| link.from == table);
        links.map(|link| link.to).filter(move |&to| to != table)
    };
    let is_linked = |table: usize| {
        diagram
            .links
            .iter()
            .any(|l| l.from == table || l.to == table)
    };
    let mut ranks: Vec<Option<usize>> = vec![None; count];
    for _ in 0..count {
        let open = |&table: &usize| ranks[table].is_none();
        let missing = |&table: &usize| targets(table).filter(|&to| ranks[to].is_none()).count();
        let Some(next) = (0..count).filter(open).min_by_key(missing) else {
            break;
        };
        let below = targets(next).filter_map(|to| ranks[to]).max();
        ranks[next] = Some(below.map_or(0, |below| below + 1));
    }
    let last = ranks.iter().flatten().max().map_or(0, |last| last + 1);
    // What has no link at all stands aside, so that the others are near each other.
    let rank = |(table, rank): (usize, &Option<usize>)| match is_linked(table) {
        true => rank.unwrap_or(0),
        false => last,
    };
    ranks.iter().enumerate().map(rank).collect()
}

fn height_of_targets(diagram: &Diagram, table: usize, places: &[Place]) -> usize {
    let links = diagram
        .links
        .iter()
        .filter(|link| link.from == table && link.to != table);
    let heights: Vec<usize> = links.map(|link| places[link.to].y).collect();
    heights.iter().sum::<usize>() / heights.len().max(1)
}

/// Cuts the tables of one rank into columns of bearable height.
fn columns(diagram: &Diagram, tables: &[usize]) -> Vec<Vec<usize>> {
    let mut columns: Vec<Vec<usize>> = Vec::new();
    let mut y = TALLEST;
    for &table in tables {
        let height = height(diagram, table) + GAP;
        if y + height > TALLEST {
            columns.push(Vec::new());
            y = 0;
        }
        y += height;
        if let Some(column) = columns.last_mut() {
            column.push(table);
        }
    }
    columns
}

fn height(diagram: &Diagram, table: usize) -> usize {
    (diagram.tables[table].columns.len() + 1) * ROW + ROW / 2
}

fn width(diagram: &Diagram, table: usize) -> usize {
    let table = &diagram.tables[table];
    let column = |c: &super::Column| c.name.chars().count() + c.data_type.chars().count() + 6;
    let widest = table.columns.iter().map(column).max().unwrap_or(0);
    widest.max(table.name.chars().count() + 2) * LETTER
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::schema::{Column, Link, Table};

    /// Two hundred tables in a random net of keys, circles included.
    fn net() -> Diagram {
        let column = |at: usize| Column {
            name: format!("column_{at}"),
            data_type: "timestamp with time zone".to_owned(),
            not_null: at.is_multiple_of(2),
            primary: at == 0,
            foreign: false,
        };
        let table = |at: usize| Table {
            name: format!("table_{at}"),
            columns: (0..1 + at % 9).map(column).collect(),
        };
        let link = |at: usize| Link {
            from: (at * 7 + 3) % 200,
            column: 0,
            to: (at * at + 11) % 180,
            required: at.is_multiple_of(2),
        };
        Diagram {
            tables: (0..200).map(table).collect(),
            links: (0..260).map(link).collect(),
        }
    }

    #[test]
    fn no_two_of_two_hundred_tables_overlap() {
        let (places, (width, height)) = layout(&net());
        for (at, one) in places.iter().enumerate() {
            assert!(one.x + one.width <= width && one.y + one.height <= height);
            for other in &places[at + 1..] {
                let beside = one.x + one.width <= other.x || other.x + other.width <= one.x;
                let above = one.y + one.height <= other.y || other.y + other.height <= one.y;
                assert!(beside || above, "{one:?} and {other:?}");
            }
        }
    }

    #[test]
    fn what_is_pointed_at_stands_left() {
        let mut chain = net();
        chain.links = (1..200)
            .map(|at| Link {
                from: at,
                column: 0,
                to: at / 2,
                required: true,
            })
            .collect();
        let (places, _) = layout(&chain);
        assert!(
            chain
                .links
                .iter()
                .all(|link| places[link.to].x < places[link.from].x)
        );
    }
}
