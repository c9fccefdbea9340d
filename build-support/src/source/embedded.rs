//! Files that the binary carries.

use std::{borrow::Cow, path::PathBuf};

use include_dir::{Dir, DirEntry};

use super::{File, layout};

/// The files of an embedded folder; `root` is how messages name it.
pub fn read(folder: &'static Dir<'static>, root: impl Into<PathBuf>) -> Vec<File> {
    let mut files = Vec::new();
    collect(folder, &root.into(), &mut files);
    files
}

fn collect(folder: &'static Dir<'static>, root: &std::path::Path, files: &mut Vec<File>) {
    for entry in folder.entries() {
        match entry {
            DirEntry::Dir(inner) => collect(inner, root, files),
            DirEntry::File(file) => {
                // The paths are those of the machine that built it.
                let path = file.path().to_string_lossy().replace('\\', "/");
                let bytes: &[u8] = if layout::is_read(&path) {
                    file.contents()
                } else {
                    &[]
                };
                files.push(File {
                    path,
                    root: root.to_owned(),
                    bytes: Cow::Borrowed(bytes),
                });
            }
        }
    }
}
