//! `pg_service.conf`: named sets of keywords.

use std::path::{Path, PathBuf};

use super::environment::Lookup;
use super::keyword::{Keyword, Named};
use super::parameters::{Origin, Parameters};
use super::settings_error::SettingsError;

/// Returns what the service `name` says: the first file that defines it counts.
pub(super) fn load(
    name: &str,
    file: Option<&str>,
    lookup: &Lookup<'_>,
) -> Result<Parameters, SettingsError> {
    let candidates = candidates(file, lookup);
    for path in &candidates {
        let Ok(content) = std::fs::read_to_string(path) else {
            continue;
        };
        if let Some(parameters) = section(&content, name, path)? {
            return Ok(parameters);
        }
    }
    Err(SettingsError::ServiceNotFound {
        service: name.to_owned(),
        searched: candidates,
    })
}

/// The named file or else the user's own, then the system's.
fn candidates(file: Option<&str>, lookup: &Lookup<'_>) -> Vec<PathBuf> {
    let own = file
        .map(PathBuf::from)
        .or_else(|| lookup.home().map(|home| home.join(".pg_service.conf")));
    let system = lookup
        .variable("PGSYSCONFDIR")
        .map_or_else(|| PathBuf::from("/etc/postgresql-common"), PathBuf::from)
        .join("pg_service.conf");
    own.into_iter().chain([system]).collect()
}

/// Reads one section; `None` when the file has none of that name.
fn section(content: &str, name: &str, file: &Path) -> Result<Option<Parameters>, SettingsError> {
    let mut parameters = Parameters::default();
    let origin = Origin::Service(name.to_owned());
    let mut inside = false;
    for (index, line) in content.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(header) = line.strip_prefix('[') {
            if inside {
                break;
            }
            inside = header.strip_suffix(']') == Some(name);
            continue;
        }
        if inside {
            set(&mut parameters, line, &origin).map_err(|problem| SettingsError::ServiceFile {
                file: file.to_owned(),
                line: index + 1,
                problem,
            })?;
        }
    }
    Ok(inside.then_some(parameters))
}

/// Takes one line of a section; of two equal keywords the first counts, as in libpq.
fn set(parameters: &mut Parameters, line: &str, origin: &Origin) -> Result<(), String> {
    if line.starts_with("ldap") {
        return Err("looking a service up by LDAP is not supported".to_owned());
    }
    let (name, value) = line.split_once('=').ok_or("a line without `=`")?;
    let name = name.trim();
    match Keyword::find(name) {
        Named::Keyword(Keyword::Service | Keyword::ServiceFile) => {
            Err("a service cannot name another one".to_owned())
        }
        Named::Keyword(keyword) => {
            if parameters.text(keyword).is_none() {
                parameters.set(keyword, value.trim().to_owned(), origin.clone());
            }
            Ok(())
        }
        Named::Foreign => Ok(()),
        Named::Unknown(None) => Err(format!("unknown connection keyword `{name}`")),
        Named::Unknown(Some(near)) => Err(format!(
            "unknown connection keyword `{name}`, did you mean `{near}`?"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# servers\n[first]\nhost=one\n\n[second]\nhost = two\nport=5433\n\
                        host=ignored\n[second]\nuser=late\n[bad]\nhots=x\n";

    fn read(name: &str) -> Result<Option<Parameters>, SettingsError> {
        section(FILE, name, Path::new("pg_service.conf"))
    }

    #[test]
    fn a_section_ends_at_the_next_and_its_first_value_counts() {
        let second = read("second").expect("readable").expect("defined");
        assert_eq!(second.text(Keyword::Host), Some("two"));
        assert_eq!(second.text(Keyword::Port), Some("5433"));
        assert_eq!(second.text(Keyword::User), None);
    }

    #[test]
    fn a_missing_section_is_not_an_error_of_the_file() {
        assert!(read("third").expect("readable").is_none());
    }

    #[test]
    fn a_fault_names_file_and_line() {
        let error = read("bad").err().expect("an error");
        assert_eq!(
            error.to_string(),
            "service file pg_service.conf:12: unknown connection keyword `hots`, \
             did you mean `host`?"
        );
    }

    #[test]
    fn a_missing_service_names_the_files_that_were_searched() {
        let variables = |name: &str| (name == "PGSYSCONFDIR").then(|| "/nowhere/etc".to_owned());
        let lookup = Lookup::new(&variables).with_home("/nowhere/home");
        let error = load("shop", None, &lookup).err().expect("an error");
        assert_eq!(
            error.to_string(),
            "definition of service `shop` not found in /nowhere/home/.pg_service.conf, \
             /nowhere/etc/pg_service.conf"
        );
    }
}
