//! Aligned columns, wide characters counted as the terminal shows them.

use std::fmt;

use anstyle::Style;
use unicode_width::UnicodeWidthStr as _;

/// A table without a frame: a header, rows, two spaces between columns.
#[derive(Debug, Clone, Default)]
pub struct Table {
    header: Vec<String>,
    rows: Vec<Vec<Cell>>,
}

/// One text of a table, with its style.
#[derive(Debug, Clone)]
pub struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    /// A text with a style.
    pub fn styled(text: impl Into<String>, style: Style) -> Self {
        let text = text.into();
        Self { text, style }
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::styled(text, Style::new())
    }
}

impl Table {
    /// A table with these column headings.
    pub fn new(header: &[&str]) -> Self {
        let header = header.iter().map(|&text| text.to_owned()).collect();
        Self {
            header,
            rows: Vec::new(),
        }
    }

    /// Adds a row, as long as the header.
    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn widths(&self) -> Vec<usize> {
        let mut widths: Vec<usize> = self.header.iter().map(|text| text.width()).collect();
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.text.width());
            }
        }
        widths
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = self.widths();
        let bold = Style::new().bold();
        let header = self.header.iter().map(|text| Cell::styled(text, bold));
        write_row(f, &header.collect::<Vec<_>>(), &widths)?;
        for row in &self.rows {
            writeln!(f)?;
            write_row(f, row, &widths)?;
        }
        Ok(())
    }
}

fn write_row(f: &mut fmt::Formatter<'_>, cells: &[Cell], widths: &[usize]) -> fmt::Result {
    let last = cells.iter().rposition(|cell| !cell.text.is_empty());
    let Some(last) = last else { return Ok(()) };
    for (index, (cell, width)) in cells.iter().zip(widths).enumerate().take(last + 1) {
        write!(f, "{}{}{:#}", cell.style, cell.text, cell.style)?;
        if index < last {
            write!(f, "{}", " ".repeat(width - cell.text.width() + 2))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_and_lines_have_no_trailing_spaces() {
        let mut table = Table::new(&["state", "id", "by"]);
        table.row(["applied", "1", "ann"].map(Cell::from));
        table.row(["né", "20", ""].map(Cell::from));
        let plain = anstream::adapter::strip_str(&table.to_string()).to_string();
        assert_eq!(plain, "state    id  by\napplied  1   ann\nné       20");
    }
}
