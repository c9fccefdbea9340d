//! The catalog's queries: one `.sql` file per kind of object, one table that lists them all.

use super::assemble::Assembly;
use super::rows;

/// One query and what is done with its rows.
pub(super) struct Query {
    /// What it reads, in words.
    pub(super) what: &'static str,
    /// Its text before the lines for other servers are left out.
    text: &'static str,
    /// Takes over the rows, each a JSON object.
    pub(super) take: fn(&mut Assembly, &[&str]) -> Result<(), serde_json::Error>,
}

macro_rules! query {
    ($what:literal, $take:expr) => {
        Query {
            what: $what,
            text: include_str!(concat!("sql/", $what, ".sql")),
            take: $take,
        }
    };
}

/// Every query, in the order in which the objects are taken over: owners before their parts.
const QUERIES: &[Query] = &[
    query!("schemas", rows::schemas),
    query!("extensions", rows::extensions),
    query!("enums", rows::enums),
    query!("composites", rows::composites),
    query!("domains", rows::domains),
    query!("domain_constraints", rows::domain_constraints),
    query!("plain_objects", rows::plain_objects),
    query!("foreign_objects", rows::foreign_objects),
    query!("sequences", rows::sequences),
    query!("tables", rows::tables),
    query!("columns", rows::columns),
    query!("constraints", rows::constraints),
    query!("indexes", rows::indexes),
    query!("views", rows::views),
    query!("view_defaults", rows::view_defaults),
    query!("routines", rows::routines),
    query!("aggregates", rows::aggregates),
    query!("triggers", rows::triggers),
    query!("rules", rows::rules),
    query!("policies", rows::policies),
    query!("statistics", rows::statistics),
    query!("event_triggers", rows::event_triggers),
    query!("not_compared", rows::not_compared),
    query!("aliases", rows::aliases),
    query!("dependencies", rows::dependencies),
    query!("comments", rows::comments),
    query!("grants", rows::grants),
    query!("default_privileges", rows::default_privileges),
    query!("shadows", rows::shadows),
];

/// The queries that begin a message of their own: each part costs the server about the same.
const STARTS: [&str; 2] = ["constraints", "indexes"];

/// The queries, by the messages in which they are sent.
pub(super) fn messages() -> impl Iterator<Item = &'static [Query]> {
    QUERIES.chunk_by(|_, next| !STARTS.contains(&next.what))
}

impl Query {
    /// The statement for a server of that version, its rows wrapped as JSON.
    pub(super) fn sql(&self, version: u32) -> String {
        let body: Vec<&str> = self
            .text
            .lines()
            .filter(|line| fits(line, version / 10_000))
            .collect();
        format!(
            "SELECT row_to_json(q)::text FROM (\n{}\n) AS q;\n",
            body.join("\n")
        )
    }
}

/// Whether a line is meant for that major version: `-- since 14` and `-- until 13` at its end.
fn fits(line: &str, major: u32) -> bool {
    let bound = |mark: &str| {
        line.rsplit_once(mark)
            .and_then(|(_, number)| number.trim().parse::<u32>().ok())
    };
    let recent_enough = bound("-- since ").is_none_or(|since| major >= since);
    let old_enough = bound("-- until ").is_none_or(|until| major <= until);
    recent_enough && old_enough
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_left_out_by_version() {
        assert!(fits("SELECT 1", 13));
        assert!(!fits("a.attcompression, -- since 14", 13));
        assert!(fits("a.attcompression, -- since 14", 14));
        assert!(!fits("x -- until 13", 14));
    }

    #[test]
    fn every_query_is_ordered() {
        for query in QUERIES {
            assert!(query.text.contains("ORDER BY"), "{}", query.what);
        }
    }
}
