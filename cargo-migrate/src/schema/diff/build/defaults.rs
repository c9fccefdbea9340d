//! Defaults of columns, of tables and of views.

use super::Context;
use crate::schema::diff::action::{Action, Verb};
use crate::schema::diff::fate::Fate;
use crate::schema::model::{Body, Kind, ObjectId};
use crate::schema::name::Ident;
use crate::schema::render::default_text;

impl Context<'_> {
    pub(super) fn default_actions(&self, id: &ObjectId) -> Vec<Action> {
        let column = id.with_kind(Kind::Column);
        let mut actions = Vec::new();
        let is_view = self.to.column(&column).is_none() && self.from.column(&column).is_none();
        if self.follows_parent(id) {
            return actions;
        }
        let goes = self.fates.drops(&column) || self.goes_with_relation(id);
        if self.fates.drops(id) && !goes {
            let sql = self.default_sql(id, is_view, "DROP DEFAULT");
            actions.push(Action::new(Verb::Drop, id, sql));
        }
        let comes = self.default_comes_with_column(id);
        let set = self.fates.makes(id) && !comes || self.fates.get(id) == Some(Fate::Alter);
        if let (true, Some(Body::Default(default))) = (set, self.to.objects.get(id)) {
            let data_type = self.to.column(&column).map_or("", |c| c.data_type.as_str());
            let text = self
                .writer
                .text(&default_text(&default.expression, data_type));
            let sql = self.default_sql(id, is_view, &format!("SET DEFAULT {text}"));
            let verb = if self.fates.makes(id) {
                Verb::Create
            } else {
                Verb::Alter
            };
            actions.push(Action::new(verb, id, sql));
        }
        actions
    }

    pub(super) fn default_sql(&self, id: &ObjectId, is_view: bool, clause: &str) -> String {
        let relation = match (is_view, self.children_differ(id)) {
            (true, _) => "VIEW",
            (false, true) => "TABLE ONLY",
            (false, false) => "TABLE",
        };
        format!(
            "ALTER {relation} {} ALTER COLUMN {} {clause}",
            id.parent_name(),
            Ident(&id.name)
        )
    }
}
