//! The slug and the message of a revision, from the name that the user gave it.

/// How long a slug may be where the project does not say.
pub const DEFAULT_LENGTH: usize = 40;

/// The part of the file name after the id: words of any script in lower case, joined by `_`.
///
/// One that is longer than `length` characters is cut after the last word that fits. It is empty
/// when the name has neither letter nor digit.
pub fn slug(name: &str, length: usize) -> String {
    let lower = name.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
        .collect();
    let slug = words.join("_");
    if slug.chars().all(|c| c == '_') {
        return String::new();
    }
    cut(slug, length)
}

fn cut(slug: String, length: usize) -> String {
    let Some((end, _)) = slug.char_indices().nth(length) else {
        return slug;
    };
    let head = &slug[..end];
    match head.rfind('_') {
        Some(last) => head[..=last].to_owned(),
        None => head.to_owned(),
    }
}

/// The first comment line of the revision: a sentence that was given stays as it is, a name like
/// `add_phone_to_users` becomes one.
pub fn message(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    if words.len() > 1 {
        return words.join(" ");
    }
    let spaced = name.trim().replace('_', " ");
    let mut characters = spaced.chars();
    match characters.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), characters.as_str()),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_joined_and_punctuation_goes() {
        assert_eq!(slug("this is a message", 40), "this_is_a_message");
        assert_eq!(slug("Add phone, to users!", 40), "add_phone_to_users");
        assert_eq!(slug("create_sales.\"Order\"", 40), "create_sales_order");
        assert_eq!(slug("Größe ändern", 40), "größe_ändern");
        assert_eq!(slug("!?", 40), "");
    }

    #[test]
    fn a_long_slug_ends_after_the_last_word_that_fits() {
        assert_eq!(
            slug(
                "this is a really long message that exceeds the default length",
                40
            ),
            "this_is_a_really_long_message_that_"
        );
        assert_eq!(slug("aaaa_bbbb", 9), "aaaa_bbbb");
        assert_eq!(slug("aaaa_bbbb", 8), "aaaa_");
        assert_eq!(slug("größer", 4), "größ");
    }

    #[test]
    fn a_name_becomes_a_sentence_and_a_sentence_stays() {
        assert_eq!(message("add_phone_to_users"), "Add phone to users.");
        assert_eq!(message("Fix the   totals"), "Fix the totals");
    }
}
