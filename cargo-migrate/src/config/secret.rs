//! A connection's address without its passwords, for people to read.

const HIDDEN: &str = "***";

/// The URL or keyword text with every password replaced by `***`.
///
/// Where the borders of a password are in doubt, more is hidden rather than less.
pub fn without_password(address: &str) -> String {
    match address.split_once("://") {
        Some((scheme, rest)) => format!("{scheme}://{}", without_userinfo_password(rest)),
        None => without_keyword_password(address, ' '),
    }
}

fn without_userinfo_password(rest: &str) -> String {
    // The last `@`: a password may hold an unencoded one.
    let (userinfo, tail) = match rest.rfind('@') {
        Some(at) => rest.split_at(at),
        None => ("", rest),
    };
    let user = match userinfo.split_once(':') {
        Some((user, _)) => format!("{user}:{HIDDEN}"),
        None => userinfo.to_owned(),
    };
    match tail.split_once('?') {
        Some((path, query)) => format!("{user}{path}?{}", without_keyword_password(query, '&')),
        None => format!("{user}{tail}"),
    }
}

/// Hides the values of all keys that end in `password`.
fn without_keyword_password(text: &str, separator: char) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some(equals) = rest.find('=') {
        let key = rest[..equals]
            .trim_end()
            .rsplit(separator)
            .next()
            .unwrap_or_default();
        let secret = key.to_lowercase().ends_with("password") || key.contains('%');
        shown.push_str(&rest[..=equals]);
        let value = &rest[equals + 1..];
        let length = value_length(value, separator);
        shown.push_str(if secret { HIDDEN } else { &value[..length] });
        rest = &value[length..];
    }
    shown.push_str(rest);
    shown
}

/// How long a value is: to the separator, or to the closing quote of a quoted one.
fn value_length(value: &str, separator: char) -> usize {
    let blank = value.len() - value.trim_start().len();
    let inner = &value[blank..];
    if separator != ' ' || !inner.starts_with('\'') {
        return blank + inner.find(separator).unwrap_or(inner.len());
    }
    let mut escaped = false;
    for (at, c) in inner.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '\'' => return blank + at + 1,
            _ => {}
        }
    }
    value.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_hidden_wherever_it_stands() {
        let cases = [
            ("postgres://me:s3cret@host/db", "postgres://me:***@host/db"),
            (
                "postgres://me:s3@cr/et@host/db",
                "postgres://me:***@host/db",
            ),
            (
                "postgres://me@host/db?password=s3cret&sslmode=require",
                "postgres://me@host/db?password=***&sslmode=require",
            ),
            (
                "postgres://host/db?sslpassword=s3cret",
                "postgres://host/db?sslpassword=***",
            ),
            (
                "host=h password=s3cret user=me",
                "host=h password=*** user=me",
            ),
            (
                "host=h password = 's3 \\' cret' user=me",
                "host=h password =*** user=me",
            ),
            ("postgres://host/db", "postgres://host/db"),
        ];
        for (address, shown) in cases {
            assert_eq!(without_password(address), shown);
        }
    }
}
