//! How Rust names are spelt in the database: `snake_case` and the other styles of `rename_all`.

/// A spelling that `rename_all` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    /// As written in Rust.
    Verbatim,
    /// `user_name`
    Snake,
    /// `USER_NAME`
    ScreamingSnake,
    /// `user-name`
    Kebab,
    /// `USER-NAME`
    ScreamingKebab,
    /// `userName`
    Camel,
    /// `UserName`
    Pascal,
    /// `username`
    Lower,
    /// `USERNAME`
    Upper,
    /// `User Name`
    Title,
}

impl Case {
    /// All the spellings, as messages list them.
    pub(crate) const NAMES: &str = "snake_case, SCREAMING_SNAKE_CASE, kebab-case, \
        SCREAMING-KEBAB-CASE, camelCase, PascalCase, lowercase, UPPERCASE";

    /// Reads a spelling's name as serde, sqlx, postgres-types and SeaORM write it.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "snake_case" => Self::Snake,
            "SCREAMING_SNAKE_CASE" | "shouty_snake_case" => Self::ScreamingSnake,
            "kebab-case" | "kebab_case" => Self::Kebab,
            "SCREAMING-KEBAB-CASE" => Self::ScreamingKebab,
            "camelCase" | "mixed_case" => Self::Camel,
            "PascalCase" | "pascal_case" => Self::Pascal,
            "lowercase" => Self::Lower,
            "UPPERCASE" => Self::Upper,
            "title_case" => Self::Title,
            "verbatim" => Self::Verbatim,
            _ => return None,
        })
    }

    /// Spells a Rust name.
    pub(crate) fn apply(self, name: &str) -> String {
        let words = words(name);
        match self {
            Self::Verbatim => name.to_owned(),
            Self::Snake => words.join("_"),
            Self::ScreamingSnake => words.join("_").to_uppercase(),
            Self::Kebab => words.join("-"),
            Self::ScreamingKebab => words.join("-").to_uppercase(),
            Self::Lower => name.to_lowercase(),
            Self::Upper => name.to_uppercase(),
            Self::Title => capitals(&words, 0).join(" "),
            Self::Pascal => capitals(&words, 0).concat(),
            Self::Camel => capitals(&words, 1).concat(),
        }
    }
}

/// The words, with a capital from the word `from` on.
fn capitals(words: &[String], from: usize) -> Vec<String> {
    let capital = |(at, word): (usize, &String)| {
        let mut chars = word.chars();
        match chars.next() {
            Some(first) if at >= from => first.to_uppercase().chain(chars).collect(),
            Some(_) | None => word.clone(),
        }
    };
    words.iter().enumerate().map(capital).collect()
}

/// The lower-case words of a Rust name: `HTTPServer2` is `http`, `server2`.
fn words(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (at, &c) in chars.iter().enumerate() {
        let current = words.last().expect("there is always a word");
        if c == '_' || c == '-' {
            if !current.is_empty() {
                words.push(String::new());
            }
            continue;
        }
        if !current.is_empty() && begins_word(&chars, at) {
            words.push(String::new());
        }
        let current = words.last_mut().expect("there is always a word");
        current.extend(c.to_lowercase());
    }
    words.retain(|word| !word.is_empty());
    words
}

/// A capital begins a word after a small letter or digit, or before a small letter.
fn begins_word(chars: &[char], at: usize) -> bool {
    let before = chars[at - 1];
    let next_is_small = chars.get(at + 1).is_some_and(|c| c.is_lowercase());
    chars[at].is_uppercase()
        && (before.is_lowercase()
            || before.is_numeric()
            || (before.is_uppercase() && next_is_small))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spelt_in_each_case() {
        let spelt = |case: &str| Case::parse(case).map(|case| case.apply("UserStatus"));
        let all = [
            "snake_case",
            "SCREAMING_SNAKE_CASE",
            "kebab-case",
            "SCREAMING-KEBAB-CASE",
            "camelCase",
            "PascalCase",
            "lowercase",
            "UPPERCASE",
            "title_case",
        ];
        insta::assert_debug_snapshot!(all.map(|case| spelt(case).unwrap()), @r#"
        [
            "user_status",
            "USER_STATUS",
            "user-status",
            "USER-STATUS",
            "userStatus",
            "UserStatus",
            "userstatus",
            "USERSTATUS",
            "User Status",
        ]
        "#);
        assert_eq!(spelt("Snake"), None);
    }

    #[test]
    fn runs_of_capitals_and_digits_stay_together() {
        let snake = |name| Case::Snake.apply(name);
        assert_eq!(snake("HTTPServer2"), "http_server2");
        assert_eq!(snake("OAuth2Token"), "o_auth2_token");
        assert_eq!(snake("APIKey"), "api_key");
        assert_eq!(snake("already_snake"), "already_snake");
        assert_eq!(snake("X"), "x");
    }
}
