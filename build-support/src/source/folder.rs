//! Files from folders on disk.

use std::{
    borrow::Cow,
    fs,
    io::{self, Read as _},
    path::{MAIN_SEPARATOR, Path, PathBuf},
};

use walkdir::{DirEntry, WalkDir};

use super::{
    File, Findings, LoadErrors, Source,
    contents::{Contents, LARGE},
    layout,
    load::load_with,
};
use crate::Place;

/// How deep a folder is looked into: one level more than revisions stand, to warn of what is there.
const DEPTH: usize = 3;

/// A folder or a file in it that can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FolderError {
    /// The folder is not there.
    #[error("the folder `{}` does not exist", folder.display())]
    Missing {
        /// Which one.
        folder: PathBuf,
    },
    /// It is something else.
    #[error("`{}` is not a folder", folder.display())]
    NotAFolder {
        /// Which one.
        folder: PathBuf,
    },
    /// The system refuses.
    #[error("it can't be read: {reason}")]
    Unreadable {
        /// What the system says.
        reason: String,
    },
    /// A symbolic link to the outside.
    #[error("it is a link to `{}`, outside of the folder of revisions", target.display())]
    LeadsOut {
        /// Where it leads.
        target: PathBuf,
    },
    /// A name that is no text.
    #[error("its name is not UTF-8")]
    NameNotUtf8,
}

impl FolderError {
    pub(super) fn hints(&self) -> Vec<String> {
        let hint = match self {
            Self::Missing { .. } => "run `cargo migrate init`, or name the folder with `--dir`",
            Self::NotAFolder { .. } => "name the folder itself with `--dir`",
            Self::Unreadable { .. } => "check that the file exists and who may read it",
            Self::LeadsOut { .. } => "copy the file into the folder",
            Self::NameNotUtf8 => "rename the file",
        };
        vec![hint.to_owned()]
    }
}

/// Reads the folders into revisions: [`read`] and [`load`](super::load()) in one, each file by the
/// thread that then parses it.
///
/// # Errors
/// All that can't be read or is wrong, by place.
pub fn load<P: AsRef<Path>>(folders: &[P]) -> Result<Source, LoadErrors> {
    let (files, findings) = find(folders);
    load_with(files, findings, &|file, findings| {
        let path = file.display();
        found(contents_of(&path), &path, findings)
    })
}

/// Reads all files of the folders, in the order of their names.
///
/// # Errors
/// All that can't be read, by place.
pub fn read<P: AsRef<Path>>(folders: &[P]) -> Result<Vec<File>, LoadErrors> {
    let (mut files, mut findings) = find(folders);
    for file in files.iter_mut().filter(|file| layout::is_read(&file.path)) {
        let path = file.display();
        let contents = found(contents_of(&path), &path, &mut findings);
        if let Some(bytes) = contents.and_then(|contents| contents.bytes(&mut findings)) {
            file.bytes = bytes;
        }
    }
    match LoadErrors::new(findings.errors) {
        Some(errors) => Err(errors),
        None => Ok(files),
    }
}

/// The files of the folders, still unread, and what is wrong with their being there.
fn find<P: AsRef<Path>>(folders: &[P]) -> (Vec<File>, Findings) {
    let mut files = Vec::new();
    let mut findings = Findings::default();
    for folder in folders {
        find_in(folder.as_ref(), &mut files, &mut findings);
    }
    (files, findings)
}

fn find_in(folder: &Path, files: &mut Vec<File>, findings: &mut Findings) {
    let name = folder.to_owned();
    match fs::metadata(folder) {
        Ok(metadata) if metadata.is_dir() => {}
        Ok(_) => {
            let error = FolderError::NotAFolder { folder: name };
            return findings.error(Place::file(folder), error);
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let error = FolderError::Missing { folder: name };
            return findings.error(Place::file(folder), error);
        }
        Err(error) => return findings.error(Place::file(folder), unreadable(&error)),
    }
    // To follow links costs a question to the system for each file, and most folders have none.
    let walk = Walk::over(folder, Links::Refused).or_else(|| Walk::over(folder, Links::Followed));
    let mut walk = walk.expect("links are followed the second time");
    findings.errors.append(&mut walk.findings.errors);
    files.append(&mut walk.files);
}

/// What was read of a file, or a word of why not.
pub(super) fn found<T>(read: io::Result<T>, path: &Path, findings: &mut Findings) -> Option<T> {
    read.map_err(|error| findings.error(Place::file(path), unreadable(&error)))
        .ok()
}

/// Most scripts are short: one read takes them, and nobody asks for their length first.
fn contents_of(path: &Path) -> io::Result<Contents> {
    let mut file = fs::File::open(path)?;
    let mut start = [0; 4096];
    let mut length = 0;
    while length < start.len() {
        match file.read(&mut start[length..]) {
            Ok(0) => return Ok(Contents::Bytes(start[..length].to_vec().into())),
            Ok(more) => length += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    if file.metadata()?.len() > LARGE {
        return Ok(Contents::Large(path.to_owned()));
    }
    let mut bytes = start.to_vec();
    file.read_to_end(&mut bytes)?;
    Ok(Contents::Bytes(bytes.into()))
}

/// Where the walk goes on.
#[derive(PartialEq, Eq)]
enum Next {
    Continue,
    SkipFolder,
}

/// What a walk does with symbolic links.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Links {
    /// It ends at the first.
    Refused,
    Followed,
}

struct Walk<'a> {
    folder: &'a Path,
    files: Vec<File>,
    findings: Findings,
}

impl<'a> Walk<'a> {
    /// Looks at everything in the folder; nothing where a link ended the walk.
    fn over(folder: &'a Path, links: Links) -> Option<Self> {
        let mut walk = Self {
            folder,
            files: Vec::new(),
            findings: Findings::default(),
        };
        let mut entries = WalkDir::new(folder)
            .min_depth(1)
            .max_depth(DEPTH)
            .follow_links(links == Links::Followed)
            // Entries of one folder differ in their names alone, and whole paths are cheaper to compare.
            .sort_by(|a, b| a.path().as_os_str().cmp(b.path().as_os_str()))
            .into_iter();
        while let Some(entry) = entries.next() {
            let next = match entry {
                Ok(entry) if entry.path_is_symlink() && links == Links::Refused => return None,
                Ok(entry) => walk.entry(&entry),
                Err(error) => walk.failed(&error),
            };
            if next == Next::SkipFolder {
                entries.skip_current_dir();
            }
        }
        Some(walk)
    }

    fn entry(&mut self, entry: &DirEntry) -> Next {
        let is_folder = entry.file_type().is_dir();
        let skip = if is_folder {
            Next::SkipFolder
        } else {
            Next::Continue
        };
        if layout::is_hidden(&entry.file_name().to_string_lossy()) {
            return skip;
        }
        if entry.path_is_symlink() {
            if let Some(target) = self.outside(entry.path()) {
                if is_folder || layout::is_read(&self.below(entry.path())) {
                    let place = Place::file(entry.path());
                    self.findings.error(place, FolderError::LeadsOut { target });
                }
                return skip;
            }
        }
        if entry.file_type().is_file() {
            self.file(entry.path());
        }
        Next::Continue
    }

    fn file(&mut self, path: &Path) {
        let below = self.below(path);
        if path.to_str().is_none() && (layout::is_read(&below) || below.ends_with(".sql")) {
            let error = FolderError::NameNotUtf8;
            return self.findings.error(Place::file(path), error);
        }
        self.files.push(File {
            path: below,
            root: self.folder.to_owned(),
            bytes: Cow::Borrowed(&[]),
        });
    }

    /// A link to nowhere is an error only where a revision should be: editors lock files by such.
    fn failed(&mut self, error: &walkdir::Error) -> Next {
        let path = error.path().unwrap_or(self.folder);
        let below = self.below(path);
        let missing = error
            .io_error()
            .is_some_and(|error| error.kind() == io::ErrorKind::NotFound);
        let hidden = below.split('/').any(layout::is_hidden);
        if !hidden && (!missing || layout::is_read(&below)) {
            let reason = match error.io_error() {
                Some(error) => error.to_string(),
                None => "a link leads back to its own folder".to_owned(),
            };
            self.findings
                .error(Place::file(path), FolderError::Unreadable { reason });
        }
        Next::Continue
    }

    /// The path below the folder, with `/`; what is found is named by the folder and what stands in it.
    fn below(&self, path: &Path) -> String {
        let texts = (path.to_str(), self.folder.to_str(), MAIN_SEPARATOR);
        if let (Some(path), Some(folder), '/') = texts {
            let below = path.strip_prefix(folder).unwrap_or(path);
            return below.trim_start_matches('/').to_owned();
        }
        let below = path.strip_prefix(self.folder).unwrap_or(path);
        let parts = below
            .components()
            .map(|part| part.as_os_str().to_string_lossy());
        parts.collect::<Vec<_>>().join("/")
    }

    /// Where a link leads, if that is not inside the folder.
    fn outside(&self, link: &Path) -> Option<PathBuf> {
        let target = fs::canonicalize(link).ok()?;
        let folder = fs::canonicalize(self.folder).ok()?;
        (!target.starts_with(folder)).then_some(target)
    }
}

fn unreadable(error: &io::Error) -> FolderError {
    FolderError::Unreadable {
        reason: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(folder: &Path, path: &str, text: &str) {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("make the folder");
        fs::write(path, text).expect("write the file");
    }

    fn names(folder: &Path) -> Vec<String> {
        let files = read(&[folder]).expect("it can be read");
        files.into_iter().map(|file| file.path).collect()
    }

    #[test]
    fn files_are_read_in_the_order_of_their_names_without_hidden_ones() {
        let folder = tempfile::tempdir().expect("a folder");
        for path in [
            "2_b/up.sql",
            "1_a.sql",
            ".git/x.sql",
            ".#1_a.sql",
            "a/b/3_c.sql",
            "a/b/c/4_d.sql",
        ] {
            write(folder.path(), path, "SELECT 1");
        }
        assert_eq!(
            names(folder.path()),
            ["1_a.sql", "2_b/up.sql", "a/b/3_c.sql"]
        );
    }

    #[test]
    fn a_file_is_read_whole_whatever_its_length() {
        let folder = tempfile::tempdir().expect("a folder");
        for length in [0, 1, 4095, 4096, 4097, 100_000, 2_000_000] {
            let text: String = ('a'..='z').cycle().take(length).collect();
            write(folder.path(), "1_a.sql", &text);
            let files = read(&[folder.path()]).expect("it can be read");
            assert_eq!(files[0].bytes, text.as_bytes(), "{length}");
        }
    }

    #[test]
    fn a_missing_folder_says_what_to_do() {
        let errors = read(&["/nowhere/at/all"]).expect_err("it is missing");
        assert_eq!(
            errors.to_string(),
            "/nowhere/at/all: the folder `/nowhere/at/all` does not exist"
        );
        assert!(errors.first().hints()[0].contains("cargo migrate init"));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_inside_the_folder_and_refused_when_they_lead_out() {
        use std::os::unix::fs::symlink;
        let (folder, other) = (
            tempfile::tempdir().expect("one"),
            tempfile::tempdir().expect("two"),
        );
        write(folder.path(), "1_a.sql", "SELECT 1");
        write(other.path(), "secret", "x");
        write(other.path(), "up.sql", "SELECT 1");
        symlink("1_a.sql", folder.path().join("2_b.sql")).expect("a link inside");
        symlink(other.path().join("secret"), folder.path().join("README"))
            .expect("a link that nobody reads");
        symlink("nowhere", folder.path().join(".#1_a.sql")).expect("an editor's lock");
        assert_eq!(names(folder.path()), ["1_a.sql", "2_b.sql",]);

        symlink(other.path().join("secret"), folder.path().join("3_c.sql")).expect("a link out");
        symlink(other.path(), folder.path().join("4_d")).expect("a folder outside");
        symlink("nowhere", folder.path().join("5_e.sql")).expect("a broken link");
        symlink(".", folder.path().join("6_f")).expect("a loop");
        let errors = read(&[folder.path()]).expect_err("links lead out");
        let found: Vec<String> = errors
            .iter()
            .map(|error| {
                let place = error.place.as_ref().expect("a place");
                let name = place.file.file_name().expect("a name").to_string_lossy();
                let text = error.kind.to_string();
                format!(
                    "{name}: {}",
                    text.split(" (")
                        .next()
                        .expect("text")
                        .replace(&*other.path().to_string_lossy(), "OUT")
                )
            })
            .collect();
        assert_eq!(
            found,
            [
                "3_c.sql: it is a link to `OUT/secret`, outside of the folder of revisions",
                "4_d: it is a link to `OUT`, outside of the folder of revisions",
                "5_e.sql: it can't be read: No such file or directory",
                "6_f: it can't be read: a link leads back to its own folder",
            ]
        );
    }
}
