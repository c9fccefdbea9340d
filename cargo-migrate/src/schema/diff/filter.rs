//! Which objects are compared: patterns of kind, schema and name.

use std::borrow::Cow;

use crate::schema::model::{Kind, ObjectId, Snapshot};

/// Include and exclude patterns; without an include pattern everything is included.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    include: Vec<Pattern>,
    exclude: Vec<Pattern>,
    /// A schema that stays as it is; what is in it is compared.
    kept_schema: Option<String>,
}

#[derive(Debug, Clone)]
struct Pattern {
    kind: Option<String>,
    /// The parts of a dotted name from the last one on.
    parts: Vec<String>,
}

impl Pattern {
    fn parse(text: &str) -> Self {
        let (kind, name) = match text.split_once(':') {
            Some((kind, name)) => (Some(kind.trim().replace('-', " ")), name),
            None => (None, text),
        };
        Pattern {
            kind,
            parts: name.split('.').rev().map(str::to_owned).collect(),
        }
    }

    fn matches(&self, id: &ObjectId) -> bool {
        let kind_fits = self.kind.as_ref().is_none_or(|kind| {
            id.kind.noun() == kind || id.kind.noun().replace(' ', "") == kind.replace(' ', "")
        });
        let parts = [&id.name, &id.parent, &id.schema];
        let mut own = parts.iter().filter(|part| !part.is_empty());
        kind_fits
            && self
                .parts
                .iter()
                .all(|pattern| own.next().is_some_and(|part| glob(pattern, part)))
    }
}

impl Filter {
    pub(crate) fn include<I: IntoIterator<Item = S>, S: AsRef<str>>(&mut self, patterns: I) {
        self.include
            .extend(patterns.into_iter().map(|p| Pattern::parse(p.as_ref())));
    }

    pub(crate) fn exclude<I: IntoIterator<Item = S>, S: AsRef<str>>(&mut self, patterns: I) {
        self.exclude
            .extend(patterns.into_iter().map(|p| Pattern::parse(p.as_ref())));
    }

    pub(crate) fn keep_schema(&mut self, name: &str) {
        self.kept_schema = Some(name.to_owned());
    }

    /// Leaves only what the patterns let through. What is hidden hides its parts.
    pub(crate) fn apply<'a>(&self, snapshot: &'a Snapshot) -> Cow<'a, Snapshot> {
        if self.include.is_empty() && self.exclude.is_empty() && self.kept_schema.is_none() {
            return Cow::Borrowed(snapshot);
        }
        let mut kept = snapshot.clone();
        kept.objects.retain(|id, _| self.lets_through(id));
        let objects = &kept.objects;
        kept.dependencies
            .retain(|of, on| objects.contains_key(of) && objects.contains_key(on));
        kept.comments.retain(|id, _| self.lets_through(id));
        kept.grants.retain(|id, _| self.lets_through(id));
        kept.lineage
            .numbers
            .retain(|id, _| objects.contains_key(id));
        Cow::Owned(kept)
    }

    fn lets_through(&self, id: &ObjectId) -> bool {
        let owners = owners(id);
        let any = |patterns: &[Pattern]| {
            patterns
                .iter()
                .any(|p| p.matches(id) || owners.iter().any(|owner| p.matches(owner)))
        };
        if id.kind == Kind::Schema && self.kept_schema.as_ref() == Some(&id.name) {
            return false;
        }
        // A schema stays visible so that what is in it can be created.
        let included = self.include.is_empty() || id.kind == Kind::Schema || any(&self.include);
        included && !any(&self.exclude)
    }
}

/// What an object is a part of: its table or view, its schema.
fn owners(id: &ObjectId) -> Vec<ObjectId> {
    let mut owners = Vec::new();
    if !id.parent.is_empty() {
        for kind in [
            Kind::Table,
            Kind::View,
            Kind::MaterializedView,
            Kind::Domain,
        ] {
            owners.push(ObjectId::new(kind, &id.schema, &id.parent));
        }
    }
    if !id.schema.is_empty() {
        owners.push(ObjectId::new(Kind::Schema, "", &id.schema));
    }
    owners
}

/// Whether a text fits a pattern in which `*` stands for anything.
fn glob(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((head, tail)) => text.strip_prefix(head).is_some_and(|rest| {
            (0..=rest.len())
                .filter(|at| rest.is_char_boundary(*at))
                .any(|at| glob(tail, &rest[at..]))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(include: &[&str], exclude: &[&str]) -> Filter {
        let mut filter = Filter::default();
        filter.include(include);
        filter.exclude(exclude);
        filter
    }

    #[test]
    fn a_hidden_table_hides_its_columns() {
        let filter = filter(&[], &["audit_*"]);
        let column = ObjectId::of(Kind::Column, "public", "audit_log", "id");
        assert!(!filter.lets_through(&column));
        assert!(filter.lets_through(&ObjectId::new(Kind::Table, "public", "users")));
    }

    #[test]
    fn a_pattern_can_name_kind_and_schema() {
        let filter = filter(&["table:app.*"], &[]);
        assert!(filter.lets_through(&ObjectId::new(Kind::Table, "app", "users")));
        assert!(!filter.lets_through(&ObjectId::new(Kind::View, "app", "users_view")));
        assert!(!filter.lets_through(&ObjectId::new(Kind::Table, "public", "users")));
    }

    #[test]
    fn stars_stand_for_anything() {
        assert!(glob("*_log", "audit_log") && glob("*", "") && !glob("a*c", "ab"));
    }
}
