//! Files become revisions: scripts of one id are put together, and what does not fit is refused.

use std::{collections::BTreeMap, path::PathBuf};

use super::{
    File, Findings, LoadErrors, Text, Warning, WarningKind,
    contents::Contents,
    decode::decode,
    key::Role,
    layout::{Named, ScriptName, Stray, recognise},
    metadata,
    script::{self, ReadScript},
    together::together,
};
use crate::{
    Place,
    revision::{Direction, Repeatable, Revision, RevisionId, TransactionMode, Work},
};

/// What a folder of revisions holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Source {
    /// By id.
    pub revisions: Vec<Revision>,
    /// By name.
    pub repeatable: Vec<Repeatable>,
    /// By place.
    pub warnings: Vec<Warning>,
}

/// Files that don't go together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilesError {
    /// Two files for one id and direction.
    #[error("`{}` and `{}` are both the {direction} script of revision `{id}`", first.display(), second.display())]
    TwoFiles {
        /// The id of both.
        id: RevisionId,
        /// `up` or `down`.
        direction: &'static str,
        /// One.
        first: PathBuf,
        /// The other.
        second: PathBuf,
    },
    /// Two ids that are the same number.
    #[error("the ids `{id}` of `{}` and `{other}` of `{}` are the same number", first.display(), second.display())]
    SameNumber {
        /// One spelling.
        id: RevisionId,
        /// The other.
        other: RevisionId,
        /// One.
        first: PathBuf,
        /// The other.
        second: PathBuf,
    },
    /// Two repeatable scripts whose names differ at most in case.
    #[error("`{}` and `{}` are both the repeatable script `{name}`", first.display(), second.display())]
    TwoRepeatables {
        /// The name.
        name: String,
        /// One.
        first: PathBuf,
        /// The other.
        second: PathBuf,
    },
}

impl FilesError {
    pub(super) fn hints(&self) -> Vec<String> {
        match self {
            Self::TwoFiles { .. } | Self::SameNumber { .. } => vec![
                "delete one of them, or rename it, its down script too, to an id that is free"
                    .to_owned(),
            ],
            Self::TwoRepeatables { .. } => vec!["rename one of them".to_owned()],
        }
    }
}

/// Reads files into revisions.
///
/// # Errors
/// All that is wrong with them, by place.
pub fn load(files: Vec<File>) -> Result<Source, LoadErrors> {
    load_with(files, Findings::default(), &|file, _| {
        Some(Contents::Bytes(file.bytes))
    })
}

/// Gives what a file holds, or reports why there is nothing.
pub(super) type Fetch<'f> = dyn Fn(File, &mut Findings) -> Option<Contents> + Sync + 'f;

/// Reads files into revisions; their bytes are fetched by the thread that parses them, and the
/// findings are added to those of before.
pub(super) fn load_with(
    files: Vec<File>,
    mut findings: Findings,
    fetch: &Fetch<'_>,
) -> Result<Source, LoadErrors> {
    let mut members = Vec::with_capacity(files.len());
    let mut repeatables: BTreeMap<String, (String, File)> = BTreeMap::new();
    for file in files {
        match recognise(&file.path) {
            Named::Script(name) => members.push((Member::Script(name), file)),
            Named::Metadata(id) => members.push((Member::Metadata(id), file)),
            Named::Repeatable(name) => add_repeatable(&mut repeatables, name, file, &mut findings),
            other => warn(&file, &other, &mut findings),
        }
    }
    let read = together(groups(members), |group| {
        let mut findings = Findings::default();
        (group.into_revision(fetch, &mut findings), findings)
    });
    let mut revisions = Vec::with_capacity(read.len());
    for (revision, found) in read {
        revisions.extend(revision);
        findings.errors.extend(found.errors);
        findings.warnings.extend(found.warnings);
    }
    revisions.sort_by(|a, b| a.id.cmp(&b.id));
    let repeatable = repeatables
        .into_values()
        .filter_map(|(name, file)| repeatable(name, file, fetch, &mut findings))
        .collect();
    let mut warnings = findings.warnings;
    warnings.sort_by(|a, b| a.place.cmp(&b.place));
    warnings.dedup();
    match LoadErrors::new(findings.errors) {
        Some(errors) => Err(errors),
        None => Ok(Source {
            revisions,
            repeatable,
            warnings,
        }),
    }
}

/// What a file is to its revision.
enum Member {
    Script(ScriptName),
    Metadata(RevisionId),
}

impl Member {
    fn id(&self) -> &RevisionId {
        match self {
            Self::Script(ScriptName { id, .. }) | Self::Metadata(id) => id,
        }
    }
}

/// Puts the files of one number together.
fn groups(mut members: Vec<(Member, File)>) -> Vec<Group> {
    // They come by name, so nearly in this order already.
    members.sort_by(|(one, _), (other, _)| (one.id().significant()).cmp(other.id().significant()));
    let mut groups: Vec<Group> = Vec::with_capacity(members.len());
    for (member, file) in members {
        if !(groups.last()).is_some_and(|group| group.id.same_number(member.id())) {
            groups.push(Group::new(member.id().clone()));
        }
        let group = groups.last_mut().expect("there is one now");
        match member {
            Member::Script(name) => group.scripts.push((name, file)),
            Member::Metadata(_) => group.metadata = Some(file),
        }
    }
    groups
}

fn warn(file: &File, named: &Named, findings: &mut Findings) {
    let place = || Place::file(file.display());
    let kind = match named {
        Named::Program => WarningKind::Program,
        Named::Stray(Stray::AlmostNamed) => WarningKind::AlmostNamed,
        Named::Stray(Stray::Unnamed) => WarningKind::Unnamed,
        Named::Stray(Stray::BesideDiesel) => WarningKind::BesideDiesel,
        Named::Stray(Stray::UpperCase) => WarningKind::UpperCase,
        Named::Nested => {
            // Once for each folder.
            let folder = file.display().parent().map(PathBuf::from);
            let place = Place::file(folder.unwrap_or_default());
            return findings.warn(place, WarningKind::Nested);
        }
        Named::Ignored | Named::Script(_) | Named::Metadata(_) | Named::Repeatable(_) => return,
    };
    findings.warn(place(), kind);
}

/// The files of one number.
struct Group {
    /// As one of them spells it.
    id: RevisionId,
    scripts: Vec<(ScriptName, File)>,
    metadata: Option<File>,
}

impl Group {
    fn new(id: RevisionId) -> Self {
        Self {
            id,
            scripts: Vec::with_capacity(2),
            metadata: None,
        }
    }

    fn into_revision(mut self, fetch: &Fetch<'_>, findings: &mut Findings) -> Option<Revision> {
        (self.scripts).sort_by(|(_, one), (_, other)| one.name().cmp(&other.name()));
        let clashes = self.clashes(findings);
        let mark = (self.metadata).and_then(|file| read_metadata(file, fetch, findings));
        let (mut ups, mut downs) = (Vec::new(), Vec::new());
        for (name, file) in self.scripts {
            let path = file.display();
            let read = |role| {
                let contents = fetch(file, findings)?;
                script::read(path.clone(), contents, role, mark, findings)
            };
            match name.direction {
                Direction::Up => ups.push((name, read(Role::Up))),
                Direction::Down => downs.push((read(Role::Down), path)),
            }
        }
        if let (true, Some((_, path))) = (ups.is_empty() && !clashes, downs.first()) {
            findings.warn(
                Place::file(path),
                WarningKind::DownWithoutUp { id: self.id },
            );
        }
        let (name, up) = ups.into_iter().next()?;
        let down = downs.into_iter().next().and_then(|(down, _)| down);
        Some(revision(name, up?, down))
    }

    /// Reports scripts that can't be told apart; whether there are any.
    fn clashes(&self, findings: &mut Findings) -> bool {
        let mut found = false;
        for (index, (name, file)) in self.scripts.iter().enumerate() {
            let rival = self.scripts[..index]
                .iter()
                .find(|(other, _)| other.id != name.id || other.direction == name.direction);
            let Some((other, rival)) = rival else {
                continue;
            };
            found = true;
            let (first, second) = (rival.display(), file.display());
            let place = Place::file(&second);
            findings.error(place, clash(other, name, first, second));
        }
        found
    }
}

fn clash(one: &ScriptName, other: &ScriptName, first: PathBuf, second: PathBuf) -> FilesError {
    if one.id != other.id {
        return FilesError::SameNumber {
            id: one.id.clone(),
            other: other.id.clone(),
            first,
            second,
        };
    }
    FilesError::TwoFiles {
        id: other.id.clone(),
        direction: match other.direction {
            Direction::Up => "up",
            Direction::Down => "down",
        },
        first,
        second,
    }
}

fn read_metadata(
    file: File,
    fetch: &Fetch<'_>,
    findings: &mut Findings,
) -> Option<TransactionMode> {
    let path = file.display();
    let bytes = fetch(file, findings)?.bytes(findings)?;
    let text = decode(&path, bytes, findings)?;
    let file = Text {
        path: &path,
        text: &text,
    };
    metadata::read(file, findings)
}

fn revision(name: ScriptName, up: ReadScript, down: Option<ReadScript>) -> Revision {
    let directives = up.directives;
    Revision {
        id: name.id,
        message: up.message.unwrap_or_else(|| name.slug.clone()),
        slug: name.slug,
        layout: name.layout,
        revises: directives.revises,
        depends_on: directives.depends_on,
        labels: directives.labels,
        up: up.script,
        down: down.map(|down| down.script),
        irreversible: directives.irreversible,
        compatible: directives.compatible,
        hazards: directives.hazards,
        allow: directives.allow,
        replaces: directives.replaces,
        phase: directives.phase,
        work: match directives.code {
            Some(_) => Work::Code,
            None => Work::Script,
        },
    }
}

/// Two names that differ only in case are one file on some disks.
fn add_repeatable(
    repeatables: &mut BTreeMap<String, (String, File)>,
    name: String,
    file: File,
    findings: &mut Findings,
) {
    let folded = name.to_lowercase();
    match repeatables.get(&folded) {
        None => {
            repeatables.insert(folded, (name, file));
        }
        Some((_, first)) => {
            let (first, second) = (first.display(), file.display());
            let place = Place::file(&second);
            let error = FilesError::TwoRepeatables {
                name,
                first,
                second,
            };
            findings.error(place, error);
        }
    }
}

fn repeatable(
    name: String,
    file: File,
    fetch: &Fetch<'_>,
    findings: &mut Findings,
) -> Option<Repeatable> {
    let path = file.display();
    let contents = fetch(file, findings)?;
    let read = script::read(path, contents, Role::Repeatable, None, findings)?;
    Some(Repeatable {
        message: read.message.unwrap_or_else(|| name.clone()),
        name,
        script: read.script,
        allow: read.directives.allow,
    })
}
