//! `--convert`: gives the files of other layouts the names of the pair layout. The whole folder is
//! read under its new names, in memory, before anything is renamed; what a name or a `metadata.toml`
//! said and the new name does not is written into the file as a directive.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use build_support::{
    graph::Graph,
    revision::{Direction, Layout, Script, TransactionMode},
    source::{
        self, File, folder,
        layout::{self, Named},
    },
};

use super::{Tool, git, tool};
use crate::failure::Failure;

/// What is to be renamed.
#[derive(Debug, Default)]
pub struct Conversion {
    /// The files, by their old paths.
    pub moves: Vec<Move>,
    /// New files and their text.
    pub written: Vec<(PathBuf, String)>,
    /// Files that the new ones make needless.
    pub removed: Vec<PathBuf>,
    /// Files that stay as they are, and why.
    pub kept: Vec<(PathBuf, &'static str)>,
    /// What could not be carried.
    pub notes: Vec<String>,
}

/// One file.
#[derive(Debug)]
pub struct Move {
    /// Its path.
    pub from: PathBuf,
    /// Its new path.
    pub to: PathBuf,
    /// Lines that go before its text.
    pub head: String,
}

/// Plans the conversion of some folders, and gives the graph that comes of it.
///
/// # Errors
/// Files that can't be read, or that do not hold together under their new names.
pub fn plan(tool: Tool, folders: &[PathBuf]) -> Result<(Conversion, Graph), Failure> {
    let files = folder::read(folders)?;
    let dotted = files.iter().filter_map(|file| flyway(&file.path));
    let dotted = dotted
        .into_iter()
        .any(|name| name.version.contains(['.', '_']));
    let ids = if dotted { Ids::Dotted } else { Ids::Plain };
    let mut conversion = Conversion::default();
    let mut renamed: Vec<File> = Vec::new();
    for file in &files {
        let new = match tool {
            Tool::Flyway => flyway(&file.path).map(|name| name.renamed(ids)),
            _ => of_layout(&file.path),
        };
        match new {
            Some(Renamed::To(path)) => {
                conversion.moves.push(Move {
                    from: file.display(),
                    to: file.root.join(&path),
                    head: String::new(),
                });
                renamed.push(File {
                    path,
                    ..file.clone()
                });
            }
            Some(Renamed::Needless) => conversion.removed.push(file.display()),
            Some(Renamed::Stays(why)) => {
                conversion.kept.push((file.display(), why));
                renamed.push(file.clone());
            }
            None => renamed.push(file.clone()),
        }
    }
    conversion.refuse_overwriting()?;
    let before = match tool {
        // Its undo scripts and its dots are not what our names mean.
        Tool::Flyway => None,
        _ => Some(graph(files)?),
    };
    let after = graph(renamed.clone())?;
    if let Some(before) = before {
        conversion.add_directives(&before, &after);
    }
    let graph = graph(conversion.with_heads(renamed))?;
    Ok((conversion, graph))
}

fn graph(files: Vec<File>) -> Result<Graph, Failure> {
    let source = source::load(files)?;
    Graph::new(source.revisions).map_err(|errors| match errors.first() {
        Some(error) => error.clone().into(),
        None => Failure::fault("the graph was refused without a reason"),
    })
}

/// What becomes of a file.
enum Renamed {
    To(String),
    Needless,
    Stays(&'static str),
}

/// The new name of a file of refinery's or diesel's; `None` where it has a good one.
fn of_layout(path: &str) -> Option<Renamed> {
    match layout::recognise(path) {
        Named::Script(name) => {
            let (folder, _) = path.rsplit_once('/').unwrap_or(("", path));
            if name.layout == Layout::Pair {
                return None;
            }
            if !name.id.as_str().bytes().all(|byte| byte.is_ascii_digit()) {
                return Some(Renamed::Stays("its id is no number"));
            }
            let above = match name.layout {
                Layout::Diesel => folder.rsplit_once('/').map(|(above, _)| above),
                _ => Some(folder),
            };
            let file = pair_name(name.id.as_str(), &name.slug, name.direction);
            Some(Renamed::To(below(above.unwrap_or_default(), &file)))
        }
        Named::Metadata(id) if id.as_str().bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(Renamed::Needless)
        }
        _ => None,
    }
}

/// Whether ids are the plain numbers of Flyway's versions, or made for versions with dots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ids {
    Plain,
    Dotted,
}

/// What the name of a script of Flyway's says.
struct FlywayName<'a> {
    folder: &'a str,
    version: &'a str,
    slug: &'a str,
    direction: Direction,
}

/// `V1.2__name.sql`, and its undo script `U1.2__name.sql`.
fn flyway(path: &str) -> Option<FlywayName<'_>> {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = file.strip_suffix(".sql")?;
    let direction = match stem.as_bytes().first()? {
        b'V' => Direction::Up,
        b'U' => Direction::Down,
        _ => return None,
    };
    let (version, slug) = stem[1..].split_once("__")?;
    version
        .starts_with(|first: char| first.is_ascii_digit())
        .then_some(FlywayName {
            folder,
            version,
            slug,
            direction,
        })
}

impl FlywayName<'_> {
    fn renamed(&self, ids: Ids) -> Renamed {
        let id = match ids {
            Ids::Dotted => tool::dotted_id(self.version),
            Ids::Plain => Some(self.version.to_owned()),
        };
        match id.filter(|id| id.bytes().all(|byte| byte.is_ascii_digit())) {
            Some(id) => {
                let file = pair_name(&id, self.slug, self.direction);
                Renamed::To(below(self.folder, &file))
            }
            None => Renamed::Stays("its version does not fit into an id"),
        }
    }
}

fn pair_name(id: &str, slug: &str, direction: Direction) -> String {
    let direction = match direction {
        Direction::Up => "up",
        Direction::Down => "down",
    };
    format!("{id}_{slug}.{direction}.sql")
}

fn below(folder: &str, file: &str) -> String {
    match folder {
        "" => file.to_owned(),
        folder => format!("{folder}/{file}"),
    }
}

impl Conversion {
    /// Whether every file has the name that it should have.
    pub fn is_empty(&self) -> bool {
        self.moves.is_empty() && self.removed.is_empty() && self.written.is_empty()
    }

    fn refuse_overwriting(&self) -> Result<(), Failure> {
        let mut targets: BTreeMap<&Path, &Path> = BTreeMap::new();
        for one in &self.moves {
            let other = targets.insert(&one.to, &one.from);
            if other.is_some() || one.to.exists() {
                return Err(Failure::user(format!(
                    "`{}` can't become `{}`, which is there already",
                    one.from.display(),
                    one.to.display()
                ))
                .hint("give one of them another id"));
            }
        }
        Ok(())
    }

    /// What the old names said and the new ones don't: the parents, and that there is no transaction.
    fn add_directives(&mut self, before: &Graph, after: &Graph) {
        for node in after.nodes() {
            let revision = after.revision(node);
            let Some(old) = before.find(&revision.id) else {
                continue;
            };
            let ids = |graph: &Graph, node| -> Vec<String> {
                let parents = graph.parents(node).iter();
                parents
                    .map(|&parent| graph.id(parent).to_string())
                    .collect()
            };
            let parents = ids(before, old);
            if parents != ids(after, node) {
                let parents = match parents.is_empty() {
                    true => "base".to_owned(),
                    false => parents.join(","),
                };
                self.add_head(
                    &revision.up.path,
                    &format!("-- migrate: revises={parents}\n"),
                );
            }
            let old = before.revision(old);
            let pairs = [
                (Some(&old.up), Some(&revision.up)),
                (old.down.as_ref(), revision.down.as_ref()),
            ];
            for (old, new) in pairs {
                if let (Some(old), Some(new)) = (old, new) {
                    self.keep_mode(old, new);
                }
            }
        }
    }

    fn keep_mode(&mut self, old: &Script, new: &Script) {
        let is_none = |script: &Script| script.transaction == TransactionMode::None;
        if is_none(old) && !is_none(new) {
            self.add_head(&new.path, "-- migrate: transaction=none\n");
        }
    }

    fn add_head(&mut self, to: &Path, line: &str) {
        if let Some(one) = self.moves.iter_mut().find(|one| one.to == to) {
            one.head.push_str(line);
        }
    }

    fn with_heads(&self, files: Vec<File>) -> Vec<File> {
        let head = |file: &File| {
            let path = file.display();
            let found = self.moves.iter().find(|one| one.to == path);
            found.map_or("", |one| one.head.as_str())
        };
        let with = |file: File| match head(&file) {
            "" => file,
            head => File {
                bytes: Cow::Owned([head.as_bytes(), &file.bytes].concat()),
                ..file
            },
        };
        files.into_iter().map(with).collect()
    }

    /// Where the bytes of a file are now that will be at a path.
    pub fn now_at<'a>(&'a self, path: &'a Path) -> &'a Path {
        let found = self.moves.iter().find(|one| one.to == path);
        found.map_or(path, |one| one.from.as_path())
    }

    /// Renames on disk, and in git where it knows the files.
    ///
    /// # Errors
    /// What the system says; what was renamed before stays so, and a second run goes on.
    pub fn perform(&self) -> Result<(), Failure> {
        for one in &self.moves {
            git::rename(&one.from, &one.to)?;
            if !one.head.is_empty() {
                let text = fs_err::read(&one.to)?;
                fs_err::write(&one.to, [one.head.as_bytes(), &text].concat())?;
            }
        }
        for (path, text) in &self.written {
            if let Some(folder) = path.parent() {
                fs_err::create_dir_all(folder)?;
            }
            fs_err::write(path, text)?;
        }
        for path in &self.removed {
            git::remove(path)?;
        }
        let left = self.moves.iter().map(|one| &one.from).chain(&self.removed);
        for folder in left.filter_map(|path| path.parent()) {
            // Of diesel; one that holds other files stays.
            let _ = std::fs::remove_dir(folder);
        }
        Ok(())
    }
}
