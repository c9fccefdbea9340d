//! Files that the binary carries.

use std::{borrow::Cow, path::Path};

use include_dir::{Dir, DirEntry};

use super::{File, layout};

/// The files of an embedded folder; `roots` is how messages name it. Where there are several, each
/// has a folder of its own in there, whose name is its number.
pub fn read(folder: &'static Dir<'static>, roots: &[&str]) -> Vec<File> {
    let mut files = Vec::new();
    if let [root] = roots {
        collect(folder, (Path::new(""), Path::new(root)), &mut files);
        return files;
    }
    for (number, root) in roots.iter().enumerate() {
        let number = number.to_string();
        // A folder without files is not there.
        if let Some(inner) = folder.get_dir(&number) {
            collect(inner, (Path::new(&number), Path::new(root)), &mut files);
        }
    }
    files
}

fn collect(folder: &'static Dir<'static>, (prefix, root): (&Path, &Path), files: &mut Vec<File>) {
    for entry in folder.entries() {
        match entry {
            DirEntry::Dir(inner) => collect(inner, (prefix, root), files),
            DirEntry::File(file) => {
                // The paths are those of the machine that built it.
                let path = file.path();
                let path = path.strip_prefix(prefix).unwrap_or(path);
                let path = path.to_string_lossy().replace('\\', "/");
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

#[cfg(test)]
mod tests {
    use include_dir::File as Embedded;

    use super::*;

    static ONE: Dir<'static> = Dir::new("", &[USERS]);
    static SEVERAL: Dir<'static> = Dir::new("", &[FIRST, SECOND]);

    const USERS: DirEntry<'static> = DirEntry::File(Embedded::new("1_users.sql", b"SELECT 1"));
    const FIRST: DirEntry<'static> = DirEntry::Dir(Dir::new("0", &[IN_FIRST]));
    const IN_FIRST: DirEntry<'static> = DirEntry::File(Embedded::new("0/1_users.sql", b"SELECT 1"));
    const SECOND: DirEntry<'static> = DirEntry::Dir(Dir::new("1", &[IN_SECOND]));
    const IN_SECOND: DirEntry<'static> = DirEntry::Dir(Dir::new("1/2_orders", &[ORDERS]));
    const ORDERS: DirEntry<'static> =
        DirEntry::File(Embedded::new("1/2_orders/up.sql", b"SELECT 2"));

    #[test]
    fn several_folders_lie_under_their_numbers_and_are_named_as_before() {
        let named = |folder, roots: &[&str]| -> Vec<String> {
            let files = read(folder, roots).into_iter();
            files
                .map(|file| file.display().display().to_string())
                .collect()
        };
        assert_eq!(named(&ONE, &["migrations"]), ["migrations/1_users.sql"]);
        assert_eq!(
            named(&SEVERAL, &["migrations", "more"]),
            ["migrations/1_users.sql", "more/2_orders/up.sql"]
        );
        assert_eq!(named(&SEVERAL, &["migrations", "more", "empty"]).len(), 2);
    }
}
