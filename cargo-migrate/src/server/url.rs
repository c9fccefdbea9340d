//! Connection strings of local databases.

use std::path::Path;

/// The URL of a database behind the socket in `run`.
#[must_use]
pub fn socket_url(run: &Path, database: &str) -> String {
    let host = encode(&run.to_string_lossy());
    format!("postgres://postgres@{host}:5432/{}", encode(database))
}

/// Percent-encodes what can't stand in a URL's host or database name.
pub(super) fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                encoded.push(char::from(byte));
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
        encoded
    })
}

/// Puts another database into a connection string of either form.
pub(super) fn with_database(url: &str, database: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        let quoted = database.replace('\\', "\\\\").replace('\'', "\\'");
        return format!("{url} dbname='{quoted}'");
    };
    let (base, query) = match rest.split_once('?') {
        Some((base, query)) => (base, format!("?{query}")),
        None => (rest, String::new()),
    };
    let authority = base
        .split_once('/')
        .map_or(base, |(authority, _)| authority);
    format!("{scheme}://{authority}/{}{query}", encode(database))
}

#[cfg(test)]
mod tests {
    use super::*;
    use postgres::Config;

    #[test]
    fn a_socket_folder_stands_encoded_in_the_url() {
        let url = socket_url(Path::new("/dev/shm/cm-1-a"), "my app");
        assert_eq!(
            url,
            "postgres://postgres@%2Fdev%2Fshm%2Fcm-1-a:5432/my%20app"
        );
        let config: Config = url.parse().unwrap();
        assert_eq!(config.get_dbname(), Some("my app"));
    }

    #[test]
    fn the_database_is_replaced_and_the_rest_kept() {
        let swap = |url| with_database(url, "new one");
        assert_eq!(
            swap("postgres://u:p@h:1/old?sslmode=require"),
            "postgres://u:p@h:1/new%20one?sslmode=require"
        );
        assert_eq!(swap("postgres://h"), "postgres://h/new%20one");
        assert_eq!(
            swap("host=h dbname=old"),
            "host=h dbname=old dbname='new one'"
        );
        let config: Config = swap("host=h dbname=old").parse().unwrap();
        assert_eq!(config.get_dbname(), Some("new one"));
    }
}
