//! Enums, domains, composite and range types: changed in place where PostgreSQL can, else swapped
//! for a new type of the same name.

use super::Context;
use super::retype::as_text;
use crate::schema::diff::action::{Action, Verb};
use crate::schema::diff::fate::Fate;
use crate::schema::diff::options::Online;
use crate::schema::hazard::Hazard;
use crate::schema::model::{Attribute, Body, Composite, Domain, Enum, Kind, ObjectId};
use crate::schema::name::{Ident, Qualified, literal};
use crate::schema::render::{collate, create, noun};

impl Context<'_> {
    pub(super) fn type_actions(&self, id: &ObjectId) -> Vec<Action> {
        let actions = self.type_changes(id);
        if id.kind != Kind::Composite {
            return actions;
        }
        let untyped = self.typed_by(id);
        actions
            .into_iter()
            .map(|action| action.after(untyped.clone()))
            .collect()
    }

    fn type_changes(&self, id: &ObjectId) -> Vec<Action> {
        match self.fates.get(id) {
            Some(Fate::Create) => self.make_type(id),
            Some(Fate::Drop) => vec![self.drop_type(id)],
            Some(Fate::Rebuild) => {
                let mut actions = vec![self.drop_type(id)];
                actions.extend(self.make_type(id));
                actions
            }
            Some(Fate::Swap) if id.kind == Kind::Range => self.remake_range(id),
            Some(Fate::Swap) => self.swap_type(id),
            Some(Fate::Alter) => self.alter_type(id),
            None => Vec::new(),
        }
    }

    fn make_type(&self, id: &ObjectId) -> Vec<Action> {
        let Some(body) = self.to.objects.get(id) else {
            return Vec::new();
        };
        let statements = create(&self.writer, id, body);
        statements
            .into_iter()
            .map(|sql| Action::new(Verb::Create, id, sql))
            .collect()
    }

    fn drop_type(&self, id: &ObjectId) -> Action {
        let parts = self.from.objects.keys().filter(|part| {
            part.kind == Kind::DomainConstraint && id.kind == Kind::Domain && part.is_part_of(id)
        });
        Action::new(
            Verb::Drop,
            id,
            format!("DROP {} {}", noun(id.kind), id.qualified()),
        )
        .also_removes(parts.cloned().collect::<Vec<_>>())
    }

    /// Renames the old type aside, makes the new one; the columns move over; the old one goes.
    fn swap_type(&self, id: &ObjectId) -> Vec<Action> {
        let aside = self.free_type_name(id);
        let noun = noun(id.kind);
        let rename = format!(
            "ALTER {noun} {} RENAME TO {}",
            id.qualified(),
            Ident(&aside)
        );
        let old = Qualified {
            schema: &id.schema,
            name: &aside,
        };
        let users: Vec<ObjectId> = self
            .from
            .needed_by(id)
            .filter(|user| self.to.objects.contains_key(*user))
            .cloned()
            .collect();
        // A type that is swapped too stands on this one until it goes itself.
        let swapped = |user: &&ObjectId| self.fates.get(user) == Some(Fate::Swap);
        let old_users: Vec<ObjectId> = users.iter().filter(swapped).map(old_is_gone).collect();
        let mut gone = id.clone();
        gone.args = "aside".to_owned();
        let mut actions = vec![
            Action::new(Verb::Alter, id, rename)
                .not_providing()
                .also_removes([id.clone()])
                .also_provides([gone.clone()])
                .ranked(30),
        ];
        actions.extend(
            self.make_type(id)
                .into_iter()
                .map(|a| a.after([gone.clone()])),
        );
        actions.push(
            Action::new(Verb::Drop, id, format!("DROP {noun} {old}"))
                .not_removing()
                .also_provides([old_is_gone(id)])
                .after(users)
                .after(old_users)
                .after([id.clone()])
                .ranked(88),
        );
        if id.kind == Kind::Domain {
            // The new domain has none of the checks that stay as they are.
            for (part, body) in self.to.parts_of(id, Kind::DomainConstraint) {
                if let (None, Body::Constraint(constraint)) = (self.fates.get(part), body) {
                    actions.push(self.add_to_domain(part, constraint));
                }
            }
        }
        actions
    }

    /// Drops a range whose columns hold texts for the time, and makes it again.
    fn remake_range(&self, id: &ObjectId) -> Vec<Action> {
        let users = self.from.needed_by(id);
        let columns = users.filter(|user| user.kind == Kind::Column).map(as_text);
        let gone = ObjectId {
            args: "gone".to_owned(),
            ..id.clone()
        };
        let drop = self
            .drop_type(id)
            .after(columns)
            .also_provides([gone.clone()])
            .ranked(9);
        let mut actions = vec![drop];
        let made = self.make_type(id).into_iter();
        actions.extend(made.map(|action| action.after([gone.clone()])));
        actions
    }

    fn free_type_name(&self, id: &ObjectId) -> String {
        let taken = |name: &str| {
            let has = |other: &ObjectId| other.schema == id.schema && other.name == name;
            self.from.objects.keys().any(has) || self.to.objects.keys().any(has)
        };
        (1..)
            .map(|n| {
                if n == 1 {
                    format!("{}_old", id.name)
                } else {
                    format!("{}_old{n}", id.name)
                }
            })
            .find(|name| !taken(name))
            .expect("numbers don't end")
    }

    fn alter_type(&self, id: &ObjectId) -> Vec<Action> {
        match (self.from.objects.get(id), self.to.objects.get(id)) {
            (Some(Body::Enum(old)), Some(Body::Enum(new))) => self.add_values(id, old, new),
            (Some(Body::Domain(old)), Some(Body::Domain(new))) => self.alter_domain(id, old, new),
            (Some(Body::Composite(old)), Some(Body::Composite(new))) => {
                self.alter_composite(id, old, new)
            }
            _ => Vec::new(),
        }
    }

    fn add_values(&self, id: &ObjectId, old: &Enum, new: &Enum) -> Vec<Action> {
        let mut actions = Vec::new();
        for (at, value) in new.values.iter().enumerate() {
            if old.values.contains(value) {
                continue;
            }
            let rest = &new.values[at..];
            let next = rest.iter().find(|v| old.values.contains(v));
            // Values at the end need no place; others stand before the next old one, in order.
            let place = match (next, at) {
                (None, _) => String::new(),
                (Some(next), _) => format!(" BEFORE {}", literal(next)),
            };
            let sql = format!(
                "ALTER TYPE {} ADD VALUE {}{place}",
                id.qualified(),
                literal(value)
            );
            let position = i16::try_from(at).unwrap_or(i16::MAX);
            let mut action =
                Action::new(Verb::Create, id, sql)
                    .at(position)
                    .hazard(Hazard::Irreversible {
                        why: "PostgreSQL can't remove a value from an enum in place".to_owned(),
                    });
            action.statement.kind.kind = Kind::EnumValue;
            if self.options.online == Online::Yes {
                action = action.alone();
            }
            actions.push(action);
        }
        actions
    }

    fn alter_domain(&self, id: &ObjectId, old: &Domain, new: &Domain) -> Vec<Action> {
        let alter = |clause: String| {
            Action::new(
                Verb::Alter,
                id,
                format!("ALTER DOMAIN {} {clause}", id.qualified()),
            )
        };
        let mut actions = Vec::new();
        if old.default_value != new.default_value {
            actions.push(alter(match &new.default_value {
                Some(default) => format!("SET DEFAULT {}", self.writer.text(default)),
                None => "DROP DEFAULT".to_owned(),
            }));
        }
        if old.not_null != new.not_null {
            actions.push(if new.not_null {
                alter("SET NOT NULL".to_owned())
                    .hazard(Hazard::may_fail(format!("a column of `{id}` holds null")))
            } else {
                alter("DROP NOT NULL".to_owned())
            });
        }
        actions
    }

    fn alter_composite(&self, id: &ObjectId, old: &Composite, new: &Composite) -> Vec<Action> {
        let find = |list: &[Attribute], name: &str| list.iter().find(|a| a.name == name).cloned();
        let alter = |clause: String, position: usize| {
            Action::new(
                Verb::Alter,
                id,
                format!("ALTER TYPE {} {clause}", id.qualified()),
            )
            .at(i16::try_from(position).unwrap_or(i16::MAX))
        };
        let mut actions = Vec::new();
        for attribute in old
            .attributes
            .iter()
            .filter(|a| find(&new.attributes, &a.name).is_none())
        {
            let clause = format!("DROP ATTRIBUTE {}", Ident(&attribute.name));
            actions.push(alter(clause, 0).hazard(Hazard::loss(format!(
                "`{}` of all values of `{id}`",
                attribute.name
            ))));
        }
        for (at, attribute) in new.attributes.iter().enumerate() {
            let data_type = self.writer.data_type(&attribute.data_type);
            let collation = collate(&self.writer, &attribute.collation);
            let name = Ident(&attribute.name);
            match find(&old.attributes, &attribute.name) {
                None => actions.push(alter(
                    format!("ADD ATTRIBUTE {name} {data_type}{collation}"),
                    at + 1,
                )),
                Some(before) if before != *attribute => actions.push(
                    alter(
                        format!("ALTER ATTRIBUTE {name} TYPE {data_type}{collation}"),
                        at + 1,
                    )
                    .hazard(Hazard::may_fail(format!("a column of `{id}` exists"))),
                ),
                Some(_) => {}
            }
        }
        actions
    }
}

/// A mark that what stood aside of a swapped type is dropped.
fn old_is_gone(swapped: &ObjectId) -> ObjectId {
    ObjectId {
        args: "old is gone".to_owned(),
        ..swapped.clone()
    }
}
