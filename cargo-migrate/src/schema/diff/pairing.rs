//! Which object of the one side is which of the other: by name, told, known or alike.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use super::options::{Assume, Options, Rename, RenameOrigin};
use super::rename::{apply, follow, with_children};
use super::signature::{
    Seen, could_be_same_column, could_have_moved, is_another, likeness, same_column,
    same_definition, same_table,
};
use crate::schema::model::{Body, Kind, ObjectId, Snapshot};
use crate::schema::plan::PlanError;

/// From how many hundredths of common columns on a table may be another one renamed.
const ALIKE: usize = 40;

/// What is lost if an ambiguity is not resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loss {
    /// All rows of a table.
    Rows,
    /// The values of a column.
    Values,
}

/// A dropped object that may be one of several new ones, renamed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ambiguity {
    /// The object that the plan drops, or gives to another.
    pub old: ObjectId,
    /// The objects that it may have become; [`Options::rename`] tells which,
    /// [`Options::really_dropped`] that it is none.
    pub candidates: Vec<ObjectId>,
    /// What is lost if nothing is told.
    pub loss: Loss,
}

/// The renames and the open questions.
#[derive(Debug, Default)]
pub(crate) struct Pairing {
    pub(crate) renames: Vec<Rename>,
    pub(crate) ambiguities: Vec<Ambiguity>,
}

/// Pairs two snapshots. Tables come first: columns are compared within paired tables.
pub(crate) fn pair(
    from: &Snapshot,
    to: &Snapshot,
    options: &Options,
) -> Result<Pairing, PlanError> {
    let mut pairing = Pairing::default();
    let mut work = Work {
        from: Cow::Borrowed(from),
        to,
        options,
        shared: false,
    };
    work.shared = from.lineage.is_shared_with(&to.lineage);
    let mut told = super::told::resolve(from, to, options)?;
    for kinds in ROUNDS {
        let (now, later) = told
            .into_iter()
            .partition(|rename| kinds.contains(&rename.from.kind));
        told = later;
        work.take(now, &mut told, &mut pairing);
        for kind in *kinds {
            let found = work.find(*kind, &pairing);
            pairing.ambiguities.extend(found.ambiguities);
            work.take(found.renames, &mut told, &mut pairing);
        }
    }
    Ok(pairing)
}

/// What is paired together, owners before their parts.
const ROUNDS: &[&[Kind]] = &[
    &[Kind::Schema],
    &[Kind::Enum, Kind::Domain, Kind::Composite, Kind::Range],
    &[
        Kind::Table,
        Kind::View,
        Kind::MaterializedView,
        Kind::Routine,
    ],
    &[Kind::Column],
    &[Kind::Sequence, Kind::Constraint, Kind::Index],
];

struct Work<'a> {
    /// The old side under the names that are known so far.
    from: Cow<'a, Snapshot>,
    to: &'a Snapshot,
    options: &'a Options,
    /// Whether the two databases are copies of one.
    shared: bool,
}

impl Work<'_> {
    /// Takes renames over: all at once, so that a swap doesn't meet itself.
    fn take(&mut self, renames: Vec<Rename>, told: &mut [Rename], pairing: &mut Pairing) {
        let all: Vec<(ObjectId, ObjectId)> = renames
            .iter()
            .flat_map(|r| with_children(&self.from, &r.from, &r.to))
            .collect();
        for (old, _) in &all {
            apply(self.from.to_mut(), old, &aside(old));
        }
        for (old, new) in &all {
            // What stands in the way under the new name is another object; it is dropped.
            if self.from.objects.contains_key(new) {
                apply(self.from.to_mut(), new, &victim(new));
            }
            apply(self.from.to_mut(), &aside(old), new);
            for later in told.iter_mut() {
                later.from = follow(&later.from, old, new);
            }
        }
        pairing.renames.extend(renames);
    }

    fn find(&self, kind: Kind, pairing: &Pairing) -> Pairing {
        let mut found = match kind {
            Kind::Table => self.find_tables(),
            Kind::Column => self.find_columns(),
            _ => Pairing::default(),
        };
        let known: BTreeSet<&ObjectId> = pairing.renames.iter().map(|r| &r.to).collect();
        found
            .ambiguities
            .retain(|a| !self.options.dropped.contains(&a.old) && !known.contains(&a.old));
        found
    }

    fn find_tables(&self) -> Pairing {
        let old: Vec<&ObjectId> = self.from.tables().map(|(id, _)| id).collect();
        let new: Vec<&ObjectId> = self.to.tables().map(|(id, _)| id).collect();
        if self.shared {
            return self.by_number(&old, &new);
        }
        let gone: Vec<&ObjectId> = old
            .iter()
            .copied()
            .filter(|id| !self.to.objects.contains_key(id))
            .collect();
        let added: Vec<&ObjectId> = new
            .iter()
            .copied()
            .filter(|id| !self.from.objects.contains_key(id))
            .collect();
        let mut found = self.by_likeness(&gone, &added, same_table, |a, b| likeness(a, b) >= ALIKE);
        let taken: Vec<ObjectId> = found
            .renames
            .iter()
            .map(|rename| rename.to.clone())
            .collect();
        let free: Vec<&ObjectId> = added.into_iter().filter(|id| !taken.contains(id)).collect();
        let lost: Vec<&ObjectId> = gone
            .iter()
            .copied()
            .filter(|id| found.renames.iter().all(|rename| rename.from != **id))
            .collect();
        for ambiguity in self
            .given_away(&free)
            .into_iter()
            .chain(self.taken_names(&lost))
        {
            match self.clearly_moved(&ambiguity) {
                Some(rename) => found.renames.push(rename),
                None => found.ambiguities.push(ambiguity),
            }
        }
        found
    }

    /// Dropped tables whose definition a table has that took over the name of a different one.
    fn taken_names(&self, gone: &[&ObjectId]) -> Vec<Ambiguity> {
        let (old, new) = (|id| self.before(id), |id| self.after(id));
        let kept: Vec<&ObjectId> = self
            .to
            .tables()
            .map(|(id, _)| id)
            .filter(|id| self.from.objects.contains_key(*id) && !same_table(old(id), new(id)))
            .collect();
        gone.iter()
            .filter_map(|id| {
                let candidates: Vec<ObjectId> = kept
                    .iter()
                    .filter(|k| likeness(old(id), new(k)) > likeness(old(k), new(k)))
                    .map(|k| (*k).clone())
                    .collect();
                ambiguity(id, candidates)
            })
            .collect()
    }

    /// A table whose definition one other table has, while what shares a name with either is a
    /// different one.
    fn clearly_moved(&self, ambiguity: &Ambiguity) -> Option<Rename> {
        let [only] = ambiguity.candidates.as_slice() else {
            return None;
        };
        let (old, new) = (self.before(&ambiguity.old), self.after(only));
        let moved = same_definition(old, new);
        let unlike = is_another(old, self.after(&ambiguity.old), ALIKE)
            && is_another(self.before(only), new, ALIKE);
        let assumed = self.options.renames == Assume::SingleCandidates
            && !self.options.dropped.contains(&ambiguity.old);
        (moved && unlike && assumed).then(|| Rename {
            from: ambiguity.old.clone(),
            to: only.clone(),
            origin: RenameOrigin::Assumed,
        })
    }

    fn find_columns(&self) -> Pairing {
        let mut found = Pairing::default();
        for (table, _) in self
            .from
            .tables()
            .filter(|(id, _)| self.to.objects.contains_key(id))
        {
            let old = own_columns(&self.from, table);
            let new = own_columns(self.to, table);
            let pairs = if self.shared && self.same_number(table) {
                self.by_number(&old, &new)
            } else {
                self.alike_columns(&old, &new)
            };
            found.renames.extend(pairs.renames);
            found.ambiguities.extend(pairs.ambiguities);
        }
        found
    }

    fn alike_columns(&self, old: &[&ObjectId], new: &[&ObjectId]) -> Pairing {
        let gone: Vec<&ObjectId> = old
            .iter()
            .copied()
            .filter(|id| !self.to.objects.contains_key(id))
            .collect();
        let added: Vec<&ObjectId> = new
            .iter()
            .copied()
            .filter(|id| !self.from.objects.contains_key(id))
            .collect();
        let mut found = self.by_likeness(&gone, &added, same_column, could_be_same_column);
        found.ambiguities.extend(self.reused(old, new));
        found.ambiguities.extend(self.taken_over(&gone, new));
        found
    }

    fn same_number(&self, id: &ObjectId) -> bool {
        let number = |s: &Snapshot| s.lineage.numbers.get(id).copied();
        number(&self.from).is_some() && number(&self.from) == number(self.to)
    }

    /// Pairs what has the same number: nothing is guessed.
    fn by_number(&self, old: &[&ObjectId], new: &[&ObjectId]) -> Pairing {
        let mut found = Pairing::default();
        let numbered: HashMap<_, &ObjectId> = new
            .iter()
            .filter_map(|id| Some((self.to.lineage.numbers.get(id)?, *id)))
            .collect();
        for from in old {
            let number = self.from.lineage.numbers.get(from);
            let to = number.and_then(|number| numbered.get(number));
            if let Some(to) = to.filter(|to| *to != from) {
                found.renames.push(Rename {
                    from: (*from).clone(),
                    to: (*to).clone(),
                    origin: RenameOrigin::Lineage,
                });
            }
        }
        found
    }

    /// Takes the single candidate of equal definition, asks about the rest.
    fn by_likeness(
        &self,
        gone: &[&ObjectId],
        added: &[&ObjectId],
        equal: impl Fn(Seen<'_>, Seen<'_>) -> bool,
        alike: impl Fn(Seen<'_>, Seen<'_>) -> bool,
    ) -> Pairing {
        let mut found = Pairing::default();
        let (old, new) = (|id| self.before(id), |id| self.after(id));
        let equals: Vec<Vec<&ObjectId>> = gone
            .iter()
            .map(|g| {
                added
                    .iter()
                    .copied()
                    .filter(|a| equal(old(g), new(a)))
                    .collect()
            })
            .collect();
        let mut taken: BTreeSet<&ObjectId> = BTreeSet::new();
        let mut open: Vec<usize> = Vec::new();
        for (at, candidates) in equals.iter().enumerate() {
            let rivals = |a: &ObjectId| equals.iter().filter(|c| c.contains(&a)).count();
            match candidates.as_slice() {
                [only]
                    if rivals(only) == 1
                        && self.options.renames == Assume::SingleCandidates
                        && !self.options.dropped.contains(gone[at]) =>
                {
                    taken.insert(only);
                    found.renames.push(Rename {
                        from: gone[at].clone(),
                        to: (*only).clone(),
                        origin: RenameOrigin::Assumed,
                    });
                }
                _ => open.push(at),
            }
        }
        for at in open {
            let candidates: Vec<ObjectId> = added
                .iter()
                .copied()
                .filter(|a| !taken.contains(a))
                .filter(|a| equals[at].contains(a) || alike(old(gone[at]), new(a)))
                .cloned()
                .collect();
            found.ambiguities.extend(ambiguity(gone[at], candidates));
        }
        found
    }

    /// Tables whose definition a new table has, while another took over their name.
    fn given_away(&self, added: &[&ObjectId]) -> Vec<Ambiguity> {
        let (old, new) = (|id| self.before(id), |id| self.after(id));
        self.from
            .tables()
            .map(|(id, _)| id)
            .filter(|id| self.to.objects.contains_key(*id) && !same_table(old(id), new(id)))
            .filter_map(|id| {
                let candidates: Vec<ObjectId> = added
                    .iter()
                    .filter(|a| {
                        same_table(old(id), new(a))
                            || likeness(old(id), new(a)) > likeness(old(id), new(id))
                    })
                    .map(|a| (*a).clone())
                    .collect();
                ambiguity(id, candidates)
            })
            .collect()
    }

    /// Columns that a new column looks like, or one that changed its type too, while the column of
    /// their name looks different.
    fn reused(&self, old: &[&ObjectId], new: &[&ObjectId]) -> Vec<Ambiguity> {
        let kept = old
            .iter()
            .filter(|id| self.to.objects.contains_key(**id) && self.changes_type(id));
        kept.filter_map(|id| {
            let candidates = new
                .iter()
                .filter(|n| !self.from.objects.contains_key(**n) || self.changes_type(n))
                .filter(|n| {
                    *n != id && could_have_moved(self.before(id), self.after(id), self.after(n))
                })
                .map(|n| (*n).clone());
            ambiguity(id, candidates.collect())
        })
        .collect()
    }

    /// Dropped columns that a kept name looks like, while what had that name looks different.
    fn taken_over(&self, gone: &[&ObjectId], new: &[&ObjectId]) -> Vec<Ambiguity> {
        gone.iter()
            .filter_map(|id| {
                let candidates = new
                    .iter()
                    .filter(|n| self.from.objects.contains_key(**n) && self.changes_type(n))
                    .filter(|n| same_column(self.before(id), self.after(n)))
                    .map(|n| (*n).clone());
                ambiguity(id, candidates.collect())
            })
            .collect()
    }

    fn before<'a>(&'a self, id: &'a ObjectId) -> Seen<'a> {
        Seen {
            snapshot: &self.from,
            id,
        }
    }

    fn after<'a>(&'a self, id: &'a ObjectId) -> Seen<'a> {
        Seen {
            snapshot: self.to,
            id,
        }
    }

    fn changes_type(&self, id: &ObjectId) -> bool {
        match (self.from.column(id), self.to.column(id)) {
            (Some(a), Some(b)) => a.data_type != b.data_type,
            _ => false,
        }
    }
}

/// The columns that a table doesn't have from a parent, whose renames bring theirs.
fn own_columns<'a>(snapshot: &'a Snapshot, table: &ObjectId) -> Vec<&'a ObjectId> {
    let columns = snapshot.columns_of(table).into_iter();
    columns
        .filter(|(_, column)| !column.inherited)
        .map(|(id, _)| id)
        .collect()
}

fn ambiguity(old: &ObjectId, candidates: Vec<ObjectId>) -> Option<Ambiguity> {
    let loss = if old.kind == Kind::Table {
        Loss::Rows
    } else {
        Loss::Values
    };
    (!candidates.is_empty()).then(|| Ambiguity {
        old: old.clone(),
        candidates,
        loss,
    })
}

/// A place that no real object has, for the time of a swap.
fn aside(id: &ObjectId) -> ObjectId {
    ObjectId {
        name: format!("{}\u{1}aside", id.name),
        ..id.clone()
    }
}

fn victim(id: &ObjectId) -> ObjectId {
    ObjectId {
        name: format!("{}\u{1}victim", id.name),
        ..id.clone()
    }
}

/// Sequences, constraints and indexes that are the same under another name: nothing is lost by
/// renaming them, and much is saved.
pub(crate) fn same_parts(
    from: &Snapshot,
    to: &Snapshot,
    renamed: &[(ObjectId, ObjectId)],
) -> Vec<Rename> {
    let mut found: Vec<Rename> = Vec::new();
    let mut taken: BTreeSet<&ObjectId> = BTreeSet::new();
    let mut gone: Vec<(&ObjectId, &Body)> = Vec::new();
    let mut added: Vec<(&ObjectId, &Body)> = Vec::new();
    for (id, old, new) in from.beside(to) {
        match (old, new) {
            (Some(body), None) => gone.push((id, body)),
            (None, Some(body)) => added.push((id, body)),
            _ => {}
        }
    }
    for (id, body) in gone {
        let names = super::rename::names_in_reach(from, id, renamed);
        let same = |(other, wanted): &(&ObjectId, &Body)| {
            other.kind == id.kind
                && other.schema == id.schema
                && other.parent == id.parent
                && same_part(body, wanted, &names)
        };
        let candidate = added
            .iter()
            .copied()
            .filter(|(other, _)| !taken.contains(*other))
            .find(same);
        if let Some((other, _)) = candidate {
            taken.insert(other);
            found.push(Rename {
                from: id.clone(),
                to: other.clone(),
                origin: RenameOrigin::Assumed,
            });
        }
    }
    found
}

fn same_part(old: &Body, new: &Body, names: &BTreeSet<(String, String)>) -> bool {
    let same = |a: &str, b: &str| a == b || crate::schema::lex::same_but_for_names(a, b, names);
    match (old, new) {
        (Body::Constraint(a), Body::Constraint(b)) => {
            a.kind == b.kind && a.inherited == b.inherited && same(&a.definition, &b.definition)
        }
        (Body::Index(a), Body::Index(b)) => {
            a.is_unique == b.is_unique
                && a.partition_of.is_some() == b.partition_of.is_some()
                && same(&a.definition, &b.definition)
        }
        (Body::Sequence(a), Body::Sequence(b)) => {
            a.owned_by.is_some() && a.owned_by == b.owned_by && a.identity == b.identity
        }
        _ => false,
    }
}
