//! The log of a server that logs every statement, as values: what each session ran, with its
//! parameters as literals, and what was refused. It reads text alone.
//!
//! The shapes are PostgreSQL's: a record's further lines begin with a tab, and its detail and its
//! statement are records of their own. See
//! <https://www.postgresql.org/docs/current/runtime-config-logging.html>.

use build_support::sql::{Lexer, Literal, TokenKind};

/// What every record begins with: `log_line_prefix`.
const PREFIX: &str = "cargo-migrate %p %d: ";

/// The settings under which a server writes such a log.
pub(super) fn settings() -> Vec<(String, String)> {
    [
        ("log_statement", "all"),
        // `fatal` is what our servers have; errors must be seen, and statements are above them.
        ("log_min_messages", "error"),
        ("log_line_prefix", PREFIX),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

/// Something that a session did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Entry {
    /// It sent this text: one statement, or several at once.
    Sent {
        /// The server's process.
        session: u32,
        /// As it was sent.
        text: String,
        /// Its parameters, as SQL.
        parameters: Vec<String>,
    },
    /// The server refused something.
    Refused {
        /// The server's process.
        session: u32,
        /// The server's words.
        message: String,
        /// What it refused.
        text: Option<String>,
    },
}

impl Entry {
    pub(super) fn session(&self) -> u32 {
        match self {
            Self::Sent { session, .. } | Self::Refused { session, .. } => *session,
        }
    }
}

/// What the sessions of a database did, in order.
pub(super) fn read(log: &str, database: &str) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for record in records(log) {
        if record.database != database {
            continue;
        }
        let session = record.session;
        let mut of_session = entries.iter_mut().rev();
        let last = of_session.find(|entry| entry.session() == session);
        match (record.level, last) {
            ("LOG", _) => entries.extend(sent(session, &record.text)),
            ("DETAIL", Some(Entry::Sent { parameters, .. })) => {
                *parameters = self::parameters(&record.text);
            }
            // What is fatal only tells that the client went away.
            ("ERROR", _) => entries.push(Entry::Refused {
                session,
                message: record.text,
                text: None,
            }),
            ("STATEMENT", Some(Entry::Refused { text, .. })) => *text = Some(record.text),
            _ => {}
        }
    }
    entries
}

/// A text with its parameters in place.
pub(super) fn with_parameters(text: &str, parameters: &[String]) -> String {
    if parameters.is_empty() {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for token in Lexer::new(text).map_while(Result::ok) {
        let spelled = &text[token.range()];
        let number = spelled
            .strip_prefix('$')
            .and_then(|number| number.parse::<usize>().ok());
        let value = match (token.kind, number) {
            (TokenKind::Parameter, Some(number @ 1..)) => parameters.get(number - 1),
            _ => None,
        };
        out.push_str(value.map_or(spelled, String::as_str));
        at = token.end;
    }
    out.push_str(&text[at..]);
    out
}

struct Record<'a> {
    session: u32,
    database: &'a str,
    level: &'a str,
    text: String,
}

fn records(log: &str) -> Vec<Record<'_>> {
    let mut records: Vec<Record<'_>> = Vec::new();
    // A carriage return is part of what was sent.
    for line in log.split('\n') {
        match (line.strip_prefix('\t'), records.last_mut()) {
            (Some(more), Some(record)) => {
                record.text.push('\n');
                record.text.push_str(more);
            }
            _ => records.extend(record(line)),
        }
    }
    records
}

/// `cargo-migrate 4711 app: LOG:  statement: SELECT 1`
fn record(line: &str) -> Option<Record<'_>> {
    let (name, _) = PREFIX.split_once('%')?;
    let (session, rest) = line.strip_prefix(name)?.split_once(' ')?;
    let (database, rest) = rest.split_once(": ")?;
    let (level, text) = rest.split_once(":  ")?;
    Some(Record {
        session: session.parse().ok()?,
        database,
        level,
        text: text.to_owned(),
    })
}

/// `statement: …` of the simple protocol, `execute NAME: …` of the extended one.
fn sent(session: u32, message: &str) -> Option<Entry> {
    let text = match message.strip_prefix("statement: ") {
        Some(text) => text,
        // `execute fetch from` goes on with what was logged before.
        None => {
            let (name, text) = message.strip_prefix("execute ")?.split_once(": ")?;
            (!name.starts_with("fetch from ")).then_some(text)?
        }
    };
    Some(Entry::Sent {
        session,
        text: text.to_owned(),
        parameters: Vec::new(),
    })
}

/// `Parameters: $1 = 'it''s', $2 = NULL`; before PostgreSQL 16 with a small letter.
fn parameters(detail: &str) -> Vec<String> {
    let Some((title, list)) = detail.split_once(": ") else {
        return Vec::new();
    };
    if !title.eq_ignore_ascii_case("parameters") {
        return Vec::new();
    }
    let values = Lexer::new(list).map_while(Result::ok);
    values
        .filter_map(|token| match token.kind {
            TokenKind::Text => {
                let quoted = &list[token.range()];
                let inner = quoted.strip_prefix('\'')?.strip_suffix('\'')?;
                Some(Literal(&inner.replace("''", "'")).to_string())
            }
            TokenKind::Word => Some("NULL".to_owned()),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(log: &str) -> Entry {
        let mut entries = read(log, "app");
        assert_eq!(entries.len(), 1, "{entries:?}");
        entries.remove(0)
    }

    #[test]
    fn a_statement_goes_on_in_lines_with_a_tab() {
        let log = "cargo-migrate 7 app: LOG:  statement: SELECT 1,\n\t\t2\n\t;\ncargo-migrate 8 : LOG:  statement: SELECT 3\n";
        let Entry::Sent { session, text, .. } = only(log) else {
            panic!("it was sent");
        };
        assert_eq!((session, text.as_str()), (7, "SELECT 1,\n\t2\n;"));
    }

    #[test]
    fn parameters_stand_in_their_places_as_literals() {
        let log = "cargo-migrate 7 app: LOG:  execute sqlx_s_1: INSERT INTO a VALUES ($2, $1, '$1', $3)\n\
                   cargo-migrate 7 app: DETAIL:  Parameters: $1 = 'it''s, $2 = ''x''', $2 = NULL, $3 = 'a\\b\n\tc'\n";
        let Entry::Sent {
            text, parameters, ..
        } = only(log)
        else {
            panic!("it was sent");
        };
        assert_eq!(
            with_parameters(&text, &parameters),
            "INSERT INTO a VALUES (NULL, 'it''s, $2 = ''x''', '$1',  E'a\\\\b\nc')"
        );
    }

    #[test]
    fn the_detail_of_older_servers_is_read_too() {
        assert_eq!(parameters("parameters: $1 = '5'"), ["'5'"]);
        assert_eq!(parameters("prepare: PREPARE a AS SELECT 'x'"), [""; 0]);
    }

    #[test]
    fn a_detail_belongs_to_its_session() {
        let log = "cargo-migrate 1 app: LOG:  execute <unnamed>: SELECT $1\n\
                   cargo-migrate 2 app: LOG:  execute p/q: SELECT $1, 2\n\
                   cargo-migrate 1 app: DETAIL:  Parameters: $1 = '1'\n\
                   cargo-migrate 1 app: LOG:  execute fetch from <unnamed>: SELECT $1\n";
        let texts: Vec<String> = read(log, "app")
            .iter()
            .map(|entry| match entry {
                Entry::Sent {
                    text, parameters, ..
                } => with_parameters(text, parameters),
                Entry::Refused { message, .. } => message.clone(),
            })
            .collect();
        assert_eq!(texts, ["SELECT '1'", "SELECT $1, 2"]);
    }

    #[test]
    fn a_refusal_names_its_statement() {
        let log = "cargo-migrate 7 app: ERROR:  relation \"a\" does not exist at character 15\n\
                   cargo-migrate 7 app: STATEMENT:  SELECT * FROM a\n";
        assert_eq!(
            only(log),
            Entry::Refused {
                session: 7,
                message: "relation \"a\" does not exist at character 15".to_owned(),
                text: Some("SELECT * FROM a".to_owned()),
            }
        );
    }
}
