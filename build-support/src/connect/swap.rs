//! A connection string that leads to another database of the same server.

use super::percent::encode;

/// Puts another database into a connection string of either form.
///
/// ```
/// use build_support::connect::with_database;
/// assert_eq!(with_database("postgres://h/old?sslmode=require", "new"), "postgres://h/new?sslmode=require");
/// ```
pub fn with_database(url: &str, database: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        let quoted = database.replace('\\', "\\\\").replace('\'', "\\'");
        return format!("{url} dbname='{quoted}'");
    };
    let (base, query) = rest.split_once('?').unwrap_or((rest, ""));
    let authority = base
        .split_once('/')
        .map_or(base, |(authority, _)| authority);
    // What the query says wins over the path.
    let kept = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("dbname="));
    let kept: Vec<&str> = kept.collect();
    let mark = if kept.is_empty() { "" } else { "?" };
    let (database, query) = (encode(database), kept.join("&"));
    format!("{scheme}://{authority}/{database}{mark}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_is_replaced_and_the_rest_kept() {
        let swap = |url| with_database(url, "new one");
        for (url, swapped) in [
            (
                "postgres://u:p@h:1/old?sslmode=require",
                "postgres://u:p@h:1/new%20one?sslmode=require",
            ),
            ("postgres://h", "postgres://h/new%20one"),
            (
                "postgres://h/a?dbname=b&port=1",
                "postgres://h/new%20one?port=1",
            ),
            ("postgres://h?dbname=b", "postgres://h/new%20one"),
            ("host=h dbname=old", "host=h dbname=old dbname='new one'"),
        ] {
            assert_eq!(swap(url), swapped);
        }
    }
}
