//! The form `host=localhost dbname='my db'`.

use std::iter::Peekable;
use std::str::Chars;

use super::keyword::{Keyword, Named};
use super::parameters::{Origin, Parameters};
use super::settings_error::SettingsError;

/// Reads `keyword=value` pairs: blanks around `=` are allowed, `'…'` quotes, `\` escapes.
pub(super) fn parse(text: &str) -> Result<Parameters, SettingsError> {
    let mut parameters = Parameters::default();
    let mut rest = text.chars().peekable();
    let mut before = None;
    loop {
        skip_blanks(&mut rest);
        if rest.peek().is_none() {
            return Ok(parameters);
        }
        let name = read_name(&mut rest, before)?;
        let value = read_value(&mut rest)?;
        let known = match Keyword::find(&name) {
            Named::Keyword(keyword) => Some(keyword),
            Named::Foreign | Named::Unknown(_) => None,
        };
        if known.is_none() && before.is_some_and(Keyword::is_secret) {
            return Err(after_secret());
        }
        parameters.set_named(&name, value, &Origin::Explicit)?;
        before = known;
    }
}

/// Reads up to `=`. A word without one may be the rest of an unquoted password with a blank in it,
/// so that the message names only what stands before it.
fn read_name(
    rest: &mut Peekable<Chars<'_>>,
    before: Option<Keyword>,
) -> Result<String, SettingsError> {
    let mut name = String::new();
    while let Some(character) = rest.next_if(|next| *next != '=' && !next.is_whitespace()) {
        name.push(character);
    }
    skip_blanks(rest);
    if rest.next_if_eq(&'=').is_some() {
        skip_blanks(rest);
        return Ok(name);
    }
    Err(match before {
        Some(keyword) if keyword.is_secret() => after_secret(),
        Some(keyword) => malformed(format!("a word without `=` after `{}`", keyword.name())),
        None => malformed("it begins with a word without `=`".to_owned()),
    })
}

fn read_value(rest: &mut Peekable<Chars<'_>>) -> Result<String, SettingsError> {
    let quoted = rest.next_if_eq(&'\'').is_some();
    let mut value = String::new();
    while let Some(character) = rest.next() {
        match character {
            '\\' => value.extend(rest.next()),
            '\'' if quoted => return Ok(value),
            blank if !quoted && blank.is_whitespace() => return Ok(value),
            other => value.push(other),
        }
    }
    if quoted {
        return Err(malformed("a quoted value does not end".to_owned()));
    }
    Ok(value)
}

fn skip_blanks(rest: &mut Peekable<Chars<'_>>) {
    while rest.next_if(|next| next.is_whitespace()).is_some() {}
}

fn after_secret() -> SettingsError {
    malformed("the password is followed by something that is not `keyword=value`".to_owned())
}

fn malformed(problem: String) -> SettingsError {
    SettingsError::KeywordValue { problem }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<(&'static str, String)> {
        let parameters = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let value = |keyword: &Keyword| {
            parameters
                .text(*keyword)
                .map(|text| (keyword.name(), text.to_owned()))
        };
        Keyword::ALL.iter().filter_map(value).collect()
    }

    #[test]
    fn values_are_bare_quoted_or_escaped() {
        for (text, value) in [
            ("dbname=shop", "shop"),
            ("  dbname = shop ", "shop"),
            ("dbname='my shop'", "my shop"),
            (r"dbname='it\'s \\ here'", r"it's \ here"),
            (r"dbname=my\ shop", "my shop"),
            ("dbname=a'b", "a'b"),
            ("dbname=first dbname=last", "last"),
        ] {
            assert_eq!(texts(text), [("dbname", value.to_owned())], "{text}");
        }
        assert_eq!(texts("dbname=''"), []);
        assert_eq!(texts(""), []);
    }

    #[test]
    fn what_is_not_a_pair_is_an_error_that_hides_passwords() {
        for (text, message) in [
            ("shop", "it begins with a word without `=`"),
            ("host=db shop", "a word without `=` after `host`"),
            ("password='open", "a quoted value does not end"),
            (
                "password=first canary",
                "the password is followed by something that is not `keyword=value`",
            ),
            (
                "password=first canary=x",
                "the password is followed by something that is not `keyword=value`",
            ),
        ] {
            let error = parse(text).err().expect(text).to_string();
            assert_eq!(
                error,
                format!("the connection string is malformed: {message}")
            );
        }
    }

    #[test]
    fn an_unknown_keyword_is_named() {
        let error = parse("host=db pasword=canary").err().expect("an error");
        assert_eq!(
            error.to_string(),
            "unknown connection keyword `pasword` in the connection string"
        );
        assert_eq!(error.hints(), ["did you mean `password`?"]);
    }
}
