//! What the build script hands to the running binary.

/// What the build script found out about what is embedded.
#[derive(Debug, Clone, Copy)]
pub struct Built {
    /// The digest of the whole set.
    pub digest: &'static str,
    /// The folder, as errors name it. Several are embedded beside each other, under their numbers.
    pub folders: &'static [&'static str],
    /// Whether several heads are meant.
    pub heads: Heads,
    /// Schema and table of the history, where the metadata names them.
    pub history: Option<(&'static str, &'static str)>,
}

/// How many heads a folder of revisions may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Heads {
    /// One: two developers' parallel revisions are joined before they are deployed.
    #[default]
    One,
    /// Several lines are meant.
    Many,
}
