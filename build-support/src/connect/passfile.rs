//! The password file, `~/.pgpass`: `host:port:database:user:password` a line.
//!
//! <https://www.postgresql.org/docs/current/libpq-pgpass.html>

use std::fmt;
use std::path::{Path, PathBuf};

use super::environment::Lookup;
use super::secret::Secret;

/// A password file that was not used, because other users may read it or it is no plain file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassfileRefused {
    /// The file.
    pub file: PathBuf,
    /// Why.
    pub reason: &'static str,
}

impl fmt::Display for PassfileRefused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "the password file {} is not used: {}",
            self.file.display(),
            self.reason
        )
    }
}

/// What a line must match.
pub(super) struct Target<'a> {
    pub(super) host: &'a str,
    pub(super) port: u16,
    pub(super) database: &'a str,
    pub(super) user: &'a str,
}

/// The lines of a password file.
#[derive(Default)]
pub(super) struct Passfile {
    lines: Vec<String>,
}

impl Passfile {
    /// Reads the named file, or else the user's own; one that does not exist has no lines.
    pub(super) fn load(file: Option<&str>, lookup: &Lookup<'_>) -> Result<Self, PassfileRefused> {
        let Some(path) = file.map(PathBuf::from).or_else(|| default_path(lookup)) else {
            return Ok(Self::default());
        };
        let Ok(metadata) = std::fs::metadata(&path) else {
            return Ok(Self::default());
        };
        if !metadata.is_file() {
            return Err(PassfileRefused {
                file: path,
                reason: "it is not a plain file",
            });
        }
        if is_open_to_others(&metadata) {
            return Err(PassfileRefused {
                file: path,
                reason: "its group or others may access it; run `chmod 600` on it",
            });
        }
        Self::read(&path)
    }

    fn read(path: &Path) -> Result<Self, PassfileRefused> {
        let content = std::fs::read_to_string(path).map_err(|_| PassfileRefused {
            file: path.to_owned(),
            reason: "it cannot be read as UTF-8 text",
        })?;
        Ok(Self::parse(&content))
    }

    pub(super) fn parse(content: &str) -> Self {
        let lines = content
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty());
        Self {
            lines: lines.map(str::to_owned).collect(),
        }
    }

    /// Returns the password of the first line that matches.
    pub(super) fn password(&self, target: &Target<'_>) -> Option<Secret> {
        let port = target.port.to_string();
        let wanted = [target.host, &port, target.database, target.user];
        let fields = self.lines.iter().filter_map(|line| fields(line));
        let found = fields
            .filter(|fields| {
                wanted
                    .iter()
                    .zip(fields)
                    .all(|(value, field)| field.matches(value))
            })
            .find_map(|[_, _, _, _, password]| Some(password.text).filter(|text| !text.is_empty()));
        found.map(Secret::new)
    }
}

/// One field, its escapes resolved.
#[derive(Default)]
struct Field {
    text: String,
    wildcard: bool,
}

impl Field {
    fn matches(&self, value: &str) -> bool {
        self.wildcard || self.text == value
    }
}

/// Splits at colons that no backslash precedes; a line of fewer than five fields says nothing.
fn fields(line: &str) -> Option<[Field; 5]> {
    let mut fields: [Field; 5] = Default::default();
    let mut index = 0;
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            ':' if index < 4 => index += 1,
            '\\' => fields[index].text.extend(characters.next()),
            '*' if fields[index].text.is_empty() && matches!(characters.peek(), Some(':')) => {
                fields[index].wildcard = true;
            }
            // What follows a fifth colon is not part of the password.
            ':' => break,
            other => fields[index].text.push(other),
        }
    }
    (index == 4).then_some(fields)
}

fn default_path(lookup: &Lookup<'_>) -> Option<PathBuf> {
    if cfg!(windows) {
        let folder = lookup.variable("APPDATA")?;
        return Some(Path::new(&folder).join("postgresql").join("pgpass.conf"));
    }
    Some(lookup.home()?.join(".pgpass"))
}

#[cfg(unix)]
fn is_open_to_others(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;

    metadata.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn is_open_to_others(_: &std::fs::Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(content: &str, host: &str, database: &str) -> Option<String> {
        let target = Target {
            host,
            port: 5432,
            database,
            user: "app",
        };
        let secret = Passfile::parse(content).password(&target)?;
        Some(secret.reveal().to_owned())
    }

    #[test]
    fn the_first_line_that_matches_counts() {
        let file = "# mine\n\ndb:5432:shop:app:first\ndb:*:*:app:second\n*:*:*:*:last\n";
        for (host, database, found) in [
            ("db", "shop", "first"),
            ("db", "other", "second"),
            ("elsewhere", "shop", "last"),
        ] {
            assert_eq!(
                password(file, host, database).as_deref(),
                Some(found),
                "{host} {database}"
            );
        }
        assert_eq!(password("db:5433:*:*:x\n", "db", "shop"), None);
    }

    #[test]
    fn escapes_keep_colons_and_backslashes() {
        assert_eq!(
            password(r"a\:b:*:*:*:p\:\\w", "a:b", "d").as_deref(),
            Some(r"p:\w")
        );
        assert_eq!(password(r"\*:*:*:*:x", "db", "d"), None);
        assert_eq!(password(r"db:*:*:*:*", "db", "d").as_deref(), Some("*"));
    }

    #[test]
    fn short_lines_and_empty_passwords_say_nothing() {
        assert_eq!(password("db:5432:shop:app\n", "db", "shop"), None);
        assert_eq!(password("db:5432:shop:app:\n", "db", "shop"), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_may_read_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("pgpass");
        std::fs::write(&path, "*:*:*:*:canary\n").expect("written");
        let load = || Passfile::load(path.to_str(), &Lookup::empty());
        for (mode, used) in [(0o600, true), (0o400, true), (0o640, false), (0o604, false)] {
            let permissions = std::fs::Permissions::from_mode(mode);
            std::fs::set_permissions(&path, permissions).expect("permitted");
            assert_eq!(load().is_ok(), used, "{mode:o}");
        }
        let refused = load().err().expect("refused");
        assert!(
            refused.to_string().ends_with("run `chmod 600` on it"),
            "{refused}"
        );
    }
}
