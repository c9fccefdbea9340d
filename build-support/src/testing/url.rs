//! Connection strings.

/// Puts another database into a connection string of either form; the name needs no quotes.
pub(super) fn with_database(url: &str, database: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return format!("{url} dbname={database}");
    };
    let (base, query) = match rest.split_once('?') {
        Some((base, query)) => (base, format!("?{query}")),
        None => (rest, String::new()),
    };
    let authority = base
        .split_once('/')
        .map_or(base, |(authority, _)| authority);
    format!("{scheme}://{authority}/{database}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_is_replaced_and_the_rest_kept() {
        for (url, swapped) in [
            (
                "postgres://u:p@h:1/old?sslmode=require",
                "postgres://u:p@h:1/new?sslmode=require",
            ),
            ("postgres://h", "postgres://h/new"),
            ("host=h dbname=old", "host=h dbname=old dbname=new"),
        ] {
            assert_eq!(with_database(url, "new"), swapped);
        }
    }
}
