//! The form `postgres://user:password@host:port,…/database?keyword=value&…`.
//!
//! Wherever an unencoded `@`, `/` or `?` in a password could have shifted the borders of the parts,
//! the error names the rule and repeats nothing of the URL.

use super::keyword::Keyword;
use super::parameters::{Origin, Parameters};
use super::percent::{self, Malformed};
use super::settings_error::SettingsError;

/// Returns what follows `postgres://` or `postgresql://`.
pub(super) fn strip_scheme(text: &str) -> Option<&str> {
    let text = text.trim();
    text.strip_prefix("postgresql://")
        .or_else(|| text.strip_prefix("postgres://"))
}

/// Reads a URL without its scheme.
pub(super) fn parse(rest: &str) -> Result<Parameters, SettingsError> {
    let mut parameters = Parameters::default();
    let (authority, path, query) = split(rest);
    let hosts = match authority.rsplit_once('@') {
        Some((user, hosts)) => {
            set_user(&mut parameters, user)?;
            hosts
        }
        None => authority,
    };
    if has_stray_at(path, query) {
        return Err(malformed(
            "an `@` that is not percent-encoded follows the host",
        ));
    }
    set_hosts(&mut parameters, hosts)?;
    if !path.is_empty() {
        set(&mut parameters, Keyword::DbName, path)?;
    }
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        set_query(&mut parameters, pair)?;
    }
    Ok(parameters)
}

/// Splits into user, hosts and ports / database / keywords.
fn split(rest: &str) -> (&str, &str, &str) {
    let (before, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = before.split_once('/').unwrap_or((before, ""));
    (authority, path, query)
}

/// An `@` in the path is more likely the end of a password with `/` in it than part of a
/// database's name; one in the query is a value's when a `keyword=` stands before it.
fn has_stray_at(path: &str, query: &str) -> bool {
    let key_with_at = |pair: &str| pair.split('=').next().is_some_and(|key| key.contains('@'));
    let password_with_question_mark = query
        .split('&')
        .next()
        .is_some_and(|pair| pair.contains('@') && pair.contains('/') && !pair.contains('='));
    path.contains('@') || query.split('&').any(key_with_at) || password_with_question_mark
}

fn set_user(parameters: &mut Parameters, text: &str) -> Result<(), SettingsError> {
    let (user, password) = match text.split_once(':') {
        Some((user, password)) => (user, Some(password)),
        None => (text, None),
    };
    if !user.is_empty() {
        set(parameters, Keyword::User, user)?;
    }
    if let Some(password) = password {
        set(parameters, Keyword::Password, password)?;
    }
    Ok(())
}

/// Sets `host` and `port` as comma-separated lists of the same length.
fn set_hosts(parameters: &mut Parameters, text: &str) -> Result<(), SettingsError> {
    if text.is_empty() {
        return Ok(());
    }
    let mut hosts = Vec::new();
    let mut ports = Vec::new();
    for one in text.split(',') {
        let (host, port) = split_port(one)?;
        if !port.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(malformed("the port is not a number"));
        }
        hosts.push(host);
        ports.push(port);
    }
    set(parameters, Keyword::Host, &hosts.join(","))?;
    if ports.iter().any(|port| !port.is_empty()) {
        set(parameters, Keyword::Port, &ports.join(","))?;
    }
    Ok(())
}

/// Splits `host:port` and `[::1]:port`.
fn split_port(text: &str) -> Result<(&str, &str), SettingsError> {
    let Some(bracketed) = text.strip_prefix('[') else {
        return Ok(text.split_once(':').unwrap_or((text, "")));
    };
    let (host, rest) = bracketed
        .split_once(']')
        .ok_or(malformed("the `[` of an IPv6 address has no `]`"))?;
    match rest.strip_prefix(':') {
        Some(port) => Ok((host, port)),
        None if rest.is_empty() => Ok((host, "")),
        None => Err(malformed(
            "something other than a port follows an IPv6 address",
        )),
    }
}

fn set_query(parameters: &mut Parameters, pair: &str) -> Result<(), SettingsError> {
    let (name, value) = pair
        .split_once('=')
        .ok_or(malformed("a keyword after `?` or `&` has no `=`"))?;
    let name = decode(name)?;
    let value = decode(value)?;
    // JDBC's way to ask for TLS, which libpq accepts in URLs too.
    if name == "ssl" && value == "true" {
        parameters.set(Keyword::SslMode, "require".to_owned(), Origin::Explicit);
        return Ok(());
    }
    if let Some(setting) = name
        .strip_prefix("options[")
        .and_then(|rest| rest.strip_suffix(']'))
    {
        add_option(parameters, setting, &value);
        return Ok(());
    }
    parameters.set_named(&name, value, &Origin::Explicit)
}

/// sqlx's `options[search_path]=…`: a server setting, in the server's command line form.
fn add_option(parameters: &mut Parameters, setting: &str, value: &str) {
    let value = value.replace('\\', r"\\").replace(' ', r"\ ");
    let before = parameters
        .text(Keyword::Options)
        .map(|text| format!("{text} "));
    let options = format!("{}-c {setting}={value}", before.unwrap_or_default());
    parameters.set(Keyword::Options, options, Origin::Explicit);
}

fn set(parameters: &mut Parameters, keyword: Keyword, text: &str) -> Result<(), SettingsError> {
    parameters.set(keyword, decode(text)?, Origin::Explicit);
    Ok(())
}

fn decode(text: &str) -> Result<String, SettingsError> {
    percent::decode(text).map_err(|problem| match problem {
        Malformed::Escape => malformed("a `%` is not followed by two hexadecimal digits"),
        Malformed::Utf8 => malformed("a percent-encoded part is not UTF-8"),
    })
}

fn malformed(problem: &'static str) -> SettingsError {
    SettingsError::Url { problem }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The keywords that a URL sets, as one line.
    fn read(url: &str) -> String {
        let rest = strip_scheme(url).expect("a URL");
        let parameters = match parse(rest) {
            Ok(parameters) => parameters,
            Err(error) => return error.to_string(),
        };
        let value = |keyword: &Keyword| {
            parameters
                .text(*keyword)
                .map(|text| format!("{}={text}", keyword.name()))
        };
        let texts: Vec<_> = Keyword::ALL.iter().filter_map(value).collect();
        texts.join(" ")
    }

    #[test]
    fn every_part_is_optional() {
        for (url, parts) in [
            ("postgres://", ""),
            ("postgresql://localhost", "host=localhost"),
            ("postgres://localhost:5433", "host=localhost port=5433"),
            ("postgres://localhost/shop", "host=localhost dbname=shop"),
            ("postgres://me@localhost", "host=localhost user=me"),
            (
                "postgres://me:pw@localhost",
                "host=localhost user=me password=pw",
            ),
            ("postgres:///shop", "dbname=shop"),
            ("postgres://me@/shop", "dbname=shop user=me"),
            ("postgres://:pw@h", "host=h password=pw"),
            ("postgres://h?connect_timeout=3", "host=h connect_timeout=3"),
            (
                "postgres://h/?user=me&password=a%26b",
                "host=h user=me password=a&b",
            ),
        ] {
            assert_eq!(read(url), parts, "{url}");
        }
    }

    #[test]
    fn hosts_are_names_addresses_sockets_and_lists() {
        for (url, parts) in [
            ("postgres://[::1]:5433/d", "host=::1 port=5433 dbname=d"),
            ("postgres://[2001:db8::1]", "host=2001:db8::1"),
            ("postgres://a:1,b,c:3/d", "host=a,b,c port=1,,3 dbname=d"),
            ("postgres://%2Fvar%2Frun/d", "host=/var/run dbname=d"),
            (
                "postgres:///d?host=/var/run&port=5433",
                "host=/var/run port=5433 dbname=d",
            ),
            ("postgres://h:/d", "host=h dbname=d"),
        ] {
            assert_eq!(read(url), parts, "{url}");
        }
    }

    #[test]
    fn encoded_and_stray_characters_of_a_password_are_kept() {
        for (url, parts) in [
            (
                "postgres://u:p%40s%2Fs%25@h/d",
                "host=h dbname=d user=u password=p@s/s%",
            ),
            (
                "postgres://u:p@ss@h/d",
                "host=h dbname=d user=u password=p@ss",
            ),
            (
                "postgres://u:p:s#s@h/d",
                "host=h dbname=d user=u password=p:s#s",
            ),
        ] {
            assert_eq!(read(url), parts, "{url}");
        }
    }

    #[test]
    fn keywords_of_other_drivers_are_translated() {
        for (url, parts) in [
            ("postgres://h?ssl=true", "host=h sslmode=require"),
            (
                "postgres://h?ssl-mode=require&statement-cache-capacity=0",
                "host=h sslmode=require",
            ),
            (
                "postgres://h?options[search_path]=a%20b&options[lock_timeout]=1s",
                r"host=h options=-c search_path=a\ b -c lock_timeout=1s",
            ),
        ] {
            assert_eq!(read(url), parts, "{url}");
        }
    }

    #[test]
    fn no_malformed_url_repeats_the_password() {
        for url in [
            "postgres://u:canary/x@h/d",
            "postgres://u:can?ary@h/d",
            "postgres://u:x/canary@h",
            "postgres://u:x/canary?@h",
            "postgres://u:canary%zz@h/d",
            "postgres://u:canary",
            "postgres://u:1?canary@h/d",
            "postgres://u:a@b/canary@h/d",
            "postgres://u:a@b?canary@h/d",
            "postgres://u:pw@[::1/canary",
            "postgres://u:pw@h/d?canary",
        ] {
            let message = read(url);
            assert!(
                message.starts_with("the connection URL is malformed"),
                "{url}: {message}"
            );
            assert!(!message.contains("canary"), "{message}");
        }
    }

    #[test]
    fn an_unknown_keyword_is_named() {
        assert_eq!(
            read("postgres://u:canary@h/d?pasword=canary"),
            "unknown connection keyword `pasword` in the connection string"
        );
    }
}
