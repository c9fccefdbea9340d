//! The schema of a database as `pg_dump` writes it, to compare one with another.

use std::process::Command;

use cargo_migrate::server::Binaries;

use super::environment;

/// What the runner's own tables are called.
const OWN: &str = "cargo_migrate_*";

/// Dumps the schema behind `url`, without owners, our own tables and what differs from run to run.
#[must_use]
pub fn dump(url: &str) -> String {
    tidy(&raw_dump(url))
}

/// Dumps the schema behind `url` with the headings of its objects, without owners and our own tables.
#[must_use]
pub fn raw_dump(url: &str) -> String {
    let output = Command::new(program())
        .args([
            "--schema-only",
            "--no-owner",
            "--exclude-table",
            OWN,
            "--dbname",
            url,
        ])
        .env("LC_ALL", "C")
        .output()
        .expect("`pg_dump` starts");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "pg_dump failed: {complaint}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// `pg_dump` refuses a newer server, so the one beside the server's binaries goes first.
fn program() -> std::path::PathBuf {
    let beside = Binaries::find(&environment(), None).map(|found| found.folder().join("pg_dump"));
    match beside {
        Ok(path) if path.is_file() => path,
        Ok(_) | Err(_) => "pg_dump".into(),
    }
}

/// Drops comments, empty lines, session settings and the `\restrict` pair with its random token.
fn tidy(dump: &str) -> String {
    let kept = dump.lines().filter(|line| {
        let noise = line.is_empty()
            || line.starts_with("--")
            || line.starts_with("\\restrict")
            || line.starts_with("\\unrestrict")
            || line.starts_with("SET ")
            || line.starts_with("SELECT pg_catalog.set_config('search_path'");
        !noise
    });
    kept.fold(String::new(), |text, line| text + line + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_describes_the_schema_is_kept() {
        let dump = "--\n-- PostgreSQL database dump\n--\n\n\\restrict AbC\n\nSET row_security = off;\n\
                    CREATE TABLE public.a (\n    id integer\n);\n\n\\unrestrict AbC\n";
        assert_eq!(tidy(dump), "CREATE TABLE public.a (\n    id integer\n);\n");
    }
}
