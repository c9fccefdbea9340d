//! What becomes of each object: kept, made, dropped, changed in place, or dropped and made again.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{number, row_order};
use crate::schema::model::{
    Body, Column, Constraint, ConstraintType, Foreign, Index, Kind, ObjectId, Plain, Policy,
    Routine, Sequence, Snapshot, Statistics, Table, View,
};

/// What becomes of an object; one that stays as it is has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fate {
    /// Only the new side has it.
    Create,
    /// Only the old side has it.
    Drop,
    /// It is changed in place.
    Alter,
    /// It is dropped and made again.
    Rebuild,
    /// A type whose columns move over to a new one of the same name.
    Swap,
}

/// The fates of all objects that don't stay as they are.
#[derive(Debug, Default)]
pub(crate) struct Fates {
    pub(crate) of: BTreeMap<ObjectId, Fate>,
    /// Kept columns whose type is swapped beneath them.
    pub(crate) recast: BTreeSet<ObjectId>,
}

impl Fates {
    pub(crate) fn get(&self, id: &ObjectId) -> Option<Fate> {
        self.of.get(id).copied()
    }

    /// Whether the object is made, newly or again.
    pub(crate) fn makes(&self, id: &ObjectId) -> bool {
        matches!(
            self.get(id),
            Some(Fate::Create | Fate::Rebuild | Fate::Swap)
        )
    }

    /// Whether the old object is removed.
    pub(crate) fn drops(&self, id: &ObjectId) -> bool {
        matches!(self.get(id), Some(Fate::Drop | Fate::Rebuild))
    }
}

/// Decides the fate of every object. `swapped` are enums whose values can't be added in place.
pub(crate) fn decide(from: &Snapshot, to: &Snapshot, swapped: &BTreeSet<ObjectId>) -> Fates {
    let mut fates = Fates::default();
    for (id, old, new) in from.beside(to) {
        let fate = match (old, new) {
            (Some(old), Some(new)) if old != new && means_the_same(from, to, id) => None,
            (Some(old), Some(new)) => match difference(old, new) {
                // Columns stand on it as they do on a type.
                Some(Fate::Rebuild) if matches!(id.kind, Kind::Collation | Kind::Range) => {
                    Some(Fate::Swap)
                }
                other => other,
            },
            (Some(_), None) => Some(Fate::Drop),
            (None, _) => Some(Fate::Create),
        };
        fates.of.extend(fate.map(|fate| (id.clone(), fate)));
    }
    for id in retyped_in_use(from, to) {
        fates.of.insert(id.clone(), Fate::Swap);
    }
    for id in swapped.iter().filter(|id| from.objects.contains_key(*id)) {
        fates.of.insert(id.clone(), Fate::Swap);
    }
    let old = |id: &&ObjectId| from.objects.contains_key(*id);
    let changed: Vec<ObjectId> = fates.of.keys().filter(old).cloned().collect();
    let dependents = dependents(from, changed.iter());
    Spread {
        from,
        to,
        fates: &mut fates,
        dependents: &dependents,
    }
    .run();
    fates
}

/// Whether an object means the same on both sides though its text differs.
fn means_the_same(from: &Snapshot, to: &Snapshot, id: &ObjectId) -> bool {
    number::is_same(from, to, id) || row_order::is_same(from, to, id)
}

/// Composite types of kept columns with an attribute of another type: PostgreSQL refuses to change it
/// in place.
fn retyped_in_use<'a>(from: &'a Snapshot, to: &'a Snapshot) -> Vec<&'a ObjectId> {
    let retyped = |id: &ObjectId, old: &Body| {
        let Body::Composite(a) = old else {
            return false;
        };
        let Some(Body::Composite(b)) = to.objects.get(id) else {
            return false;
        };
        a.attributes.iter().any(|attribute| {
            let mut others = b.attributes.iter();
            others.any(|other| other.name == attribute.name && other != attribute)
        })
    };
    let is_kept = |user: &&ObjectId| user.kind == Kind::Column && to.objects.contains_key(*user);
    from.objects
        .iter()
        .filter(|(id, old)| retyped(id, old))
        .map(|(id, _)| id)
        .filter(|id| from.needed_by(id).any(|user| is_kept(&user)))
        .collect()
}

/// What needs each of these objects, and what needs that, and so on. A walk over all edges for each
/// step away from them costs less than to turn around all edges, of which few matter.
fn dependents<'a>(
    snapshot: &'a Snapshot,
    of_these: impl Iterator<Item = &'a ObjectId>,
) -> HashMap<&'a ObjectId, Vec<&'a ObjectId>> {
    let mut dependents: HashMap<&ObjectId, Vec<&ObjectId>> = HashMap::new();
    let mut open: HashSet<&ObjectId> = of_these.collect();
    while !open.is_empty() {
        // Most edges lead to a column: to look at the kind first spares to look up most names.
        let kinds: BTreeSet<Kind> = open.iter().map(|id| id.kind).collect();
        for (of, on) in snapshot.dependencies.iter() {
            if kinds.contains(&on.kind) && open.contains(on) {
                dependents.entry(on).or_default().push(of);
            }
        }
        let next = open.iter().filter_map(|id| dependents.get(*id)).flatten();
        open = next
            .copied()
            .filter(|id| !dependents.contains_key(*id))
            .collect();
    }
    dependents
}

/// Spreads drops and changes of type to what stands in their way.
struct Spread<'a> {
    from: &'a Snapshot,
    to: &'a Snapshot,
    fates: &'a mut Fates,
    dependents: &'a HashMap<&'a ObjectId, Vec<&'a ObjectId>>,
}

impl Spread<'_> {
    fn run(&mut self) {
        let mut open: Vec<ObjectId> = self.fates.of.keys().cloned().collect();
        while let Some(id) = open.pop() {
            let disturbance = self.disturbance(&id);
            let dependents: Vec<ObjectId> = self
                .dependents
                .get(&id)
                .map(|ids| ids.iter().map(|id| (*id).clone()).collect())
                .unwrap_or_default();
            for dependent in dependents {
                if self.spread(disturbance, &id, &dependent) {
                    open.push(dependent);
                }
            }
        }
    }

    fn disturbance(&self, id: &ObjectId) -> Disturbance {
        match self.fates.get(id) {
            Some(Fate::Drop | Fate::Rebuild) => Disturbance::Gone,
            Some(Fate::Swap) => Disturbance::Swapped,
            Some(Fate::Alter) if self.changes_type(id) => Disturbance::Retyped,
            _ if self.fates.recast.contains(id) => Disturbance::Recast,
            Some(Fate::Create | Fate::Alter) | None => Disturbance::None,
        }
    }

    fn changes_type(&self, id: &ObjectId) -> bool {
        match (self.from.column(id), self.to.column(id)) {
            (Some(a), Some(b)) => changes_type(a, b),
            _ => false,
        }
    }

    /// Gives a dependent the fate that its support forces on it; says whether that is news.
    fn spread(&mut self, disturbance: Disturbance, on: &ObjectId, id: &ObjectId) -> bool {
        if !self.to.objects.contains_key(id) || self.fates.drops(id) {
            return false;
        }
        if self.is_typed_by(on, id) && self.fates.get(id).is_none() {
            self.fates.of.insert(id.clone(), Fate::Alter);
            return true;
        }
        let forced = match disturbance {
            Disturbance::None => false,
            Disturbance::Gone => self.must_go_with(on, id),
            Disturbance::Swapped => match id.kind {
                Kind::Column => return self.generated_or_recast(id),
                Kind::Domain | Kind::Composite | Kind::Range => {
                    return self.fates.of.insert(id.clone(), Fate::Swap) != Some(Fate::Swap);
                }
                Kind::Table => false,
                _ => true,
            },
            Disturbance::Retyped => self.hinders_change_of_type(on, id, false),
            Disturbance::Recast => self.hinders_change_of_type(on, id, true),
        };
        forced && self.fates.of.insert(id.clone(), Fate::Rebuild) != Some(Fate::Rebuild)
    }

    /// Whether a table has its columns from a type that doesn't stay as it is.
    fn is_typed_by(&self, on: &ObjectId, id: &ObjectId) -> bool {
        on.kind == Kind::Composite
            && self.fates.get(on).is_some()
            && self.from.table(id).is_some_and(|t| t.of_type.is_some())
    }

    /// Columns and tables hold data: what they stand on is changed beneath them.
    fn must_go_with(&self, on: &ObjectId, id: &ObjectId) -> bool {
        match id.kind {
            Kind::Column => {
                is_generated(self.from, id) && on.kind != Kind::Table
                    || self.fates.drops(&id.table())
            }
            // A foreign table holds nothing of its own.
            Kind::Table => {
                self.from.table(id).is_some_and(|t| t.is_foreign) && on.kind == Kind::Server
            }
            Kind::Schema | Kind::Extension => false,
            Kind::Sequence => self.fates.drops(on) && on.kind == Kind::Schema,
            _ => true,
        }
    }

    fn generated_or_recast(&mut self, id: &ObjectId) -> bool {
        if is_generated(self.from, id) {
            return self.fates.of.insert(id.clone(), Fate::Rebuild) != Some(Fate::Rebuild);
        }
        self.fates.recast.insert(id.clone())
    }

    fn hinders_change_of_type(&self, on: &ObjectId, id: &ObjectId, recast: bool) -> bool {
        let same_table = id.schema == on.schema && id.parent == on.parent;
        match id.kind {
            Kind::View
            | Kind::MaterializedView
            | Kind::Rule
            | Kind::Trigger
            | Kind::Policy
            | Kind::Default
            | Kind::Routine
            | Kind::Publication => true,
            Kind::Column => same_table && is_generated(self.from, id),
            Kind::Constraint => match self.from.constraint(id).map(|c| c.kind) {
                Some(ConstraintType::ForeignKey) => self.both_ends_change(id),
                Some(ConstraintType::Check) => recast,
                _ => recast && self.is_of_range(on),
            },
            Kind::Index => {
                recast && (has_expression(self.from.objects.get(id)) || self.is_of_range(on))
            }
            Kind::Statistics => recast,
            _ => false,
        }
    }

    /// Whether a column holds texts for a while, which no index of a range can carry.
    fn is_of_range(&self, column: &ObjectId) -> bool {
        self.from
            .needs(column)
            .any(|on| on.kind == Kind::Range && self.fates.get(on) == Some(Fate::Swap))
    }

    /// Whether the columns of a foreign key change on the table that has it and on the other.
    fn both_ends_change(&self, foreign_key: &ObjectId) -> bool {
        let changing = |own: bool| {
            self.from
                .needs(foreign_key)
                .filter(|id| id.kind == Kind::Column)
                .filter(|id| {
                    (id.parent == foreign_key.parent && id.schema == foreign_key.schema) == own
                })
                .any(|id| self.changes_type(id) || self.fates.recast.contains(id))
        };
        let points_at_itself = self.from.constraint(foreign_key).is_some_and(|c| {
            c.target
                .as_ref()
                .is_some_and(|t| t.0 == foreign_key.schema && t.1 == foreign_key.parent)
        });
        changing(true) && (points_at_itself || changing(false))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Disturbance {
    None,
    Gone,
    Swapped,
    Retyped,
    Recast,
}

fn is_generated(snapshot: &Snapshot, id: &ObjectId) -> bool {
    snapshot
        .column(id)
        .is_some_and(|column| !column.generated.is_empty())
}

/// Whether an index has a predicate or an expression, which name the type that they were made with.
fn has_expression(body: Option<&Body>) -> bool {
    match body {
        Some(Body::Index(index)) => {
            index.definition.contains("::") || index.definition.contains(" WHERE ")
        }
        _ => false,
    }
}

/// Whether a column gets another type or collation.
pub(crate) fn changes_type(a: &Column, b: &Column) -> bool {
    a.data_type != b.data_type || a.collation != b.collation
}

/// What it takes to make one body the other; nothing where they are equal.
fn difference(old: &Body, new: &Body) -> Option<Fate> {
    if old == new {
        return None;
    }
    match (old, new) {
        (Body::Enum(a), Body::Enum(b)) => Some(if is_subsequence(&a.values, &b.values) {
            Fate::Alter
        } else {
            Fate::Swap
        }),
        (Body::Domain(a), Body::Domain(b)) => {
            let same_base = a.base == b.base && a.collation == b.collation;
            Some(if same_base { Fate::Alter } else { Fate::Swap })
        }
        (Body::Composite(_), Body::Composite(_)) | (Body::Extension(_), Body::Extension(_)) => {
            Some(Fate::Alter)
        }
        (Body::Sequence(a), Body::Sequence(b)) => sequence(a, b),
        (Body::Table(a), Body::Table(b)) => table(a, b),
        (Body::Column(a), Body::Column(b)) => column(a, b),
        (Body::Default(_), Body::Default(_)) => Some(Fate::Alter),
        (Body::Constraint(a), Body::Constraint(b)) => constraint(a, b),
        (Body::Index(a), Body::Index(b)) => index(a, b),
        (Body::View(a), Body::View(b)) => view(a, b),
        (Body::Routine(a), Body::Routine(b)) => Some(routine(a, b)),
        (Body::Policy(a), Body::Policy(b)) => Some(policy(a, b)),
        (Body::Statistics(a), Body::Statistics(b)) => Some(statistics(a, b)),
        (Body::Owner(_), Body::Owner(_)) => Some(Fate::Alter),
        (Body::Foreign(a), Body::Foreign(b)) => Some(foreign(a, b)),
        (Body::Plain(a), Body::Plain(b)) => Some(plain(a, b)),
        _ => Some(Fate::Rebuild),
    }
}

/// Whether all values are kept in their order.
fn is_subsequence(old: &[String], new: &[String]) -> bool {
    let mut rest = new.iter();
    old.iter().all(|value| rest.any(|other| other == value))
}

fn sequence(a: &Sequence, b: &Sequence) -> Option<Fate> {
    if a.identity != b.identity {
        return Some(Fate::Rebuild);
    }
    let compared = Sequence {
        owned_by: b.owned_by.clone(),
        ..a.clone()
    };
    (compared != *b).then_some(Fate::Alter)
}

fn table(a: &Table, b: &Table) -> Option<Fate> {
    let same_storage =
        a.is_foreign == b.is_foreign && a.partition_by == b.partition_by && a.server == b.server;
    Some(if same_storage {
        Fate::Alter
    } else {
        Fate::Rebuild
    })
}

fn column(a: &Column, b: &Column) -> Option<Fate> {
    let compared = Column {
        position: b.position,
        local: b.local,
        inherited: b.inherited,
        not_null_local: b.not_null_local,
        ..a.clone()
    };
    if compared == *b {
        return None;
    }
    let stops_being_generated = !a.generated.is_empty() && b.generated.is_empty();
    let same_generation = a.generated == b.generated && a.expression == b.expression;
    let retyped = !a.generated.is_empty() && changes_type(a, b);
    Some(if (same_generation && !retyped) || stops_being_generated {
        Fate::Alter
    } else {
        Fate::Rebuild
    })
}

fn constraint(a: &Constraint, b: &Constraint) -> Option<Fate> {
    let same_definition = definition_when_valid(a) == definition_when_valid(b);
    let same_place = a.tablespace == b.tablespace;
    if !same_definition {
        return Some(Fate::Rebuild);
    }
    if a.validated && !b.validated {
        return Some(Fate::Rebuild);
    }
    let same = a.validated == b.validated
        && same_place
        && a.options == b.options
        && a.clustered == b.clustered
        && a.replica_identity == b.replica_identity;
    (!same).then_some(Fate::Alter)
}

fn definition_when_valid(constraint: &Constraint) -> &str {
    let text = constraint.definition.as_str();
    text.strip_suffix(" NOT VALID").unwrap_or(text)
}

fn index(a: &Index, b: &Index) -> Option<Fate> {
    let same_definition = a.definition == b.definition && a.is_unique == b.is_unique;
    if !same_definition || (a.is_valid && !b.is_valid) {
        return Some(Fate::Rebuild);
    }
    let same = a.tablespace == b.tablespace
        && a.clustered == b.clustered
        && a.replica_identity == b.replica_identity
        && a.statistics == b.statistics
        && a.is_valid == b.is_valid;
    (!same).then_some(Fate::Alter)
}

fn view(a: &View, b: &View) -> Option<Fate> {
    let with_old_options = View {
        options: a.options.clone(),
        settings: a.settings.clone(),
        ..b.clone()
    };
    if *a == with_old_options {
        return Some(Fate::Alter);
    }
    let appends_only =
        b.columns.len() >= a.columns.len() && a.columns.iter().zip(&b.columns).all(|(x, y)| x == y);
    let replaceable = !a.materialized && !b.materialized && appends_only;
    Some(if replaceable {
        Fate::Alter
    } else {
        Fate::Rebuild
    })
}

fn routine(a: &Routine, b: &Routine) -> Fate {
    let replaceable = a.kind == b.kind && a.result == b.result && a.arguments == b.arguments;
    if replaceable {
        Fate::Alter
    } else {
        Fate::Rebuild
    }
}

fn policy(a: &Policy, b: &Policy) -> Fate {
    let loses_expression = (a.using_expression.is_some() && b.using_expression.is_none())
        || (a.check_expression.is_some() && b.check_expression.is_none());
    let alterable = a.command == b.command && a.permissive == b.permissive && !loses_expression;
    if alterable {
        Fate::Alter
    } else {
        Fate::Rebuild
    }
}

fn statistics(a: &Statistics, b: &Statistics) -> Fate {
    if a.definition == b.definition && b.target.is_some() {
        Fate::Alter
    } else {
        Fate::Rebuild
    }
}

fn foreign(a: &Foreign, b: &Foreign) -> Fate {
    let loses_version = a.version.is_some() && b.version.is_none();
    let alterable = a.wrapper == b.wrapper && a.server_type == b.server_type && !loses_version;
    if alterable {
        Fate::Alter
    } else {
        Fate::Rebuild
    }
}

fn plain(a: &Plain, b: &Plain) -> Fate {
    if a.definition == b.definition {
        Fate::Alter
    } else {
        Fate::Rebuild
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn values_can_be_added_anywhere_but_not_moved() {
        assert!(is_subsequence(
            &values(&["a", "b"]),
            &values(&["x", "a", "y", "b"])
        ));
        assert!(!is_subsequence(&values(&["a", "b"]), &values(&["b", "a"])));
        assert!(!is_subsequence(&values(&["a", "b"]), &values(&["a"])));
    }
}
