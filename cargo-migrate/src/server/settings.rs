//! What the local servers are started with, and why.

use std::path::Path;

use super::ServerOptions;

/// For data that nobody misses: nothing is ever flushed.
pub(super) fn throw_away(major: u32, run: &Path, options: &ServerOptions) -> Vec<String> {
    let mut settings = common(major, run);
    settings.extend(
        [
            "fsync=off",
            "full_page_writes=off",
            "wal_level=minimal",
            "max_wal_senders=0",
            "min_wal_size=2MB",
            "autovacuum=off",
            "max_connections=50",
        ]
        .map(String::from),
    );
    settings.extend(
        options
            .settings
            .iter()
            .map(|(name, value)| format!("{name}={value}")),
    );
    settings
}

/// For data that is kept: a crash of the machine may lose the last commits, never the data folder.
pub(super) fn development(major: u32, run: &Path) -> Vec<String> {
    let mut settings = common(major, run);
    settings.push("max_connections=100".into());
    settings
}

fn common(major: u32, run: &Path) -> Vec<String> {
    let mut settings: Vec<String> = [
        // The private folder of the socket is the access control.
        "listen_addresses=",
        "port=5432",
        "synchronous_commit=off",
        "shared_buffers=32MB",
        "jit=off",
        "logging_collector=off",
        "log_min_messages=fatal",
        // A killed server would leave segments behind elsewhere.
        "dynamic_shared_memory_type=mmap",
    ]
    .map(String::from)
    .into();
    settings.push(format!("unix_socket_directories={}", run.display()));
    if major >= 18 {
        settings.push("io_method=sync".into());
    }
    settings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_callers_settings_come_last_and_so_win() {
        let options = ServerOptions {
            settings: vec![("wal_level".into(), "logical".into())],
            ..ServerOptions::default()
        };
        let settings = throw_away(15, Path::new("/r"), &options);
        assert_eq!(
            settings.last().map(String::as_str),
            Some("wal_level=logical")
        );
        assert!(!settings.contains(&"io_method=sync".to_owned()));
    }

    #[test]
    fn kept_data_is_flushed() {
        let settings = development(18, Path::new("/r"));
        assert!(!settings.iter().any(|setting| setting.starts_with("fsync")));
        assert!(settings.contains(&"io_method=sync".to_owned()));
    }
}
