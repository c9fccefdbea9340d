//! The statements that write the history. Each is one statement without its semicolon, qualified
//! throughout, so that no search path and no role of a script can lead it astray.

use super::{Names, Partial};
use crate::{
    revision::{
        Checksum, Digest, Digests, Direction, Revision, RevisionId, Script, TransactionMode,
    },
    sql::{quote_identifier, quote_literal},
};

/// A revision as the history records it.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// The revision.
    pub revision: &'a Revision,
    /// Its parents, resolved.
    pub parents: &'a [&'a RevisionId],
    /// What it needs, resolved.
    pub depends_on: &'a [&'a RevisionId],
    /// What it stands for.
    pub replaces: &'a [RevisionId],
    /// What applies it: name and version.
    pub application: &'a str,
    /// Whether it has a row: an earlier try stopped in its midst.
    pub known: bool,
}

/// What happened, for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// A revision was applied.
    Apply,
    /// A revision was reverted.
    Revert,
    /// A revision was recorded, or its record taken away, without running anything.
    Stamp,
    /// An edited file was accepted.
    Repair,
}

impl Occasion {
    fn word(self) -> &'static str {
        match self {
            Self::Apply => "apply",
            Self::Revert => "revert",
            Self::Stamp => "stamp",
            Self::Repair => "repair",
        }
    }
}

/// Creates the schema that is to hold the history.
pub(crate) fn create_schema(names: &Names) -> String {
    let schema = quote_identifier(names.schema());
    format!("CREATE SCHEMA IF NOT EXISTS {schema}")
}

/// Creates what is missing. Only ever sent under the lock: two sessions that create one table at
/// once fail even with IF NOT EXISTS.
pub(crate) fn create_tables(names: &Names) -> Vec<String> {
    vec![
        format!(
            "CREATE TABLE IF NOT EXISTS {} (
    id text PRIMARY KEY,
    slug text NOT NULL,
    message text NOT NULL,
    parents text[] NOT NULL,
    depends_on text[] NOT NULL,
    replaces text[] NOT NULL,
    checksum text NOT NULL,
    down_checksum text,
    down_script text,
    irreversible text,
    compatible boolean NOT NULL,
    applied_at timestamptz NOT NULL,
    applied_by text NOT NULL,
    application text NOT NULL,
    duration_ms bigint NOT NULL,
    partial text CHECK (partial IN ('up', 'down')),
    statements_done integer,
    done_checksum text,
    batch_cursor text[],
    batch_rows bigint
)",
            names.history()
        ),
        format!(
            "CREATE TABLE IF NOT EXISTS {} (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    digest text NOT NULL,
    revisions text NOT NULL
)",
            names.state()
        ),
        format!(
            "CREATE TABLE IF NOT EXISTS {} (
    at timestamptz NOT NULL,
    event text NOT NULL,
    id text,
    by_role text NOT NULL,
    application text NOT NULL,
    duration_ms bigint,
    digest text NOT NULL,
    note text
)",
            names.log()
        ),
        format!(
            "INSERT INTO {} (digest, revisions) VALUES ('{none}', '{none}') ON CONFLICT DO NOTHING",
            names.state(),
            none = Digest::default()
        ),
    ]
}

/// How long the transaction has been running, in milliseconds.
const ELAPSED: &str = "(EXTRACT(epoch FROM pg_catalog.clock_timestamp()) OPERATOR(pg_catalog.-) \
                       EXTRACT(epoch FROM pg_catalog.transaction_timestamp())) \
                       OPERATOR(pg_catalog.*) 1000";

/// A repeatable script has one row, which says when it ran last; a revision has one already where an
/// earlier try stopped, and its file may say other things now.
const AGAIN: &str = " ON CONFLICT (id) DO UPDATE SET slug = EXCLUDED.slug, \
                     message = EXCLUDED.message, parents = EXCLUDED.parents, \
                     depends_on = EXCLUDED.depends_on, replaces = EXCLUDED.replaces, \
                     checksum = EXCLUDED.checksum, down_checksum = EXCLUDED.down_checksum, \
                     down_script = EXCLUDED.down_script, irreversible = EXCLUDED.irreversible, \
                     compatible = EXCLUDED.compatible, applied_at = EXCLUDED.applied_at, \
                     applied_by = EXCLUDED.applied_by, application = EXCLUDED.application, \
                     duration_ms = EXCLUDED.duration_ms, partial = EXCLUDED.partial, \
                     statements_done = EXCLUDED.statements_done, \
                     done_checksum = EXCLUDED.done_checksum";

/// Nothing is in batches any more.
const NO_BATCH: &str = ", batch_cursor = NULL, batch_rows = NULL";

/// Records a revision as applied, whole or in part.
pub(crate) fn record_applied(
    names: &Names,
    entry: &Entry<'_>,
    partial: Option<&Partial>,
) -> String {
    let revision = entry.revision;
    let down = revision.down.as_ref();
    let again = match (entry.known || revision.id.is_repeatable(), partial) {
        (false, _) => String::new(),
        (true, Some(Partial { batch: Some(_), .. })) => AGAIN.to_owned(),
        (true, _) => format!("{AGAIN}{NO_BATCH}"),
    };
    let (partial, done, done_checksum) = partial_values(partial);
    format!(
        "INSERT INTO {history} (id, slug, message, parents, depends_on, replaces, checksum, down_checksum, \
         down_script, irreversible, compatible, applied_at, applied_by, application, duration_ms, \
         partial, statements_done, done_checksum) VALUES ({id}, {slug}, {message}, {parents}, \
         {depends_on}, {replaces}, {checksum}, {down_checksum}, {down_script}, {irreversible}, {compatible}, \
         pg_catalog.clock_timestamp(), session_user, {application}, ({ELAPSED})::pg_catalog.int8, \
         {partial}, {done}, {done_checksum}){again}",
        history = names.history(),
        id = quote_literal(revision.id.as_str()),
        slug = quote_literal(&revision.slug),
        message = quote_literal(&revision.message),
        parents = array(entry.parents),
        depends_on = array(entry.depends_on),
        replaces = array(&entry.replaces.iter().collect::<Vec<_>>()),
        checksum = quote_literal(&revision.up.checksum.to_string()),
        down_checksum = optional(down.map(|script| script.checksum.to_string())),
        down_script = optional(down.map(recorded_text)),
        irreversible = optional(revision.irreversible.clone()),
        compatible = revision.compatible,
        application = quote_literal(entry.application),
    )
}

/// Takes the record of a revision away.
pub(crate) fn record_reverted(names: &Names, id: &RevisionId) -> String {
    format!(
        "DELETE FROM {} WHERE id = {}",
        names.history(),
        quote_literal(id.as_str())
    )
}

/// Takes the records of revisions away that a squashed one stands for.
pub(crate) fn forget_replaced(names: &Names, ids: &[RevisionId]) -> String {
    let ids: Vec<String> = ids.iter().map(|id| quote_literal(id.as_str())).collect();
    format!(
        "DELETE FROM {} WHERE id IN ({})",
        names.history(),
        ids.join(", ")
    )
}

/// Forgets that repeatable scripts have run, so that all run again.
pub(crate) fn forget_repeatable(names: &Names) -> String {
    format!(
        "DELETE FROM {} WHERE pg_catalog.left(id, 3) OPERATOR(pg_catalog.=) 'R__'",
        names.history()
    )
}

/// Says how far a revision without a transaction came.
pub(crate) fn set_partial(
    names: &Names,
    id: &RevisionId,
    checksum: &Checksum,
    partial: &Partial,
) -> String {
    let (direction, done, done_checksum) = partial_values(Some(partial));
    let checksum = match partial.direction {
        Direction::Up => format!("checksum = '{checksum}', "),
        Direction::Down => String::new(),
    };
    let batch = match partial.batch {
        Some(_) => "",
        None => NO_BATCH,
    };
    format!(
        "UPDATE {} SET {checksum}partial = {direction}, statements_done = {done}, \
         done_checksum = {done_checksum}{batch} WHERE id = {}",
        names.history(),
        quote_literal(id.as_str())
    )
}

/// Whether a revision without a transaction is recorded to have come that far, as a condition.
pub(crate) fn stands_at(names: &Names, id: &RevisionId, partial: &Partial) -> String {
    let (direction, done, done_checksum) = partial_values(Some(partial));
    format!(
        "EXISTS (SELECT 1 FROM {} WHERE id OPERATOR(pg_catalog.=) {} AND \
         partial OPERATOR(pg_catalog.=) {direction} AND \
         statements_done OPERATOR(pg_catalog.=) {done} AND \
         done_checksum OPERATOR(pg_catalog.=) {done_checksum})",
        names.history(),
        quote_literal(id.as_str())
    )
}

/// Says how far a batched statement came.
pub(crate) fn set_batch(names: &Names, id: &RevisionId, cursor: &[String], rows: u64) -> String {
    let cursor: Vec<String> = cursor.iter().map(|part| quote_literal(part)).collect();
    format!(
        "UPDATE {} SET batch_cursor = ARRAY[{}]::pg_catalog.text[], batch_rows = {rows} \
         WHERE id = {}",
        names.history(),
        cursor.join(", "),
        quote_literal(id.as_str())
    )
}

/// Accepts the files of a revision as they are now.
pub(crate) fn set_scripts(names: &Names, revision: &Revision) -> String {
    let down = revision.down.as_ref();
    format!(
        "UPDATE {} SET checksum = '{}', down_checksum = {}, down_script = {}, irreversible = {}, \
         compatible = {} WHERE id = {}",
        names.history(),
        revision.up.checksum,
        optional(down.map(|script| script.checksum.to_string())),
        optional(down.map(recorded_text)),
        optional(revision.irreversible.clone()),
        revision.compatible,
        quote_literal(revision.id.as_str())
    )
}

/// Says that a revision without a transaction is wholly applied.
pub(crate) fn finish_partial(names: &Names, id: &RevisionId, duration_ms: u128) -> String {
    format!(
        "UPDATE {} SET partial = NULL, statements_done = NULL, done_checksum = NULL, \
         applied_at = pg_catalog.clock_timestamp(){NO_BATCH}, duration_ms = {duration_ms} WHERE id = {}",
        names.history(),
        quote_literal(id.as_str())
    )
}

/// Replaces the digests of the applied set.
pub(crate) fn set_digest(names: &Names, digests: &Digests) -> String {
    let Digests { whole, revisions } = digests;
    format!(
        "UPDATE {} SET digest = '{whole}', revisions = '{revisions}'",
        names.state()
    )
}

/// Appends to the log.
pub(crate) fn log(
    names: &Names,
    occasion: Occasion,
    id: Option<&RevisionId>,
    application: &str,
    digest: &Digest,
    note: Option<&str>,
) -> String {
    format!(
        "INSERT INTO {} (at, event, id, by_role, application, duration_ms, digest, note) VALUES \
         (pg_catalog.clock_timestamp(), '{}', {}, session_user, {}, \
         ({ELAPSED})::pg_catalog.int8, '{digest}', {})",
        names.log(),
        occasion.word(),
        optional(id.map(ToString::to_string)),
        quote_literal(application),
        optional(note.map(str::to_owned)),
    )
}

/// The text of a down script, with what other files say of it written into it.
fn recorded_text(script: &Script) -> String {
    const DIRECTIVE: &str = "-- migrate: transaction=none";
    let text = script.text.in_memory();
    let text = text.expect("only up scripts are left in their files");
    if script.transaction == TransactionMode::None && !text.contains(DIRECTIVE) {
        return format!("{DIRECTIVE}\n{text}");
    }
    text.to_owned()
}

fn partial_values(partial: Option<&Partial>) -> (String, String, String) {
    let Some(partial) = partial else {
        return ("NULL".to_owned(), "NULL".to_owned(), "NULL".to_owned());
    };
    let direction = match partial.direction {
        Direction::Up => "'up'",
        Direction::Down => "'down'",
    };
    (
        direction.to_owned(),
        partial.done.to_string(),
        format!("'{}'", partial.checksum),
    )
}

fn optional(value: Option<String>) -> String {
    value.map_or("NULL".to_owned(), |value| quote_literal(&value))
}

fn array(ids: &[&RevisionId]) -> String {
    let ids: Vec<&str> = ids.iter().map(|id| id.as_str()).collect();
    format!("'{{{}}}'", ids.join(","))
}
