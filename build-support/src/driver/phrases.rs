//! PostgreSQL's English phrases and the SQLSTATE that each stands for, for a driver that hides it.

/// The code for "some error", as SQL's call-level interface has it.
pub(super) const UNKNOWN: &str = "HY000";

/// A phrase, split where the message names something, and its code. The first that fits counts.
///
/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>
const PHRASES: &[(&[&str], &str)] = &[
    // Our own guards, whose words are in the value and so in every language.
    (&["cargo_migrate:"], "22P02"),
    // What a retry may cure.
    (&["canceling statement due to lock timeout"], "55P03"),
    (&["could not obtain lock on "], "55P03"),
    (&["deadlock detected"], "40P01"),
    (&["could not serialize access "], "40001"),
    (&["canceling statement due to "], "57014"),
    (
        &["terminating connection due to administrator command"],
        "57P01",
    ),
    (
        &["terminating connection because of crash of another server process"],
        "57P02",
    ),
    (&["the database system is "], "57P03"),
    (&["sorry, too many clients already"], "53300"),
    (&["remaining connection slots are reserved"], "53300"),
    (
        &["could not extend file ", "No space left on device"],
        "53100",
    ),
    (&["out of memory"], "53200"),
    (&["out of shared memory"], "53200"),
    // What says where we are.
    (&["current transaction is aborted"], "25P02"),
    (&[" cannot run inside a transaction block"], "25001"),
    (&[" cannot be executed from a function"], "25001"),
    (&["cannot execute ", " in a read-only transaction"], "25006"),
    (&["cannot execute ", " during recovery"], "25006"),
    (&["unsafe use of new value "], "55P04"),
    // What is not there, or there already.
    (&["column ", " does not exist"], "42703"),
    (&["relation \"", "\" does not exist"], "42P01"),
    (&["table \"", "\" does not exist"], "42P01"),
    (&["function ", " does not exist"], "42883"),
    (&["operator does not exist"], "42883"),
    (&["schema \"", "\" does not exist"], "3F000"),
    (&["database \"", "\" does not exist"], "3D000"),
    (&["unrecognized configuration parameter"], "42704"),
    (&[" does not exist"], "42704"),
    (&["column \"", "\" already exists"], "42701"),
    (&["relation \"", "\" already exists"], "42P07"),
    (&["schema \"", "\" already exists"], "42P06"),
    (&["database \"", "\" already exists"], "42P04"),
    (&["function \"", "\" already exists"], "42723"),
    (&[" already exists"], "42710"),
    (
        &["cannot drop ", " because other objects depend on it"],
        "2BP01",
    ),
    // What is wrong with the statement.
    (&["syntax error at "], "42601"),
    (&["permission denied "], "42501"),
    (&["must be owner of "], "42501"),
    (&["must be superuser "], "42501"),
    (&["invalid input syntax for "], "22P02"),
    (&["division by zero"], "22012"),
    (&[" is ambiguous"], "42702"),
    (&["value too long for type "], "22001"),
    (&[" out of range"], "22003"),
    (&[" cannot be cast automatically to type "], "42804"),
    (
        &["column \"", "\" is of type ", " but expression is of type "],
        "42804",
    ),
];

/// Finds the code that a message of the server stands for.
pub(super) fn sqlstate(message: &str) -> &'static str {
    let fits = |phrase: &[&str]| {
        let mut rest = message;
        phrase.iter().all(|part| match rest.split_once(part) {
            Some((_, after)) => {
                rest = after;
                true
            }
            None => false,
        })
    };
    PHRASES
        .iter()
        .find(|(phrase, _)| fits(phrase))
        .map_or(UNKNOWN, |(_, code)| code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_told_apart() {
        for (message, code) in [
            ("canceling statement due to lock timeout", "55P03"),
            ("canceling statement due to statement timeout", "57014"),
            ("relation \"public.a\" does not exist", "42P01"),
            ("column \"a\" does not exist", "42703"),
            ("column a.b does not exist", "42703"),
            ("column \"a\" of relation \"b\" does not exist", "42703"),
            ("column \"a\" of relation \"b\" already exists", "42701"),
            ("type \"timestampz\" does not exist", "42704"),
            (
                "invalid input syntax for type integer: \"cargo_migrate:busy:7\"",
                "22P02",
            ),
            (
                "CREATE INDEX CONCURRENTLY cannot run inside a transaction block",
                "25001",
            ),
            ("Relation »a« existiert nicht", UNKNOWN),
        ] {
            assert_eq!(sqlstate(message), code, "{message}");
        }
    }
}
