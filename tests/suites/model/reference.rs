//! What must be true of a graph and of a database, from the written rules alone: sets of numbers,
//! walked one step at a time, with nothing shared with the code that is tested.

use std::collections::{BTreeMap, BTreeSet};

/// A revision's id as a number.
pub(super) type Id = u32;
pub(super) type Ids = BTreeSet<Id>;

/// A revision as its file says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rev {
    pub(super) slug: String,
    pub(super) parents: Ids,
    pub(super) needs: Ids,
    pub(super) label: Option<String>,
}

/// The files, the database, and those revisions of the database whose files are gone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Model {
    pub(super) files: BTreeMap<Id, Rev>,
    pub(super) applied: Ids,
    pub(super) lost: BTreeMap<Id, Rev>,
}

/// A place to go to, perhaps seen from one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// A revision, or the base.
    pub(super) at: Option<Id>,
    /// A revision whose line is meant.
    pub(super) line: Option<Id>,
}

/// Why something is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    Unknown,
    NoSuchBranch,
    Ambiguous(Ids),
    SeveralHeads(Ids),
    NotOnLine(Id, Id),
    TooFar(u64),
    SeveralWays(Ids),
    WrongDirection,
    NoRevision,
    NeedsDatabase,
    Overlap,
    NotApplied(Id),
    UnknownApplied(Ids),
    Twice(Id),
    NotAHead(Id),
    BaseAmongOthers,
    NothingToMerge,
    UnknownNeed,
}

/// The same files as a graph, with or without the lost revisions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sight<'m> {
    pub(super) model: &'m Model,
    pub(super) with_lost: bool,
    /// What is applied; without a database nothing is known.
    pub(super) applied: Option<&'m Ids>,
}

impl Model {
    /// As a command sees it that reads the database and knows the lost revisions by their record.
    pub(super) fn online(&self) -> Sight<'_> {
        Sight {
            model: self,
            with_lost: true,
            applied: Some(&self.applied),
        }
    }

    /// As a command sees it that asks no database.
    pub(super) fn offline(&self) -> Sight<'_> {
        Sight {
            model: self,
            with_lost: false,
            applied: None,
        }
    }

    /// The heads of what is applied.
    pub(super) fn current(&self) -> Ids {
        self.online().heads_of(&self.applied)
    }

    pub(super) fn unknown(&self) -> Result<(), Fault> {
        match self.lost.is_empty() {
            true => Ok(()),
            false => Err(Fault::UnknownApplied(self.lost.keys().copied().collect())),
        }
    }

    /// What `up` adds.
    pub(super) fn up(&self, symbols: &[String]) -> Result<Ids, Fault> {
        self.unknown()?;
        let sight = self.online();
        let mut points = Ids::new();
        for symbol in symbols {
            points.extend(sight.up_places(symbol)?.iter().filter_map(|place| place.at));
        }
        let below = |upper: &Id| sight.below(&[*upper].into(), Sight::parents);
        let overlaps = |upper: &Id| {
            points
                .iter()
                .any(|lower| lower != upper && below(upper).contains(lower))
        };
        if points.iter().any(overlaps) {
            return Err(Fault::Overlap);
        }
        let all = sight.below(&points, Sight::all_needs);
        Ok(all.difference(&self.applied).copied().collect())
    }

    /// What `down` takes away.
    pub(super) fn down(&self, symbol: &str) -> Result<Ids, Fault> {
        let sight = self.online();
        let places = sight.down_places(symbol)?;
        let place = match places.as_slice() {
            [] => Place {
                at: None,
                line: None,
            },
            [one] => *one,
            several => {
                let several = several.iter().filter_map(|place| place.at).collect();
                return Err(Fault::Ambiguous(several));
            }
        };
        if let Some(at) = place.at.filter(|at| !self.applied.contains(at)) {
            return Err(Fault::NotApplied(at));
        }
        let first = match place.line {
            None => self.directly_above(place.at),
            Some(line) => self.above_on_line(place.at, line),
        };
        let gone = sight.above(&first, Sight::all_needs);
        let gone: Ids = gone.intersection(&self.applied).copied().collect();
        let stays: Ids = self
            .lost
            .keys()
            .filter(|id| !gone.contains(id))
            .copied()
            .collect();
        match stays.is_empty() {
            true => Ok(gone),
            false => Err(Fault::UnknownApplied(self.lost.keys().copied().collect())),
        }
    }

    fn directly_above(&self, at: Option<Id>) -> Ids {
        let sight = self.online();
        let is_above = |id: &Id| at.is_none_or(|at| sight.parents(*id).contains(&at));
        self.applied.iter().copied().filter(is_above).collect()
    }

    /// The line's own revisions above a point, without those that another line stands on.
    fn above_on_line(&self, at: Option<Id>, line: Id) -> Ids {
        let sight = self.online();
        let members = sight.line(line);
        let others: Ids = self.applied.difference(&members).copied().collect();
        let needed = sight.below(&others, Sight::parents);
        let is_above = |id: &Id| match at {
            None => true,
            Some(at) => *id != at && sight.below(&[*id].into(), Sight::parents).contains(&at),
        };
        let mine = self.applied.intersection(&members).copied();
        mine.filter(|id| is_above(id) && !needed.contains(id))
            .collect()
    }

    /// The set that `stamp` leaves.
    pub(super) fn stamp(&self, symbols: &[String]) -> Result<Ids, Fault> {
        self.unknown()?;
        let sight = self.online();
        let places = sight.all_places(symbols)?;
        let mut heads = self.current();
        for place in &places {
            let related = |head: &Id| match (place.at, place.line) {
                (Some(at), _) => {
                    let (one, other) = ([at].into(), [*head].into());
                    sight.below(&one, Sight::all_needs).contains(head)
                        || sight.below(&other, Sight::all_needs).contains(&at)
                }
                (None, Some(line)) => sight.line(line).contains(head),
                (None, None) => true,
            };
            heads.retain(|head| !related(head));
        }
        heads.extend(places.iter().filter_map(|place| place.at));
        Ok(sight.below(&heads, Sight::all_needs))
    }

    /// The set that `stamp --purge` leaves.
    pub(super) fn stamp_purge(&self, symbols: &[String]) -> Result<Ids, Fault> {
        let nothing = Ids::new();
        let sight = Sight {
            model: self,
            with_lost: false,
            applied: Some(&nothing),
        };
        let places = sight.all_places(symbols)?;
        let points = places.iter().filter_map(|place| place.at).collect();
        Ok(sight.below(&points, Sight::all_needs))
    }

    /// What a new revision follows.
    pub(super) fn parents(&self, names: &[String], splice: bool) -> Result<Vec<Id>, Fault> {
        let sight = self.offline();
        if names.is_empty() {
            let heads = sight.heads();
            return match heads.len() {
                0 | 1 => Ok(heads.into_iter().collect()),
                _ => Err(Fault::SeveralHeads(heads)),
            };
        }
        let places = sight.all_places(names)?;
        if places.len() == 1 && places[0].at.is_none() {
            return Ok(Vec::new());
        }
        if places.iter().any(|place| place.at.is_none()) {
            return Err(Fault::BaseAmongOthers);
        }
        self.usable(places.iter().filter_map(|place| place.at), splice)
    }

    /// What a merge follows.
    pub(super) fn merged(&self, names: &[String], splice: bool) -> Result<Vec<Id>, Fault> {
        let sight = self.offline();
        let ids: Vec<Id> = match names.is_empty() {
            true => sight.heads().into_iter().collect(),
            false => {
                let places = sight.all_places(names)?;
                places.iter().filter_map(|place| place.at).collect()
            }
        };
        let ids = self.usable(ids.into_iter(), splice)?;
        match ids.len() {
            0 | 1 => Err(Fault::NothingToMerge),
            _ => Ok(ids),
        }
    }

    fn usable(&self, ids: impl Iterator<Item = Id>, splice: bool) -> Result<Vec<Id>, Fault> {
        let heads = self.offline().heads();
        let mut usable = Vec::new();
        for id in ids {
            if usable.contains(&id) {
                return Err(Fault::Twice(id));
            }
            if !splice && !heads.contains(&id) {
                return Err(Fault::NotAHead(id));
            }
            usable.push(id);
        }
        Ok(usable)
    }
}

impl<'m> Sight<'m> {
    pub(super) fn rev(&self, id: Id) -> &'m Rev {
        let lost = || self.model.lost.get(&id).filter(|_| self.with_lost);
        self.model
            .files
            .get(&id)
            .or_else(lost)
            .expect("a revision of this sight")
    }

    pub(super) fn all(&self) -> Ids {
        let lost = self.model.lost.keys().filter(|_| self.with_lost);
        self.model.files.keys().chain(lost).copied().collect()
    }

    pub(super) fn parents(&self, id: Id) -> Ids {
        self.rev(id).parents.clone()
    }

    /// Parents and dependencies.
    pub(super) fn all_needs(&self, id: Id) -> Ids {
        let rev = self.rev(id);
        rev.parents.union(&rev.needs).copied().collect()
    }

    pub(super) fn children(&self, id: Id) -> Ids {
        let all = self.all().into_iter();
        all.filter(|&child| self.parents(child).contains(&id))
            .collect()
    }

    pub(super) fn roots(&self) -> Ids {
        let all = self.all().into_iter();
        all.filter(|&id| self.parents(id).is_empty()).collect()
    }

    pub(super) fn heads(&self) -> Ids {
        let all = self.all().into_iter();
        all.filter(|&id| self.children(id).is_empty()).collect()
    }

    /// The members that no member has as parent or dependency.
    pub(super) fn heads_of(&self, set: &Ids) -> Ids {
        let is_needed = |id: &Id| set.iter().any(|&other| self.all_needs(other).contains(id));
        set.iter().copied().filter(|id| !is_needed(id)).collect()
    }

    /// The set and all below it, until nothing more comes.
    pub(super) fn below(&self, set: &Ids, edges: impl Fn(&Self, Id) -> Ids) -> Ids {
        let mut found = set.clone();
        loop {
            let more: Ids = found.iter().flat_map(|&id| edges(self, id)).collect();
            let size = found.len();
            found.extend(more);
            if found.len() == size {
                return found;
            }
        }
    }

    /// The set and all above it.
    pub(super) fn above(&self, set: &Ids, edges: impl Fn(&Self, Id) -> Ids) -> Ids {
        let all = self.all();
        let mut found = set.clone();
        loop {
            let stands = |id: &Id| !edges(self, *id).is_disjoint(&found);
            let more: Ids = all.difference(&found).copied().filter(stands).collect();
            if more.is_empty() {
                return found;
            }
            found.extend(more);
        }
    }

    /// A revision with what it follows and what follows it.
    pub(super) fn line(&self, id: Id) -> Ids {
        let mut line = self.below(&[id].into(), Self::parents);
        line.extend(self.above(&[id].into(), Self::parents));
        line
    }
}
