//! What a file holds: its bytes, or too many of them to have them all at once.

use std::borrow::Cow;
#[cfg(feature = "folder")]
use std::path::PathBuf;

use super::Findings;

/// Above this size, in bytes, a file is looked at in parts first.
pub(super) const LARGE: u64 = 1024 * 1024;

pub(super) enum Contents {
    Bytes(Cow<'static, [u8]>),
    #[cfg(feature = "folder")]
    Large(PathBuf),
}

impl Contents {
    /// All of it, however much it is.
    #[cfg_attr(
        not(feature = "folder"),
        expect(unused_variables, clippy::unnecessary_wraps)
    )]
    pub(super) fn bytes(self, findings: &mut Findings) -> Option<Cow<'static, [u8]>> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            #[cfg(feature = "folder")]
            Self::Large(path) => {
                let read = std::fs::read(&path);
                super::folder::found(read, &path, findings).map(Cow::Owned)
            }
        }
    }
}
