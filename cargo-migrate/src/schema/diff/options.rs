//! What a caller asks of a plan.

use std::collections::BTreeMap;

use super::filter::Filter;
use crate::schema::model::ObjectId;

/// Where a rename is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RenameOrigin {
    /// The caller said so.
    Told,
    /// The two databases are copies of one, which keep the objects' numbers.
    Lineage,
    /// It is the only candidate of equal definition and dependents.
    Assumed,
}

/// An object that keeps its data under another name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rename {
    /// The object before.
    pub from: ObjectId,
    /// The object afterwards.
    pub to: ObjectId,
    /// Where it is known from.
    pub origin: RenameOrigin,
}

impl Rename {
    /// The same rename on the way back.
    #[must_use]
    pub fn inverted(&self) -> Self {
        Rename {
            from: self.to.clone(),
            to: self.from.clone(),
            origin: RenameOrigin::Told,
        }
    }
}

/// What a plan may do and what it is told.
#[derive(Debug, Clone, Default)]
pub struct Options {
    pub(crate) told: Vec<(String, String)>,
    pub(crate) known: Vec<Rename>,
    pub(crate) renames: Assume,
    pub(crate) dropped: Vec<ObjectId>,
    pub(crate) online: Online,
    pub(crate) empty: EmptyTarget,
    pub(crate) grants: Grants,
    pub(crate) filter: Filter,
    pub(crate) backfills: BTreeMap<String, String>,
}

/// Whether renames are taken from likeness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Assume {
    #[default]
    SingleCandidates,
    Nothing,
}

/// Whether statements take the long way that blocks nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Online {
    #[default]
    No,
    Yes,
}

/// What is done about privileges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Grants {
    /// Those of the old side stay, also on what is made again; what is new has those of the new side.
    #[default]
    Kept,
    /// They become those of the new side.
    Compared,
}

/// What an empty target means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum EmptyTarget {
    #[default]
    Refused,
    DropsEverything,
}

impl Options {
    /// Tells a rename by names, as in `--rename OLD=NEW`: `users` and `accounts`, `users.name` and
    /// `full_name`, `app.users.name` and `app.users.full_name`, `mood.sad` and `blue`.
    #[must_use]
    pub fn rename(mut self, old: &str, new: &str) -> Self {
        self.told.push((old.to_owned(), new.to_owned()));
        self
    }

    /// Takes over renames that another plan has found; see [`crate::schema::Plan::inverted_renames`].
    #[must_use]
    pub fn renames(mut self, renames: Vec<Rename>) -> Self {
        self.known.extend(renames);
        self
    }

    /// Says that these objects are really dropped: the answer to an ambiguity that isn't a rename.
    #[must_use]
    pub fn really_dropped(mut self, objects: Vec<ObjectId>) -> Self {
        self.dropped.extend(objects);
        self
    }

    /// Takes no rename for granted that wasn't told (`--no-renames`).
    #[must_use]
    pub fn no_renames(mut self) -> Self {
        self.renames = Assume::Nothing;
        self
    }

    /// Asks for the forms that block no reader and writer (`--online`): indexes built concurrently,
    /// constraints validated apart, enum values added in place. Such a plan holds statements that
    /// run alone.
    #[must_use]
    pub fn online(mut self) -> Self {
        self.online = Online::Yes;
        self
    }

    /// Compares grants and default privileges too.
    #[must_use]
    pub fn grants(mut self) -> Self {
        self.grants = Grants::Compared;
        self
    }

    /// Allows a target without any object, which means dropping everything.
    #[must_use]
    pub fn allow_empty(mut self) -> Self {
        self.empty = EmptyTarget::DropsEverything;
        self
    }

    /// Compares only objects that one of the patterns matches: `[KIND:][SCHEMA.]NAME`, with `*`.
    #[must_use]
    pub fn include<I: IntoIterator<Item = S>, S: AsRef<str>>(mut self, patterns: I) -> Self {
        self.filter.include(patterns);
        self
    }

    /// Leaves out objects that one of the patterns matches: `[KIND:][SCHEMA.]NAME`, with `*`.
    #[must_use]
    pub fn exclude<I: IntoIterator<Item = S>, S: AsRef<str>>(mut self, patterns: I) -> Self {
        self.filter.exclude(patterns);
        self
    }

    /// Leaves a schema alone, and compares what is in it.
    #[must_use]
    pub fn keep_schema(mut self, name: &str) -> Self {
        self.filter.keep_schema(name);
        self
    }

    /// Gives the value for existing rows of a new column (`TABLE.COLUMN`) that refuses null.
    #[must_use]
    pub fn backfill(mut self, column: &str, expression: &str) -> Self {
        self.backfills
            .insert(column.to_owned(), expression.to_owned());
        self
    }
}
