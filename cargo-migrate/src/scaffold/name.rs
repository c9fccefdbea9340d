//! What the name of a revision says: `add_phone_to_users` adds a column.
//!
//! The patterns stand in the table of templates; this reads a name by them.

use std::collections::BTreeMap;

use cargo_migrate_templates::{Fields, REVISIONS, Template, find};

use super::{ident::Name, split::Nesting};

/// What a name means: a template, and the words of the name that fill it.
#[derive(Debug, Clone)]
pub struct Intent {
    /// The template that serves the name.
    pub template: &'static Template,
    /// The words for the template's `{…}`, by its name: `table`, `columns`, `old`, `new`, `type`….
    pub parts: Parts,
}

/// The words of a name, by the placeholder that they stand for.
pub type Parts = BTreeMap<&'static str, String>;

/// A name that can be read in more than one way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the name `{name}` can be read in {} ways", readings.len())]
pub struct AmbiguousName {
    /// The name.
    pub name: String,
    /// What each reading says.
    pub readings: Vec<String>,
}

/// Objects that have no template: a name that creates or drops one makes an empty revision.
const OTHER_OBJECTS: [&str; 7] = [
    "view",
    "materialized",
    "function",
    "procedure",
    "trigger",
    "index",
    "constraint",
];

/// Properties of columns and tables: `add_default_to_users` adds no column `default`.
const PROPERTIES: [&str; 10] = [
    "default",
    "constraint",
    "check",
    "trigger",
    "policy",
    "primary_key",
    "not_null",
    "foreign_key",
    "index",
    "unique",
];

/// Reads a name. `has_fields` tells whether fields follow it: they make a table of
/// `create_view_counts`.
///
/// # Errors
/// When a rename can be read in several ways.
pub fn infer(name: &str, has_fields: bool) -> Result<Intent, AmbiguousName> {
    for template in REVISIONS {
        if template.fields == Fields::None && has_fields && !is_rename(template) {
            continue;
        }
        let Some(parts) = read(template.patterns, name)? else {
            continue;
        };
        if means_something_else(template, &parts, has_fields) {
            break;
        }
        return Ok(Intent { template, parts });
    }
    Ok(empty())
}

/// The words of a name for a template that the user chose: by its own patterns, else by any.
///
/// # Errors
/// When a rename can be read in several ways.
pub fn parts_for(template: Option<&Template>, name: &str) -> Result<Parts, AmbiguousName> {
    if let Some(template) = template
        && let Some(parts) = read(template.patterns, name)?
    {
        return Ok(parts);
    }
    Ok(infer(name, true)?.parts)
}

fn empty() -> Intent {
    Intent {
        template: find("empty").expect("the table has the template `empty`"),
        parts: Parts::new(),
    }
}

fn is_rename(template: &Template) -> bool {
    template.name.starts_with("rename_")
}

fn means_something_else(template: &Template, parts: &Parts, has_fields: bool) -> bool {
    let columns = parts.get("columns").map(String::as_str);
    if matches!(template.fields, Fields::Columns)
        && columns.is_some_and(|c| PROPERTIES.contains(&c))
    {
        return true;
    }
    let table = parts.get("table").map_or("", String::as_str);
    let object = table.split('_').next().unwrap_or("");
    template.fields == Fields::Table
        && !has_fields
        && object != table
        && OTHER_OBJECTS.contains(&object)
}

/// The words of a name by the first of these patterns that fits it.
fn read(patterns: &'static [&'static str], name: &str) -> Result<Option<Parts>, AmbiguousName> {
    let words = Words::of(name);
    for pattern in patterns {
        let pieces: Vec<Piece> = pattern_pieces(pattern);
        let mut readings = Vec::new();
        words.read(&pieces, 0, &mut Parts::new(), &mut readings);
        if readings.len() > 1 && is_symmetric(&pieces) {
            return Err(ambiguous(name, &pieces, &readings));
        }
        if let Some(parts) = readings.into_iter().next() {
            return Ok(Some(parts));
        }
    }
    Ok(None)
}

/// Whether the pattern puts two words of one kind beside each other, so that there is no reading
/// to prefer. Elsewhere the last separator wins: `add_reply_to_to_users` adds `reply_to`.
fn is_symmetric(pieces: &[Piece]) -> bool {
    pieces
        .iter()
        .any(|piece| matches!(piece, Piece::Free("old" | "from")))
}

fn ambiguous(name: &str, pieces: &[Piece], readings: &[Parts]) -> AmbiguousName {
    let describe = |parts: &Parts| {
        let said = pieces.iter().filter_map(|piece| match piece {
            Piece::Free(key) => Some(format!("{key} `{}`", parts.get(key)?)),
            Piece::Word(_) => None,
        });
        said.collect::<Vec<_>>().join(", ")
    };
    AmbiguousName {
        name: name.to_owned(),
        readings: readings.iter().map(describe).collect(),
    }
}

/// A piece of a pattern.
#[derive(Debug, Clone, Copy)]
enum Piece {
    Word(&'static str),
    Free(&'static str),
}

fn pattern_pieces(pattern: &'static str) -> Vec<Piece> {
    let piece = |word: &'static str| {
        let free = word.strip_prefix('{').and_then(|w| w.strip_suffix('}'));
        free.map_or(Piece::Word(word), Piece::Free)
    };
    pattern.split('_').map(piece).collect()
}

/// The words of a name. In a sentence each is an identifier; in `snake_case` several may be one.
struct Words {
    words: Vec<String>,
    longest: usize,
}

impl Words {
    fn of(name: &str) -> Self {
        let name = name.trim().trim_end_matches(['.', '!', '?']);
        let sentence = split(name, char::is_whitespace).len() > 1;
        let separates = |c: char| {
            if sentence {
                c.is_whitespace()
            } else {
                matches!(c, '_' | '-')
            }
        };
        Self {
            words: split(name, separates),
            longest: if sentence { 1 } else { usize::MAX },
        }
    }

    /// Every reading of the words from `at`, those with long early words first.
    fn read(&self, pieces: &[Piece], at: usize, parts: &mut Parts, found: &mut Vec<Parts>) {
        let Some((piece, rest)) = pieces.split_first() else {
            if at == self.words.len() {
                found.push(parts.clone());
            }
            return;
        };
        match piece {
            Piece::Word(word) => {
                let same = |given: &String| given.eq_ignore_ascii_case(word);
                if self.words.get(at).is_some_and(same) {
                    self.read(rest, at + 1, parts, found);
                }
            }
            Piece::Free(key) => self.read_free(key, rest, at, (parts, found)),
        }
    }

    fn read_free(
        &self,
        key: &'static str,
        rest: &[Piece],
        at: usize,
        (parts, found): (&mut Parts, &mut Vec<Parts>),
    ) {
        let most = (self.words.len() - at.min(self.words.len())).min(self.longest_for(rest));
        for count in (1..=most).rev() {
            let Some(text) = self.identifier(key, at, at + count) else {
                continue;
            };
            parts.insert(key, text);
            self.read(rest, at + count, parts, found);
            parts.remove(key);
        }
    }

    /// `create users table`, said as a sentence, has one word more at its end.
    fn longest_for(&self, rest: &[Piece]) -> usize {
        let last_is_table = self.words.last().is_some_and(|word| is_table(word));
        if rest.is_empty() && last_is_table {
            self.longest.saturating_add(1)
        } else {
            self.longest
        }
    }

    fn identifier(&self, key: &str, from: usize, to: usize) -> Option<String> {
        let mut words = &self.words[from..to];
        if let [first @ .., last] = words
            && key == "table"
            && !first.is_empty()
            && is_table(last)
        {
            words = first;
        }
        let text = words.join("_");
        Name::parse(&text).ok().map(|_| text)
    }
}

fn is_table(word: &str) -> bool {
    word.eq_ignore_ascii_case("table")
}

/// The pieces between separators outside quotes.
fn split(text: &str, separates: impl Fn(char) -> bool) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut nesting = Nesting::default();
    for c in text.chars() {
        let outside = nesting.takes(c);
        match words.last_mut() {
            Some(word) if !(outside && separates(c)) => word.push(c),
            _ => words.push(String::new()),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The template and the parts, as `template key=value …`.
    fn read(name: &str) -> String {
        let intent = infer(name, false).expect("one reading");
        let parts = intent.parts.iter().map(|(k, v)| format!(" {k}={v}"));
        format!("{}{}", intent.template.name, parts.collect::<String>())
    }

    #[test]
    fn every_example_of_the_table_means_its_template() {
        for template in REVISIONS.iter().filter(|t| !t.patterns.is_empty()) {
            let name = template.example.split(' ').next().expect("a name");
            assert!(
                read(name).starts_with(template.name),
                "{name}: {}",
                read(name)
            );
        }
    }

    #[test]
    fn names_say_what_they_do() {
        let names = [
            "create_users",
            "create_users_table",
            "create_user_tables",
            "add_phone_to_users",
            "add_phone_and_fax_to_users",
            "add_author_id_to_posts",
            "add_reply_to_to_users",
            "add_index_on_users",
            "add_index_to_users",
            "add_unique_on_users",
            "rename_name_to_full_name_in_users",
            "rename_users_to_accounts",
            "rename_check_in_to_check_out",
            "create_enum_user_status",
            "drop_users",
            "drop_phone_from_users",
            "remove_phone_from_users",
            "update_status_from_inactive_to_suspended_in_users",
            "backfill_status_in_users",
            "tidy_up",
        ];
        let read: Vec<String> = names.iter().map(|name| read(name)).collect();
        insta::assert_snapshot!(read.join("\n"), @r"
        create_table table=users
        create_table table=users
        create_table table=user_tables
        add_column columns=phone table=users
        add_column columns=phone_and_fax table=users
        add_column columns=author_id table=posts
        add_column columns=reply_to table=users
        add_index table=users
        add_index table=users
        add_unique table=users
        rename_column new=full_name old=name table=users
        rename_table new=accounts old=users
        rename_table new=check_out old=check_in
        create_enum type=user_status
        drop_table table=users
        drop_column columns=phone table=users
        drop_column columns=phone table=users
        data column=status from=inactive table=users to=suspended
        data columns=status table=users
        empty
        ");
    }

    #[test]
    fn names_may_be_qualified_and_quoted() {
        let names = [
            "create_sales.orders",
            "create_\"Order Items\"",
            "add_\"Full_Name\"_to_app.\"User_Data\"",
            "rename_\"reply_to\"_to_answer_in_mails",
            "add-phone-to-users",
        ];
        let read: Vec<String> = names.iter().map(|name| read(name)).collect();
        insta::assert_snapshot!(read.join("\n"), @r#"
        create_table table=sales.orders
        create_table table="Order Items"
        add_column columns="Full_Name" table=app."User_Data"
        rename_column new=answer old="reply_to" table=mails
        add_column columns=phone table=users
        "#);
    }

    #[test]
    fn in_a_sentence_each_word_is_a_name() {
        assert_eq!(
            read("Add phone_number to users."),
            "add_column columns=phone_number table=users"
        );
        assert_eq!(read("create users table"), "create_table table=users");
        assert_eq!(read("create a table for the users"), "empty");
        assert_eq!(read("fix: totals of orders"), "empty");
    }

    #[test]
    fn objects_without_a_template_are_left_to_the_user() {
        for name in [
            "create_view_active_users",
            "create_function_touch",
            "drop_trigger_touch",
            "add_default_to_users",
            "drop_constraint_from_users",
            "remove_stale_rows",
        ] {
            assert_eq!(read(name), "empty", "{name}");
        }
        let intent = infer("create_view_counts", true).expect("one reading");
        assert_eq!(intent.template.name, "create_table");
    }

    #[test]
    fn a_rename_with_two_readings_is_refused_with_both() {
        let error = infer("rename_reply_to_to_answer_in_mails", false).expect_err("ambiguous");
        insta::assert_snapshot!(format!("{error}\n{}", error.readings.join("\n")), @r"
        the name `rename_reply_to_to_answer_in_mails` can be read in 2 ways
        old `reply_to`, new `answer`, table `mails`
        old `reply`, new `to_answer`, table `mails`
        ");
    }
}
