//! Comments: set where they differ, and again on what was made again.

use super::Context;
use crate::schema::diff::action::{Action, Verb};
use crate::schema::diff::fate::Fate;
use crate::schema::model::{Body, Kind, ObjectId, Snapshot};
use crate::schema::render::{comment_on, noun};

impl Context<'_> {
    pub(super) fn comment_actions(&self) -> Vec<Action> {
        let mut actions = Vec::new();
        for (id, text) in &self.to.comments {
            if self.is_made_anew(id) || self.from.comments.get(id) != Some(text) {
                actions.push(self.comment(id, Some(text)));
            }
        }
        for id in self.from.comments.keys() {
            let stays = !self.is_made_anew(id) && exists(self.to, id) && !self.is_gone(id);
            if stays && !self.to.comments.contains_key(id) {
                actions.push(self.comment(id, None));
            }
        }
        actions
    }

    /// Whether the object, or the view that a column is of, has just been made.
    fn is_made_anew(&self, id: &ObjectId) -> bool {
        self.fates.makes(id)
            || relations(id)
                .iter()
                .any(|relation| self.fates.makes(relation))
    }

    fn is_gone(&self, id: &ObjectId) -> bool {
        self.fates.get(id) == Some(Fate::Drop)
    }

    fn comment(&self, id: &ObjectId, text: Option<&str>) -> Action {
        let keyword = match self.to.objects.get(id) {
            Some(Body::Routine(routine)) if routine.kind == "p" => "PROCEDURE",
            Some(Body::Routine(_)) => "FUNCTION",
            Some(Body::Table(table)) if table.is_foreign => "FOREIGN TABLE",
            Some(Body::Constraint(_)) if id.kind == Kind::Constraint => "CONSTRAINT",
            _ => noun(id.kind),
        };
        let sql = comment_on(&self.writer, keyword, id, text);
        let mut action = Action::new(Verb::Comment, id, sql)
            .after([id.clone()])
            .after(relations(id));
        if id.kind == Kind::Default {
            action.rank = 70;
        }
        action
    }
}

/// What a part belongs to, of whatever kind it is.
fn relations(id: &ObjectId) -> Vec<ObjectId> {
    // The index of a constraint is no object of its own, but has a comment of its own.
    if id.kind == Kind::Index {
        return vec![id.with_kind(Kind::Constraint)];
    }
    if id.kind != Kind::Column {
        return Vec::new();
    }
    [Kind::View, Kind::MaterializedView, Kind::Composite]
        .iter()
        .map(|kind| ObjectId::new(*kind, &id.schema, &id.parent))
        .collect()
}

fn exists(snapshot: &Snapshot, id: &ObjectId) -> bool {
    snapshot.objects.contains_key(id)
        || relations(id)
            .iter()
            .any(|relation| snapshot.objects.contains_key(relation))
}
