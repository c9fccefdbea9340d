//! The folders that a build script names: one, or several.

use std::path::{Path, PathBuf};

/// What [`migrations`](super::migrations) takes: the path of a folder, or a list of them.
pub trait Folders {
    /// The paths, in the order in which they are named.
    fn paths(self) -> Vec<PathBuf>;
}

/// One path.
macro_rules! one {
    ($($path:ty),*) => {$(
        impl Folders for $path {
            fn paths(self) -> Vec<PathBuf> {
                vec![PathBuf::from(self)]
            }
        }
    )*};
}

one!(&str, &String, String, &Path, &PathBuf, PathBuf);

impl<P: AsRef<Path>, const N: usize> Folders for [P; N] {
    fn paths(self) -> Vec<PathBuf> {
        self.as_slice().paths()
    }
}

impl<P: AsRef<Path>> Folders for &[P] {
    fn paths(self) -> Vec<PathBuf> {
        self.iter().map(|path| path.as_ref().to_owned()).collect()
    }
}

impl<P: AsRef<Path>> Folders for Vec<P> {
    fn paths(self) -> Vec<PathBuf> {
        self.as_slice().paths()
    }
}
