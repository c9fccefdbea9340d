//! Every other kind: made and dropped by its definition, changed in place where PostgreSQL can.

use super::Context;
use crate::schema::diff::action::{Action, Verb};
use crate::schema::diff::fate::Fate;
use crate::schema::diff::row_order;
use crate::schema::hazard::Hazard;
use crate::schema::model::{Body, Kind, ObjectId, Policy, Routine};
use crate::schema::name::Ident;
use crate::schema::render::{
    alter_foreign, create, create_routine, enable_rule, enable_trigger, noun, policy_expressions,
    reference, state_words,
};

/// `CREATE SCHEMA …`. The empty `public` of a new database is no one's to drop or make.
pub(crate) fn create_schema(id: &ObjectId) -> Action {
    let sql = match id.name.as_str() {
        "public" => "CREATE SCHEMA IF NOT EXISTS public".to_owned(),
        name => format!("CREATE SCHEMA {}", Ident(name)),
    };
    Action::new(Verb::Create, id, sql)
}

impl Context<'_> {
    pub(super) fn other_actions(&self, id: &ObjectId) -> Vec<Action> {
        let mut actions = Vec::new();
        if id.kind == Kind::Schema && self.fates.get(id) == Some(Fate::Create) {
            return vec![create_schema(id)];
        }
        if let (true, Some(old)) = (self.fates.drops(id), self.from.objects.get(id))
            && !self.goes_with_relation(id)
        {
            actions.push(self.drop_other(id, old));
        }
        match (self.fates.get(id), self.to.objects.get(id)) {
            (Some(Fate::Create | Fate::Rebuild), Some(new)) => {
                actions.extend(self.make_other(id, new));
            }
            (Some(Fate::Alter), Some(new)) => actions.extend(self.alter_other(id, new)),
            _ => {}
        }
        actions
    }

    fn drop_other(&self, id: &ObjectId, old: &Body) -> Action {
        if let (Kind::DefaultPrivileges, Body::Plain(plain)) = (id.kind, old) {
            return Action::new(Verb::Drop, id, undone(&plain.definition));
        }
        let word = match old {
            Body::Routine(routine) if routine.kind == "p" => "PROCEDURE",
            Body::Routine(_) => "FUNCTION",
            _ => noun(id.kind),
        };
        let sql = format!("DROP {word} {}", reference(&self.writer, id));
        let action = Action::new(Verb::Drop, id, sql);
        match (self.fates.makes(id), id.kind) {
            // What is made again under the same name goes before its turn.
            (true, Kind::Routine) => action.ranked(9),
            (_, Kind::Extension) => action.hazard(Hazard::MayFail {
                when: "something still uses it".to_owned(),
            }),
            _ => action,
        }
    }

    fn make_other(&self, id: &ObjectId, new: &Body) -> Vec<Action> {
        if let Body::Routine(routine) = new {
            return vec![self.make_routine(Verb::Create, id, routine)];
        }
        let mut statements = create(&self.writer, id, new).into_iter();
        let mut actions: Vec<Action> = statements
            .next()
            .map(|sql| Action::new(Verb::Create, id, sql))
            .into_iter()
            .collect();
        actions.extend(statements.map(|sql| {
            Action::new(Verb::Alter, id, sql)
                .not_providing()
                .after([id.clone()])
        }));
        actions
    }

    fn alter_other(&self, id: &ObjectId, new: &Body) -> Vec<Action> {
        let sql = match new {
            Body::Routine(routine) => return vec![self.make_routine(Verb::Alter, id, routine)],
            Body::Extension(extension) => {
                format!(
                    "ALTER EXTENSION {} SET SCHEMA {}",
                    Ident(&id.name),
                    Ident(&extension.in_schema)
                )
            }
            Body::Policy(policy) => self.alter_policy(id, policy),
            Body::Statistics(statistics) => format!(
                "ALTER STATISTICS {} SET STATISTICS {}",
                id.qualified(),
                statistics.target.unwrap_or(-1)
            ),
            Body::Foreign(new) => match self.from.objects.get(id) {
                Some(Body::Foreign(old)) => alter_foreign(&self.writer, id, old, new),
                _ => return Vec::new(),
            },
            Body::Plain(plain) => {
                let state = plain.enabled.as_deref().unwrap_or("O");
                match id.kind {
                    Kind::Rule => enable_rule(id, state),
                    Kind::EventTrigger => {
                        format!(
                            "ALTER EVENT TRIGGER {} {}",
                            Ident(&id.name),
                            state_words(state)
                        )
                    }
                    _ => enable_trigger(id, state),
                }
            }
            _ => return Vec::new(),
        };
        vec![Action::new(Verb::Alter, id, sql)]
    }

    fn make_routine(&self, verb: Verb, id: &ObjectId, routine: &Routine) -> Action {
        let make = |definition: &str| {
            let sql = create_routine(&self.writer, definition, verb == Verb::Alter);
            Action::new(verb, id, sql)
        };
        let table = row_order::table_of_rows(routine);
        let Some(table) = table.filter(|table| !self.fates.makes(table)) else {
            return make(&routine.definition);
        };
        let old = self.from.columns_of(&table).into_iter();
        let gone = old.filter(|(column, _)| self.fates.get(column) == Some(Fate::Drop));
        let gone: Vec<ObjectId> = gone.map(|(column, _)| column.clone()).collect();
        let action = match self.in_order_of(&table, routine) {
            Some(definition) => make(&definition),
            None => make(&routine.definition).hazard(Hazard::may_fail(format!(
                "the columns of `{table}` stand in another order than it returns them"
            ))),
        };
        action.after(gone)
    }

    /// The definition of a function that returns the rows of a table, in the order that its columns
    /// will have.
    fn in_order_of(&self, table: &ObjectId, routine: &Routine) -> Option<String> {
        let written = self.to.columns_of(table);
        let written: Vec<&str> = written.iter().map(|(c, _)| c.name.as_str()).collect();
        let wanted = self.resulting_columns(table);
        match written == wanted {
            true => Some(routine.definition.clone()),
            false => row_order::reordered(&routine.definition, &written, &wanted),
        }
    }

    fn alter_policy(&self, id: &ObjectId, policy: &Policy) -> String {
        let mut sql = format!("ALTER POLICY {} ON {}", Ident(&id.name), id.parent_name());
        let old_roles = match self.from.objects.get(id) {
            Some(Body::Policy(old)) => old.roles.clone(),
            _ => Vec::new(),
        };
        if old_roles != policy.roles {
            sql.push_str(&format!("\n    TO {}", policy.roles.join(", ")));
        }
        sql.push_str(&policy_expressions(&self.writer, policy));
        sql
    }
}

/// The statement that undoes a change of default privileges.
fn undone(definition: &str) -> String {
    let definition = definition
        .strip_suffix(" WITH GRANT OPTION")
        .unwrap_or(definition);
    let (verb, turned, word, other) = if definition.contains(" REVOKE ") {
        (" REVOKE ", " GRANT ", " FROM ", "TO")
    } else {
        (" GRANT ", " REVOKE ", " TO ", "FROM")
    };
    let undone = definition.replacen(verb, turned, 1);
    match undone.rsplit_once(word) {
        Some((what, role)) => format!("{what} {other} {role}"),
        None => undone,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_privileges_are_taken_back_as_they_were_given() {
        let given = "ALTER DEFAULT PRIVILEGES FOR ROLE a GRANT SELECT ON TABLES TO b";
        assert_eq!(
            undone(given),
            "ALTER DEFAULT PRIVILEGES FOR ROLE a REVOKE SELECT ON TABLES FROM b"
        );
        let taken = "ALTER DEFAULT PRIVILEGES FOR ROLE a REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC";
        assert_eq!(
            undone(taken),
            "ALTER DEFAULT PRIVILEGES FOR ROLE a GRANT EXECUTE ON FUNCTIONS TO PUBLIC"
        );
    }
}
