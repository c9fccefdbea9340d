//! Drawings of a schema: its tables with their columns, and the foreign keys between them.

mod layout;
mod svg;
mod text;

use std::collections::BTreeMap;

use crate::schema::{
    Snapshot,
    model::{Body, ConstraintType, Kind, ObjectId},
};

/// What a drawing of a schema shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Diagram {
    tables: Vec<Table>,
    links: Vec<Link>,
}

/// A table: its name and its columns in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Table {
    name: String,
    columns: Vec<Column>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Column {
    name: String,
    data_type: String,
    not_null: bool,
    primary: bool,
    foreign: bool,
}

/// A foreign key: the table and its first column, and the table that it points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Link {
    from: usize,
    column: usize,
    to: usize,
    /// Whether every row has to have it.
    required: bool,
}

impl Diagram {
    /// The tables of a snapshot; partitions and inherited keys are their parent's.
    pub fn of(schema: &Snapshot) -> Self {
        let mut diagram = Self::default();
        let mut places = BTreeMap::new();
        for (id, _) in schema.tables() {
            places.insert(id.clone(), diagram.tables.len());
            let columns = schema.columns_of(id).into_iter();
            diagram.tables.push(Table {
                name: id.qualified().to_string(),
                columns: columns
                    .map(|(column, body)| Column {
                        name: column.name.clone(),
                        data_type: body.data_type.clone(),
                        not_null: body.not_null,
                        primary: false,
                        foreign: false,
                    })
                    .collect(),
            });
        }
        for (id, &table) in &places {
            diagram.keys(schema, (id, table), &places);
        }
        diagram
    }

    fn keys(
        &mut self,
        schema: &Snapshot,
        (id, table): (&ObjectId, usize),
        places: &BTreeMap<ObjectId, usize>,
    ) {
        for (_, body) in schema.parts_of(id, Kind::Constraint) {
            let Body::Constraint(key) = body else {
                continue;
            };
            let at = |name: &String| {
                self.tables[table]
                    .columns
                    .iter()
                    .position(|c| c.name == *name)
            };
            let columns: Vec<usize> = key.columns.iter().filter_map(at).collect();
            let target = key.target.as_ref();
            let target =
                target.and_then(|to| places.get(&ObjectId::new(Kind::Table, &to.0, &to.1)));
            match (key.kind, target, columns.first()) {
                (ConstraintType::PrimaryKey, ..) => {
                    columns
                        .iter()
                        .for_each(|&at| self.tables[table].columns[at].primary = true);
                }
                (ConstraintType::ForeignKey, Some(&to), Some(&column)) => {
                    let of = &mut self.tables[table].columns;
                    columns.iter().for_each(|&at| of[at].foreign = true);
                    let required = columns.iter().all(|&at| of[at].not_null);
                    self.links.push(Link {
                        from: table,
                        column,
                        to,
                        required,
                    });
                }
                _ => {}
            }
        }
    }

    /// As an SVG document.
    pub fn svg(&self) -> String {
        svg::svg(self)
    }

    /// In the language of Graphviz.
    pub fn dot(&self) -> String {
        text::dot(self)
    }

    /// As an entity diagram of Mermaid.
    pub fn mermaid(&self) -> String {
        text::mermaid(self)
    }
}
