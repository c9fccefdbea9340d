//! The keys of directives: which there are, where each may stand, and what a label may be.

use crate::suggest::nearest;

/// A key of a `-- migrate:` line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Revises,
    DependsOn,
    Label,
    Transaction,
    LockTimeout,
    StatementTimeout,
    Irreversible,
    Compatible,
    Hazard,
    Allow,
    Replaces,
    Phase,
    Batch,
    Code,
}

/// Which kind of file a directive stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Up,
    Down,
    Repeatable,
}

impl Role {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Up => "an up script",
            Self::Down => "a down script",
            Self::Repeatable => "a repeatable script",
        }
    }
}

impl Key {
    pub(super) const ALL: [(Self, &'static str); 14] = [
        (Self::Revises, "revises"),
        (Self::DependsOn, "depends-on"),
        (Self::Label, "label"),
        (Self::Transaction, "transaction"),
        (Self::LockTimeout, "lock-timeout"),
        (Self::StatementTimeout, "statement-timeout"),
        (Self::Irreversible, "irreversible"),
        (Self::Compatible, "compatible"),
        (Self::Hazard, "hazard"),
        (Self::Allow, "allow"),
        (Self::Replaces, "replaces"),
        (Self::Phase, "phase"),
        (Self::Batch, "batch"),
        (Self::Code, "code"),
    ];

    pub(super) fn from_name(name: &str) -> Option<Self> {
        let found = Self::ALL.iter().find(|(_, known)| *known == name);
        found.map(|(key, _)| *key)
    }

    pub(super) fn nearest(name: &str) -> Option<&'static str> {
        nearest(name, Self::ALL.iter().map(|(_, known)| *known))
    }

    /// Where the revision stands and what it means is said once, in the up script.
    pub(super) const fn may_stand_in(self, role: Role) -> bool {
        match self {
            Self::Transaction | Self::LockTimeout | Self::StatementTimeout | Self::Batch => true,
            Self::Allow => matches!(role, Role::Up | Role::Repeatable),
            Self::Revises
            | Self::DependsOn
            | Self::Label
            | Self::Irreversible
            | Self::Compatible
            | Self::Hazard
            | Self::Replaces
            | Self::Phase
            | Self::Code => matches!(role, Role::Up),
        }
    }

    /// Whether a line that begins with it and an equals sign can't be prose.
    pub(super) const fn is_telling(self) -> bool {
        match self {
            Self::Revises
            | Self::DependsOn
            | Self::Transaction
            | Self::LockTimeout
            | Self::StatementTimeout
            | Self::Irreversible
            | Self::Replaces => true,
            Self::Label
            | Self::Compatible
            | Self::Hazard
            | Self::Allow
            | Self::Phase
            | Self::Batch
            | Self::Code => false,
        }
    }
}

/// Why a name can't be a branch label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LabelError {
    /// Nothing at all.
    #[error("a label needs a name")]
    Empty,
    /// A character that symbols are made of.
    #[error("a label can't hold `{0}`, which means something in the name of a revision")]
    Character(char),
    /// A dash in front.
    #[error("a label can't begin with `-`")]
    LeadingDash,
    /// `users-2` is two below `users`.
    #[error("a label can't end in `-` and a number, which counts steps in the name of a revision")]
    TrailingSteps,
    /// A keyword.
    #[error(
        "`head`, `heads`, `base` and `current` have a meaning of their own and can't be labels"
    )]
    Keyword,
    /// An id.
    #[error("a label can't be a number, which would be an id")]
    Number,
}

/// Checks the name of a branch label.
///
/// # Errors
/// When the name would mean something else where revisions are named.
pub fn check_label(name: &str) -> Result<(), LabelError> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if name.is_empty() {
        return Err(LabelError::Empty);
    }
    let special = |c: char| {
        matches!(c, '@' | ':' | '+' | ',' | '"' | '\'') || c.is_whitespace() || c.is_control()
    };
    if let Some(found) = name.chars().find(|&c| special(c)) {
        return Err(LabelError::Character(found));
    }
    if name.starts_with('-') {
        return Err(LabelError::LeadingDash);
    }
    if matches!(name, "head" | "heads" | "base" | "current") {
        return Err(LabelError::Keyword);
    }
    if is_number(name) {
        return Err(LabelError::Number);
    }
    match name.rsplit_once('-') {
        Some((_, steps)) if is_number(steps) => Err(LabelError::TrailingSteps),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_what_no_symbol_could_be() {
        for label in [
            "accounts",
            "user-accounts",
            "v2",
            "größe",
            "a.b",
            "a_1",
            "headers",
        ] {
            assert_eq!(check_label(label), Ok(()), "{label}");
        }
        for (label, error) in [
            ("", LabelError::Empty),
            ("a@b", LabelError::Character('@')),
            ("a+1", LabelError::Character('+')),
            ("a:b", LabelError::Character(':')),
            ("a b", LabelError::Character(' ')),
            ("-a", LabelError::LeadingDash),
            ("a-1", LabelError::TrailingSteps),
            ("head", LabelError::Keyword),
            ("current", LabelError::Keyword),
            ("2026", LabelError::Number),
        ] {
            assert_eq!(check_label(label), Err(error), "{label}");
        }
    }
}
