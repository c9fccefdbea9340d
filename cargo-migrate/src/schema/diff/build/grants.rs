//! Grants: compared where asked for, given back to what was made again, and part of what is new.

use std::collections::{BTreeMap, BTreeSet};

use super::Context;
use crate::schema::diff::action::{Action, Verb};
use crate::schema::diff::fate::Fate;
use crate::schema::diff::options::Grants;
use crate::schema::model::{Body, Grant, Kind, ObjectId};
use crate::schema::name::Ident;
use crate::schema::render::{noun, reference};

impl Context<'_> {
    pub(super) fn grant_actions(&self) -> Vec<Action> {
        let ids = self.from.grants.keys().chain(self.to.grants.keys());
        let mut ids: BTreeSet<&ObjectId> = ids.collect();
        // A privilege that PostgreSQL grants by itself may have been taken away: then nothing is listed.
        let made = self.fates.of.keys().filter(|id| self.fates.makes(id));
        ids.extend(made.filter(|id| !given_by_itself(id).is_empty()));
        ids.into_iter()
            .filter(|id| self.stays(id))
            .flat_map(|id| self.grants_on(id))
            .collect()
    }

    /// Whether the object, or the relation that a column is of, is on the new side.
    fn stays(&self, id: &ObjectId) -> bool {
        self.to.objects.contains_key(id) || self.relation(id, &self.to.objects).is_some()
    }

    fn relation(&self, id: &ObjectId, objects: &BTreeMap<ObjectId, Body>) -> Option<ObjectId> {
        [Kind::Table, Kind::View, Kind::MaterializedView]
            .iter()
            .filter(|_| id.kind == Kind::Column)
            .map(|kind| ObjectId::new(*kind, &id.schema, &id.parent))
            .find(|relation| objects.contains_key(relation))
    }

    /// Whether the old side has neither the object nor the relation that a column is of.
    fn is_new(&self, id: &ObjectId) -> bool {
        let is_created = |id: &ObjectId| self.fates.get(id) == Some(Fate::Create);
        is_created(id)
            || self
                .relation(id, &self.to.objects)
                .is_some_and(|relation| is_created(&relation))
    }

    fn is_fresh(&self, id: &ObjectId) -> bool {
        let relation = self.relation(id, &self.to.objects);
        self.fates.makes(id) || relation.is_some_and(|relation| self.fates.makes(&relation))
    }

    fn grants_on(&self, id: &ObjectId) -> Vec<Action> {
        let none = BTreeSet::new();
        let old = self.from.grants.get(id).unwrap_or(&none);
        // A new function that was taken from PUBLIC must not come open.
        let wanted = match self.options.grants {
            Grants::Kept if !self.is_new(id) => old,
            Grants::Kept | Grants::Compared => self.to.grants.get(id).unwrap_or(&none),
        };
        let given = if self.is_fresh(id) {
            given_by_itself(id)
        } else {
            old.clone()
        };
        let mut actions = Vec::new();
        for (grantee, lost) in by_grantee(given.difference(wanted)) {
            actions.push(self.grant(id, Verb::Revoke, &grantee.0, &lost, false));
        }
        for (grantee, won) in by_grantee(wanted.difference(&given)) {
            actions.push(self.grant(id, Verb::Grant, &grantee.0, &won, grantee.1));
        }
        actions
    }

    fn grant(
        &self,
        id: &ObjectId,
        verb: Verb,
        grantee: &str,
        privileges: &[String],
        grantable: bool,
    ) -> Action {
        let relation = self.relation(id, &self.to.objects);
        let privileges = match relation {
            Some(_) => {
                let column = Ident(&id.name);
                privileges
                    .iter()
                    .map(|p| format!("{p} ({column})"))
                    .collect::<Vec<_>>()
                    .join(", ")
            }
            None => privileges.join(", "),
        };
        let target = relation.as_ref().unwrap_or(id);
        let on = format!(
            "{}{}",
            self.target_noun(target),
            reference(&self.writer, target)
        );
        let sql = match verb {
            Verb::Revoke => format!("REVOKE {privileges} ON {on} FROM {grantee}"),
            _ => {
                let option = if grantable { " WITH GRANT OPTION" } else { "" };
                format!("GRANT {privileges} ON {on} TO {grantee}{option}")
            }
        };
        let rank = if verb == Verb::Revoke { 72 } else { 73 };
        Action::new(verb, id, sql)
            .after([id.clone(), target.clone()])
            .ranked(rank)
    }

    /// The keyword before the name; tables and views have none.
    fn target_noun(&self, id: &ObjectId) -> String {
        let word = match (id.kind, self.to.objects.get(id)) {
            (Kind::Table | Kind::View | Kind::MaterializedView, _) => return String::new(),
            (_, Some(Body::Routine(routine))) if routine.kind == "p" => "PROCEDURE",
            (Kind::Routine | Kind::Aggregate, _) => "FUNCTION",
            (Kind::Server, _) => "FOREIGN SERVER",
            (kind, _) => noun(kind),
        };
        format!("{word} ")
    }
}

/// What PostgreSQL grants on a new object.
fn given_by_itself(id: &ObjectId) -> BTreeSet<Grant> {
    let privilege = match id.kind {
        Kind::Routine | Kind::Aggregate => "EXECUTE",
        Kind::Enum | Kind::Domain | Kind::Range => "USAGE",
        _ => return BTreeSet::new(),
    };
    BTreeSet::from([Grant {
        grantee: "PUBLIC".to_owned(),
        privilege: privilege.to_owned(),
        grantable: false,
    }])
}

fn by_grantee<'a>(
    grants: impl Iterator<Item = &'a Grant>,
) -> BTreeMap<(String, bool), Vec<String>> {
    let mut grouped: BTreeMap<(String, bool), Vec<String>> = BTreeMap::new();
    for grant in grants {
        let key = (grant.grantee.clone(), grant.grantable);
        grouped
            .entry(key)
            .or_default()
            .push(grant.privilege.clone());
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_function_is_everyones() {
        let function = ObjectId::new(Kind::Routine, "public", "f");
        assert_eq!(given_by_itself(&function).len(), 1);
        assert!(given_by_itself(&ObjectId::new(Kind::Table, "public", "t")).is_empty());
    }
}
