//! Graphs in short form for unit tests: `"a b<a c<b:label d<b,c+x"`.
//!
//! Each word is a revision: its slug, `<` its parents, `+` what it depends on, `:` its label. Ids
//! are 1, 2, 3 … in the order of the words.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    place::Place,
    revision::{
        Checksum, Layout, Phase, Reference, Revises, Revision, Script, TransactionMode, Work,
    },
};

/// A graph before it is resolved: slug, parents, dependencies, label.
#[derive(Debug, Clone)]
pub(crate) struct Sketch(Vec<Word>);

#[derive(Debug, Clone)]
struct Word {
    slug: String,
    parents: Vec<String>,
    needs: Vec<String>,
    label: Option<String>,
}

/// The revisions of a sketch.
pub(crate) fn revisions(sketch: &str) -> Vec<Revision> {
    Sketch(sketch.split_whitespace().map(word).collect()).revisions()
}

fn word(word: &str) -> Word {
    let (rest, label) = match word.split_once(':') {
        Some((rest, label)) => (rest, Some(label.to_owned())),
        None => (word, None),
    };
    let (rest, needs) = rest.split_once('+').unwrap_or((rest, ""));
    let (slug, parents) = rest.split_once('<').unwrap_or((rest, ""));
    let names = |text: &str| {
        text.split(',')
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect()
    };
    Word {
        slug: slug.to_owned(),
        parents: names(parents),
        needs: names(needs),
        label,
    }
}

impl Sketch {
    /// Every node takes its parents and its dependency from the nodes before it.
    pub(crate) fn random<I>(
        nodes: &[(Vec<I>, Option<I>)],
        pick: impl Fn(&I, usize) -> usize,
    ) -> Self {
        let below = |index: &I, at: usize| format!("n{}", pick(index, at));
        let sketch = |(at, (parents, need)): (usize, &(Vec<I>, Option<I>))| {
            let parents: BTreeSet<String> = match at {
                0 => BTreeSet::new(),
                at => parents.iter().map(|index| below(index, at)).collect(),
            };
            let needs = need
                .iter()
                .filter(|_| at > 0)
                .map(|index| below(index, at))
                .collect();
            Word {
                slug: format!("n{at}"),
                parents: parents.into_iter().collect(),
                needs,
                label: None,
            }
        };
        Self(nodes.iter().enumerate().map(sketch).collect())
    }

    /// As the loader would give them.
    pub(crate) fn revisions(&self) -> Vec<Revision> {
        let ids: BTreeMap<&str, usize> = self
            .0
            .iter()
            .enumerate()
            .map(|(at, word)| (word.slug.as_str(), at + 1))
            .collect();
        let reference = |name: &String| Reference {
            name: ids
                .get(name.as_str())
                .map_or(name.clone(), ToString::to_string),
            place: Place::file("sketch.sql"),
        };
        let revision = |(at, word): (usize, &Word)| {
            let label = |name: &String| Reference {
                name: name.clone(),
                place: Place::file("sketch.sql"),
            };
            Revision {
                id: (at + 1).to_string().parse().expect("a number is an id"),
                slug: word.slug.clone(),
                message: word.slug.clone(),
                layout: Layout::Pair,
                revises: match word.parents.is_empty() {
                    true => Revises::Base,
                    false => Revises::Listed(word.parents.iter().map(reference).collect()),
                },
                depends_on: word.needs.iter().map(reference).collect(),
                labels: word.label.iter().map(label).collect(),
                up: script(at + 1, &word.slug, "up"),
                down: Some(script(at + 1, &word.slug, "down")),
                irreversible: None,
                compatible: true,
                hazards: BTreeSet::new(),
                allow: BTreeSet::new(),
                replaces: None,
                phase: Phase::Expand,
                work: Work::Script,
            }
        };
        self.0.iter().enumerate().map(revision).collect()
    }
}

fn script(id: usize, slug: &str, direction: &str) -> Script {
    let text = format!("SELECT '{slug} {direction}'");
    Script {
        path: format!("{id}_{slug}.{direction}.sql").into(),
        checksum: Checksum::of(&text),
        statements: std::iter::once(0..text.len()).collect(),
        text: text.into(),
        transaction: TransactionMode::Own,
        lock_timeout: None,
        statement_timeout: None,
        batches: Vec::new(),
    }
}
