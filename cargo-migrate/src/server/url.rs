//! Connection strings of local databases.

use std::path::Path;

/// The URL of a database behind the socket in `run`.
#[must_use]
pub fn socket_url(run: &Path, database: &str) -> String {
    let host = encode(&run.to_string_lossy());
    format!("postgres://postgres@{host}:5432/{}", encode(database))
}

/// Percent-encodes what can't stand in a URL's host or database name.
fn encode(text: &str) -> String {
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
}
