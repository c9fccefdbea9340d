//! What a symbol names, from the written rules alone.

use super::reference::{Fault, Id, Ids, Place, Sight};

/// Where a step goes: `down` may end below a merge, where only the merge stands above.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Any,
    Down,
}

impl Sight<'_> {
    pub(super) fn all_places(&self, symbols: &[String]) -> Result<Vec<Place>, Fault> {
        let mut places = Vec::new();
        for symbol in symbols {
            places.extend(self.places(symbol, Way::Any)?);
        }
        Ok(places)
    }

    pub(super) fn up_places(&self, symbol: &str) -> Result<Vec<Place>, Fault> {
        match step(symbol) {
            Some(count) if count < 0 => Err(Fault::WrongDirection),
            _ => self.places(symbol, Way::Any),
        }
    }

    pub(super) fn down_places(&self, symbol: &str) -> Result<Vec<Place>, Fault> {
        match step(symbol) {
            Some(count) if count > 0 => Err(Fault::WrongDirection),
            _ => self.places(symbol, Way::Down),
        }
    }

    fn places(&self, symbol: &str, way: Way) -> Result<Vec<Place>, Fault> {
        if let Some(count) = step(symbol) {
            return self.step_of_current(count, None, way);
        }
        if let Some(found) = self.keyword(symbol, None)? {
            return Ok(found);
        }
        if let Some(id) = self.exact(symbol, None)? {
            return Ok(vec![place(id, None)]);
        }
        let Some((branch, rest)) = symbol.split_once('@') else {
            return self.relative_or_prefix(symbol, None, way);
        };
        let line = match self.name(branch, None) {
            Err(Fault::Unknown) => return Err(Fault::NoSuchBranch),
            other => Some(other?),
        };
        if let Some(found) = self.keyword(rest, line)? {
            return Ok(found);
        }
        if let Some(count) = step(rest) {
            return self.step_of_current(count, line, way);
        }
        if let Some(id) = self.exact(rest, line)? {
            return Ok(vec![place(id, line)]);
        }
        self.relative_or_prefix(rest, line, way)
    }

    fn relative_or_prefix(
        &self,
        symbol: &str,
        line: Option<Id>,
        way: Way,
    ) -> Result<Vec<Place>, Fault> {
        if let Some((start, count)) = relative(symbol) {
            match self.start(start, line) {
                Ok(start) => {
                    let at = self.walk(start, count, line, way)?;
                    return Ok(vec![Place { at, line }]);
                }
                Err(Fault::Unknown) => {}
                Err(fault) => return Err(fault),
            }
        }
        Ok(vec![place(self.prefix(symbol, line)?, line)])
    }

    /// What a step begins at: one revision, or the base.
    fn start(&self, symbol: &str, line: Option<Id>) -> Result<Option<Id>, Fault> {
        match self.keyword(symbol, line)? {
            None => self.name(symbol, line).map(Some),
            Some(found) => match found.as_slice() {
                [] => Err(Fault::NoRevision),
                [one] => Ok(one.at),
                several => Err(Fault::Ambiguous(
                    several.iter().filter_map(|p| p.at).collect(),
                )),
            },
        }
    }

    fn keyword(&self, symbol: &str, line: Option<Id>) -> Result<Option<Vec<Place>>, Fault> {
        let mut heads = self.heads();
        if let Some(line) = line {
            let above = self.above(&[line].into(), Self::parents);
            heads.retain(|head| above.contains(head));
        }
        let here = |ids: Ids| Some(ids.into_iter().map(|id| place(id, line)).collect());
        match symbol {
            "base" => Ok(Some(vec![Place { at: None, line }])),
            "heads" => Ok(here(heads)),
            "head" if heads.len() > 1 => Err(Fault::SeveralHeads(heads)),
            "head" => Ok(here(heads)),
            "current" => Ok(here(self.current(line)?)),
            _ => Ok(None),
        }
    }

    /// What is applied and has nothing applied above it, everywhere or on a line.
    fn current(&self, line: Option<Id>) -> Result<Ids, Fault> {
        let applied = self.applied.ok_or(Fault::NeedsDatabase)?;
        let Some(line) = line else {
            return Ok(self.heads_of(applied));
        };
        let mine: Ids = applied.intersection(&self.line(line)).copied().collect();
        let is_last = |id: &Id| self.children(*id).is_disjoint(&mine);
        Ok(mine.iter().copied().filter(is_last).collect())
    }

    fn step_of_current(&self, count: i64, line: Option<Id>, way: Way) -> Result<Vec<Place>, Fault> {
        let current = self.current(line)?;
        if current.len() > 1 {
            return Err(Fault::SeveralWays(current));
        }
        let at = self.walk(current.into_iter().next(), count, line, way)?;
        Ok(vec![Place { at, line }])
    }

    fn walk(
        &self,
        start: Option<Id>,
        count: i64,
        line: Option<Id>,
        way: Way,
    ) -> Result<Option<Id>, Fault> {
        let steps = count.unsigned_abs();
        let mut at = start;
        for done in 0..steps {
            let mut next = match (at, count > 0) {
                (Some(id), true) => self.children(id),
                (None, true) => self.roots(),
                (Some(id), false) => self.parents(id),
                (None, false) => return Err(Fault::TooFar(done)),
            };
            if count < 0 && next.is_empty() {
                at = None;
                continue;
            }
            if let Some(line) = line {
                let members = self.line(line);
                next.retain(|id| members.contains(id));
            }
            if next.len() > 1 && count < 0 && done + 1 == steps && way == Way::Down {
                self.keep_below_merge(&mut next, at);
            }
            at = match next.len() {
                0 => return Err(Fault::TooFar(done)),
                1 => next.first().copied(),
                _ => return Err(Fault::SeveralWays(next)),
            };
        }
        Ok(at)
    }

    /// To go down below a merge is clear where one of its parents has only the merge above it.
    fn keep_below_merge(&self, parents: &mut Ids, merge: Option<Id>) {
        let Some((merge, applied)) = merge.zip(self.applied) else {
            return;
        };
        let above = |parent: &Id| &self.children(*parent) & applied;
        let clear = parents
            .iter()
            .copied()
            .find(|parent| above(parent) == Ids::from([merge]));
        if let Some(parent) = clear {
            *parents = [parent].into();
        }
    }

    /// Any name of one revision, without steps.
    fn name(&self, name: &str, line: Option<Id>) -> Result<Id, Fault> {
        match self.exact(name, line)? {
            Some(id) => Ok(id),
            None => self.prefix(name, line),
        }
    }

    /// Full id, else label, else slug.
    fn exact(&self, name: &str, line: Option<Id>) -> Result<Option<Id>, Fault> {
        let mut all = self.all().into_iter();
        let labelled = |id: &Id| self.rev(*id).label.as_deref() == Some(name);
        let found = all.find(|id| id.to_string() == name);
        if let Some(id) = found.or_else(|| self.all().into_iter().find(labelled)) {
            return self.on_line(id, line).map(Some);
        }
        self.the_one(|id| self.rev(id).slug == name, line)
    }

    /// Unique beginning of an id, else of a slug.
    fn prefix(&self, name: &str, line: Option<Id>) -> Result<Id, Fault> {
        if name.is_empty() {
            return Err(Fault::Unknown);
        }
        let of_id = |id: Id| id.to_string().starts_with(name);
        let of_slug = |id: Id| self.rev(id).slug.starts_with(name);
        // What lies on the line is preferred; what lies only elsewhere is an error that says so.
        let elsewhere = match self.the_one(of_id, line) {
            Ok(Some(id)) => return Ok(id),
            Err(Fault::NotOnLine(id, line)) => Some(Fault::NotOnLine(id, line)),
            Err(fault) => return Err(fault),
            Ok(None) => None,
        };
        match (self.the_one(of_slug, line), elsewhere) {
            (Ok(Some(id)), _) => Ok(id),
            (Err(Fault::NotOnLine(..)) | Ok(None), Some(fault)) => Err(fault),
            (Err(fault), _) => Err(fault),
            (Ok(None), None) => Err(Fault::Unknown),
        }
    }

    fn the_one(&self, test: impl Fn(Id) -> bool, line: Option<Id>) -> Result<Option<Id>, Fault> {
        let everywhere: Ids = self.all().into_iter().filter(|&id| test(id)).collect();
        let mut here = everywhere.clone();
        if let Some(line) = line {
            here.retain(|&id| self.line(line).contains(&id));
        }
        match (here.len(), everywhere.first()) {
            (1, _) => Ok(here.first().copied()),
            (0, Some(&id)) => self.on_line(id, line).map(Some),
            (0, None) => Ok(None),
            _ => Err(Fault::Ambiguous(here)),
        }
    }

    fn on_line(&self, id: Id, line: Option<Id>) -> Result<Id, Fault> {
        match line {
            Some(line) if !self.line(line).contains(&id) => Err(Fault::NotOnLine(id, line)),
            _ => Ok(id),
        }
    }
}

fn place(id: Id, line: Option<Id>) -> Place {
    Place { at: Some(id), line }
}

/// `+N` or `-N`.
fn step(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-'])?;
    let count: i64 = digits
        .parse()
        .ok()
        .filter(|_| !digits.starts_with(['+', '-']))?;
    Some(if text.starts_with('-') { -count } else { count })
}

/// `SYMBOL+N` or `SYMBOL-N`.
fn relative(text: &str) -> Option<(&str, i64)> {
    let at = text.rfind(['+', '-'])?;
    (at > 0).then_some(())?;
    Some((&text[..at], step(&text[at..])?))
}
