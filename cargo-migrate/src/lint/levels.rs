//! The levels of the rules: what the project says of each, over what each says of itself.

use std::collections::BTreeMap;

use build_support::{Diagnose, Diagnostic, Exit};
use serde::Serialize;

use super::{Found, RuleInfo, all_rules};
use crate::config::near;

/// How a finding is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// It is not looked for.
    Off,
    /// It is told.
    Warning,
    /// It is told, and the command ends with exit code 3.
    Error,
}

impl Level {
    /// The word in metadata.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        match word {
            "off" | "allow" => Some(Self::Off),
            "warning" | "warn" => Some(Self::Warning),
            "error" | "deny" => Some(Self::Error),
            _ => None,
        }
    }
}

/// The levels of a project.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Levels {
    named: BTreeMap<String, Level>,
    strict: bool,
}

/// A `lint` setting that can't be followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LevelError {
    /// A rule that does not exist.
    #[error("there is no lint rule `{rule}`")]
    UnknownRule {
        /// What is written.
        rule: String,
        /// What was most likely meant.
        nearest: Option<String>,
    },
    /// A word that is no level.
    #[error("`{level}` is no level for the lint rule `{rule}`")]
    UnknownLevel {
        /// Of which rule.
        rule: String,
        /// What is written.
        level: String,
    },
    /// A preset that does not exist.
    #[error("`{preset}` is no preset of lint rules")]
    UnknownPreset {
        /// What is written.
        preset: String,
    },
}

impl Diagnose for LevelError {
    fn diagnose(&self) -> Diagnostic {
        let diagnostic = Diagnostic::new(Exit::User, self.to_string());
        match self {
            Self::UnknownRule {
                nearest: Some(nearest),
                ..
            } => diagnostic.hint(format!("did you mean `{nearest}`?")),
            Self::UnknownRule { nearest: None, .. } => {
                diagnostic.hint("`cargo migrate lint --rules` lists them")
            }
            Self::UnknownLevel { .. } => diagnostic.hint("write `off`, `warning` or `error`"),
            Self::UnknownPreset { .. } => diagnostic.hint("write `default` or `strict`"),
        }
    }
}

impl Levels {
    /// Reads the `lint` table of the metadata: rules with their levels, and `preset`.
    ///
    /// # Errors
    /// A rule, a level or a preset that does not exist.
    pub fn read<'c>(
        entries: impl IntoIterator<Item = (&'c str, &'c str)>,
    ) -> Result<Self, LevelError> {
        let rules = all_rules();
        let mut levels = Self::default();
        for (rule, word) in entries {
            if rule == "preset" {
                levels.strict = preset(word)?;
                continue;
            }
            known(rule, &rules)?;
            let level = Level::parse(word).ok_or_else(|| LevelError::UnknownLevel {
                rule: rule.to_owned(),
                level: word.to_owned(),
            })?;
            levels.named.insert(rule.to_owned(), level);
        }
        Ok(levels)
    }

    /// The level of what was found.
    pub fn of(&self, found: &Found) -> Level {
        self.of_rule(&found.rule, found.level)
    }

    /// The level of a rule, given its own.
    pub fn of_rule(&self, rule: &str, own: Level) -> Level {
        match self.named.get(rule) {
            Some(level) => *level,
            None if self.strict && own == Level::Off => Level::Warning,
            None => own,
        }
    }
}

fn preset(word: &str) -> Result<bool, LevelError> {
    match word {
        "default" => Ok(false),
        "strict" => Ok(true),
        _ => Err(LevelError::UnknownPreset {
            preset: word.to_owned(),
        }),
    }
}

fn known(rule: &str, rules: &[RuleInfo]) -> Result<(), LevelError> {
    if rules.iter().any(|known| known.name == rule) {
        return Ok(());
    }
    let nearest = near(rule, rules.iter().map(|known| known.name.as_str()));
    Err(LevelError::UnknownRule {
        rule: rule.to_owned(),
        nearest: nearest.map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_says_the_level_of_a_rule() {
        let levels = Levels::read([("rows-without-where", "warn"), ("preset", "strict")]);
        let levels = levels.expect("they exist");
        assert_eq!(
            levels.of_rule("rows-without-where", Level::Error),
            Level::Warning
        );
        assert_eq!(levels.of_rule("other", Level::Off), Level::Warning);
        assert_eq!(Levels::default().of_rule("other", Level::Off), Level::Off);
    }

    #[test]
    fn a_misspelt_rule_is_answered_with_the_near_one() {
        let error = Levels::read([("rows-without-were", "off")]).expect_err("misspelt");
        assert_eq!(
            error.diagnose().hints,
            ["did you mean `rows-without-where`?"]
        );
        assert!(Levels::read([("rows-without-where", "loud")]).is_err());
        assert!(Levels::read([("preset", "loose")]).is_err());
    }
}
