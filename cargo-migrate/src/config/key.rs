//! The table of settings: each is declared here once; metadata, variables and `config` read it.

/// One setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Its name in `Cargo.toml` and in the output of `config`.
    pub name: &'static str,
    /// The shape of its value.
    pub kind: Kind,
    /// Where it may be written.
    pub scope: Scope,
    /// The value where nothing is said.
    pub default: Option<&'static str>,
}

/// The shape of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// A duration such as `5s` or `500ms`.
    Duration,
    /// A whole number.
    Number,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A text or a list of texts.
    List,
    /// A table of texts.
    Table,
    /// A URL, whose password is never shown.
    Url,
}

/// Where a setting may be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// `Cargo.toml`, and the environment as `MIGRATE_<NAME>`.
    Everywhere,
    /// `Cargo.toml` alone.
    Metadata,
    /// The environment alone: what is secret, or the machine's own.
    Environment,
}

impl Key {
    /// The environment variable: `MIGRATE_HISTORY_TABLE` for `history-table`.
    pub fn variable(&self) -> Option<String> {
        match self.scope {
            Scope::Everywhere | Scope::Environment => Some(format!(
                "MIGRATE_{}",
                self.name.replace('-', "_").to_uppercase()
            )),
            Scope::Metadata => None,
        }
    }

    /// The setting of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        KEYS.iter().find(|key| key.name == name)
    }

    /// The names that `Cargo.toml` may hold.
    pub fn metadata_names() -> impl Iterator<Item = &'static str> {
        let keys = KEYS.iter().filter(|key| key.scope != Scope::Environment);
        keys.map(|key| key.name)
    }
}

const fn key(name: &'static str, kind: Kind, default: Option<&'static str>) -> Key {
    Key {
        name,
        kind,
        scope: Scope::Everywhere,
        default,
    }
}

/// Every setting, in the order that `config` prints them.
pub const KEYS: &[Key] = &[
    key("dir", Kind::List, Some("migrations")),
    key("layout", Kind::Word(&["pair", "refinery", "diesel"]), None),
    key("heads", Kind::Word(&["one", "many"]), Some("one")),
    key("models", Kind::List, None),
    key("schema", Kind::List, None),
    key("history-table", Kind::Text, Some("cargo_migrate_history")),
    key("history-schema", Kind::Text, Some("public")),
    key("role", Kind::Text, None),
    key("database-url-env", Kind::Text, Some("DATABASE_URL")),
    // Its variable is the one that `database-url-env` names.
    Key {
        name: "database-url",
        kind: Kind::Url,
        scope: Scope::Environment,
        default: None,
    },
    Key {
        name: "scratch-url",
        kind: Kind::Url,
        scope: Scope::Environment,
        default: None,
    },
    key("lock-timeout", Kind::Duration, Some("60s")),
    key("statement-lock-timeout", Kind::Duration, None),
    key("statement-timeout", Kind::Duration, None),
    key("batch-time", Kind::Duration, Some("500ms")),
    key("batch-max-lag", Kind::Duration, Some("10s")),
    key("include", Kind::List, None),
    key("exclude", Kind::List, None),
    key("grants", Kind::Word(&["kept", "compared"]), Some("kept")),
    key("template-dir", Kind::Text, None),
    key("file-timezone", Kind::Text, None),
    key("slug-length", Kind::Number, Some("40")),
    Key {
        name: "post-write",
        kind: Kind::List,
        scope: Scope::Metadata,
        default: None,
    },
    Key {
        name: "lint",
        kind: Kind::Table,
        scope: Scope::Metadata,
        default: None,
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_names_its_variable() {
        let key = Key::named("history-table").expect("a setting");
        assert_eq!(key.variable().as_deref(), Some("MIGRATE_HISTORY_TABLE"));
        assert_eq!(Key::named("lint").expect("a setting").variable(), None);
    }
}
