//! Columns that change their type, and those whose type is made anew beneath them.

use super::Context;
use super::conversion::{Conversion, is_array, narrowing};
use crate::schema::diff::action::Action;
use crate::schema::diff::fate::Fate;
use crate::schema::hazard::{Hazard, Lock};
use crate::schema::model::{Body, Column, Kind, ObjectId, Snapshot};
use crate::schema::name::Ident;
use crate::schema::render::collate;

impl Context<'_> {
    pub(super) fn change_type(&self, id: &ObjectId, old: &Column, new: &Column) -> Action {
        let data_type = self.writer.data_type(&new.data_type);
        let collation = collate(&self.writer, &new.collation);
        // A foreign table holds nothing to convert.
        if self.is_foreign_table(id) {
            return self.alter_column_clause(id, &format!("TYPE {data_type}{collation}"));
        }
        let conversion = Conversion::between(&old.data_type, &new.data_type);
        let using = match conversion {
            Conversion::Implicit { .. } => String::new(),
            Conversion::Explicit => format!(" USING {}::{data_type}", Ident(&id.name)),
            Conversion::Wrapped => {
                let name = Ident(&id.name);
                format!(" USING CASE WHEN {name} IS NOT NULL THEN ARRAY[{name}]::{data_type} END")
            }
            Conversion::ThroughText => {
                let array = if is_array(&old.data_type) && is_array(&new.data_type) {
                    "[]"
                } else {
                    ""
                };
                format!(" USING {}::text{array}::{data_type}", Ident(&id.name))
            }
        };
        let mut action =
            self.alter_column_clause(id, &format!("TYPE {data_type}{collation}{using}"));
        if conversion != (Conversion::Implicit { rewrites: false }) {
            action = action
                .hazard(Hazard::lock(Lock::AccessExclusive, id.table()))
                .hazard(Hazard::rewrite(id.table()));
        }
        action.hazards(narrowing(id, &old.data_type, &new.data_type, conversion))
    }

    /// Moves a column over to the type that took the place of its own.
    pub(super) fn recast_column(&self, id: &ObjectId) -> Vec<Action> {
        let Some(new) = self.to.column(id) else {
            return Vec::new();
        };
        if new.inherited && self.parent_changes_too(id) {
            return Vec::new();
        }
        let data_type = self.writer.data_type(&new.data_type);
        let collation = collate(&self.writer, &new.collation);
        // Only the collation is swapped beneath a column of a type that is PostgreSQL's own.
        if !new.data_type.contains('.') || self.is_foreign_table(id) {
            return vec![self.alter_column_clause(id, &format!("TYPE {data_type}{collation}"))];
        }
        let array = if new.data_type.ends_with("[]") {
            "[]"
        } else {
            ""
        };
        let name = Ident(&id.name);
        let using = match self.row_of_attributes(id, new) {
            Some(row) => format!("USING {row}"),
            None => format!("USING {name}::text{array}::{data_type}"),
        };
        let mut actions = Vec::new();
        let mut needs = Vec::new();
        if self.is_of_range(id) {
            // The functions that a range brings have its name: an old one can't wait aside.
            let clause = format!("TYPE text{array} USING {name}::text{array}");
            needs.push(as_text(id));
            actions.push(
                self.alter_column_clause(id, &clause)
                    .not_providing()
                    .also_provides(needs.clone())
                    .ranked(9),
            );
        }
        let action = self
            .alter_column_clause(id, &format!("TYPE {data_type}{collation} {using}"))
            .after(needs)
            .hazard(Hazard::lock(Lock::AccessExclusive, id.table()))
            .hazard(Hazard::rewrite(id.table()))
            .hazard(Hazard::may_fail(format!(
                "`{id}` holds a value that the new type hasn't"
            )));
        actions.push(action.hazards(self.lost_attributes(id)));
        actions
    }

    /// What a value of a composite type doesn't keep, or holds under another name in an array.
    fn lost_attributes(&self, id: &ObjectId) -> Vec<Hazard> {
        let names = |snapshot: &Snapshot| -> Vec<String> {
            let composite = self.from.needs(id).find(|on| on.kind == Kind::Composite);
            match composite.and_then(|on| snapshot.objects.get(on)) {
                Some(Body::Composite(c)) => c.attributes.iter().map(|a| a.name.clone()).collect(),
                _ => Vec::new(),
            }
        };
        let (old, new) = (names(self.from), names(self.to));
        let lost = old.iter().filter(|name| !new.contains(name));
        lost.map(|name| Hazard::loss(format!("`{name}` of all values of `{id}`")))
            .collect()
    }

    /// The value of a composite type with other attributes, one by one.
    fn row_of_attributes(&self, id: &ObjectId, column: &Column) -> Option<String> {
        if is_array(&column.data_type) {
            return None;
        }
        let composite = self.from.needs(id).find(|on| on.kind == Kind::Composite)?;
        let (Body::Composite(old), Body::Composite(new)) = (
            self.from.objects.get(composite)?,
            self.to.objects.get(composite)?,
        ) else {
            return None;
        };
        let name = Ident(&id.name);
        let values = new.attributes.iter().map(|attribute| {
            let before = old.attributes.iter().find(|a| a.name == attribute.name);
            let data_type = self.writer.data_type(&attribute.data_type);
            let value = format!("({name}).{}", Ident(&attribute.name));
            let conversion = before.map(|b| match self.is_swapped(&b.data_type) {
                true => Conversion::ThroughText,
                false => Conversion::between(&b.data_type, &attribute.data_type),
            });
            match conversion {
                None => "NULL".to_owned(),
                Some(Conversion::ThroughText) => format!("{value}::text::{data_type}"),
                Some(_) => format!("{value}::{data_type}"),
            }
        });
        let values: Vec<String> = values.collect();
        let data_type = self.writer.data_type(&column.data_type);
        Some(format!(
            "CASE WHEN {name} IS DISTINCT FROM NULL THEN ROW({})::{data_type} END",
            values.join(", ")
        ))
    }

    /// Whether another type takes the place of this one: the value is still of the old one.
    fn is_swapped(&self, data_type: &str) -> bool {
        let element = data_type.trim_end_matches("[]");
        let mut swapped = self.fates.of.iter().filter(|(_, f)| **f == Fate::Swap);
        swapped.any(|(id, _)| format!("{}.{}", Ident(&id.schema), Ident(&id.name)) == element)
    }

    /// Whether a column's type is a range that is made anew.
    fn is_of_range(&self, id: &ObjectId) -> bool {
        let is_remade =
            |on: &&ObjectId| on.kind == Kind::Range && self.fates.get(on) == Some(Fate::Swap);
        self.from.needs(id).any(|on| is_remade(&on))
    }
}

/// A mark that a column has its new type.
pub(super) fn retyped(column: &ObjectId) -> ObjectId {
    ObjectId {
        args: "retyped".to_owned(),
        ..column.clone()
    }
}

/// A mark that a column holds texts until its type is there again.
pub(super) fn as_text(column: &ObjectId) -> ObjectId {
    ObjectId {
        args: "as text".to_owned(),
        ..column.clone()
    }
}
