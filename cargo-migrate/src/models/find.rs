//! Finds the Rust files that `models` names.

use std::{
    collections::BTreeSet,
    path::{Component, Path, PathBuf},
};

use globset::GlobBuilder;
use walkdir::WalkDir;

use super::error::Error;

/// The files of all the patterns, relative to `root` where they are in it, sorted, each once.
pub(crate) fn rust_files(root: &Path, patterns: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    let mut files = BTreeSet::new();
    for pattern in patterns {
        let before = files.len();
        let found = matching(root, pattern)?;
        let is_empty = found.is_empty();
        files.extend(found);
        if is_empty && before == files.len() {
            return Err(Error::NothingFound {
                pattern: pattern.clone(),
            });
        }
    }
    Ok(files.into_iter().collect())
}

/// The files of one pattern: a file, every `.rs` file of a folder, or what a glob matches.
fn matching(root: &Path, pattern: &Path) -> Result<Vec<PathBuf>, Error> {
    let path = root.join(pattern);
    if path.is_file() {
        return Ok(vec![relative(root, &path)]);
    }
    if path.is_dir() {
        return Ok(below(root, &path, &|file| has_rust_name(file)));
    }
    let text = pattern.to_string_lossy().replace('\\', "/");
    let text = text.strip_prefix("./").unwrap_or(&text);
    let glob = GlobBuilder::new(text)
        .literal_separator(true)
        .build()
        .map_err(|error| Error::Glob {
            pattern: text.to_owned(),
            reason: error.kind().to_string(),
        })?
        .compile_matcher();
    let base = root.join(fixed_part(Path::new(text)));
    Ok(below(root, &base, &|file| {
        has_rust_name(file) && glob.is_match(file)
    }))
}

/// The folders of a glob before its first wildcard.
fn fixed_part(glob: &Path) -> PathBuf {
    let is_fixed = |part: &Component<'_>| {
        !part
            .as_os_str()
            .to_string_lossy()
            .contains(['*', '?', '[', '{'])
    };
    let mut fixed: PathBuf = glob.components().take_while(is_fixed).collect();
    if fixed == glob {
        fixed.pop();
    }
    fixed
}

fn has_rust_name(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "rs")
}

fn relative(root: &Path, path: &Path) -> PathBuf {
    path.strip_prefix(root).unwrap_or(path).to_owned()
}

/// The files in a folder that fit; hidden folders and `target` hold no models.
fn below(root: &Path, folder: &Path, fits: &dyn Fn(&Path) -> bool) -> Vec<PathBuf> {
    WalkDir::new(folder)
        .into_iter()
        .filter_entry(|entry| {
            let name = entry.file_name().to_string_lossy();
            entry.depth() == 0 || !(name.starts_with('.') || name == "target")
        })
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| relative(root, entry.path()))
        .filter(|file| fits(file))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, "").unwrap();
        }
        folder
    }

    fn found(root: &Path, patterns: &[&str]) -> Vec<String> {
        let patterns: Vec<PathBuf> = patterns.iter().map(PathBuf::from).collect();
        let files = rust_files(root, &patterns).unwrap();
        files.iter().map(|f| f.display().to_string()).collect()
    }

    #[test]
    fn files_folders_and_globs_are_found_once_and_sorted() {
        let folder = folder(&[
            "src/models/user.rs",
            "src/models/post.rs",
            "src/models/notes.md",
            "src/models/deep/tag.rs",
            "src/main.rs",
            "target/debug/x.rs",
        ]);
        let root = folder.path();
        assert_eq!(found(root, &["src/main.rs"]), ["src/main.rs"]);
        assert_eq!(
            found(root, &["src/models/*.rs", "src/models/user.rs"]),
            ["src/models/post.rs", "src/models/user.rs"]
        );
        assert_eq!(
            found(root, &["src/models"]),
            [
                "src/models/deep/tag.rs",
                "src/models/post.rs",
                "src/models/user.rs"
            ]
        );
        assert_eq!(found(root, &["**/user.rs"]), ["src/models/user.rs"]);
        assert_eq!(found(root, &["."]).len(), 4);
    }

    #[test]
    fn a_pattern_that_finds_nothing_is_an_error() {
        let folder = folder(&["src/main.rs"]);
        let error = rust_files(folder.path(), &["src/models/*.rs".into()]).unwrap_err();
        insta::assert_snapshot!(error, @"no file matches the configured models `src/models/*.rs`");
    }
}
