//! What makes a finding dangerous: the same words as the hazards of a change.

use build_support::revision::{Phase, Revision};

/// The danger that a rule warns of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Rows or values are gone.
    DataLoss,
    /// Others wait, or wait long.
    Lock,
    /// The whole table is written anew or read through.
    Rewrite,
    /// The release before this one stops working.
    Incompatible,
    /// It depends on the data whether it works at all.
    MayFail,
    /// Rights, roles, functions that can be abused.
    Security,
    /// Better is possible.
    Style,
}

impl Class {
    /// The word for `-- migrate: allow=…`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DataLoss => "data-loss",
            Self::Lock => "lock",
            Self::Rewrite => "rewrite",
            Self::Incompatible => "incompatible",
            Self::MayFail => "may-fail",
            Self::Security => "security",
            Self::Style => "style",
        }
    }

    /// Whether it is harmless for an object that is new: nobody uses it, nothing is in it.
    pub(super) const fn spares_new(self) -> bool {
        match self {
            Self::DataLoss | Self::Lock | Self::Rewrite | Self::Incompatible => true,
            Self::MayFail | Self::Security | Self::Style => false,
        }
    }

    /// Whether the author of a revision said that this danger is known.
    pub(super) fn is_accepted_by(self, revision: &Revision) -> bool {
        let contracts = revision.phase == Phase::Contract || !revision.compatible;
        revision.allow.contains(self.name()) || (self == Self::Incompatible && contracts)
    }
}

#[cfg(test)]
mod tests {
    use build_support::{revision::HAZARDS, suggest::nearest};

    use super::*;
    use crate::lint::all_rules;

    #[test]
    fn every_danger_is_a_hazard_of_the_files_and_no_rule_looks_like_a_misspelt_one() {
        use Class::*;
        for class in [
            DataLoss,
            Lock,
            Rewrite,
            Incompatible,
            MayFail,
            Security,
            Style,
        ] {
            assert!(HAZARDS.contains(&class.name()), "{class:?}");
        }
        for rule in all_rules() {
            assert_eq!(nearest(&rule.name, HAZARDS), None, "{}", rule.name);
        }
    }
}
