//! What a stopped run is shown as: the state that the database is in, and what to do.

use super::{
    EngineError, Failure, Left, Moved, Origin, OtherSlug, ServerError, operations::NO_DOWN,
};
use crate::{
    diagnostic::{Diagnose, Diagnostic, Exit},
    place::Place,
    revision::{Direction, RevisionId, TextError},
};

impl Diagnose for EngineError {
    fn diagnose(&self) -> Diagnostic {
        match self {
            Self::Symbol(error) => return error.diagnose(),
            Self::Plan(error) => return error.diagnose(),
            Self::Failed(failure) => return failure.diagnose(self, self.exit()),
            Self::BrokeApart(failure) => {
                return failure.diagnose(self, Exit::Revision).hint(
                    "take COMMIT and ROLLBACK out of it, or write `-- migrate: transaction=none`",
                );
            }
            Self::StatementLocked { failure, blockers } => {
                let mut diagnostic = failure.diagnose(self, Exit::Lock);
                diagnostic.notes.extend(
                    blockers
                        .iter()
                        .map(|blocker| format!("blocked by {blocker}")),
                );
                // The file is as it should be.
                diagnostic.hints.clear();
                return diagnostic.hint(
                    "end that transaction, or give more time with `lock-timeout`, and run it again",
                );
            }
            _ => {}
        }
        let mut diagnostic = Diagnostic::new(self.exit(), self.to_string());
        diagnostic.revision = self.revision().cloned();
        diagnostic.place = self.place();
        diagnostic.sqlstate = self.server_error().and_then(|error| error.sqlstate.clone());
        diagnostic.notes = self.notes();
        diagnostic.hints = self.hints();
        diagnostic
    }
}

impl EngineError {
    fn exit(&self) -> Exit {
        match self {
            Self::Locked { .. } | Self::StatementLocked { .. } => Exit::Lock,
            // The database has nothing to do with it.
            Self::Failed(failure) if failure.error.origin == Origin::File => Exit::User,
            Self::Failed(_) | Self::BrokeApart(_) => Exit::Revision,
            _ => Exit::User,
        }
    }

    fn place(&self) -> Option<Place> {
        match self {
            Self::Divergent { place, .. }
            | Self::OutOfOrder { place, .. }
            | Self::Unbatchable { place, .. }
            | Self::Hazard { place, .. }
            | Self::NoCode { place, .. } => Some(place.clone()),
            _ => None,
        }
    }

    fn notes(&self) -> Vec<String> {
        match self {
            Self::Locked {
                holder: Some(holder),
                ..
            } => vec![format!("held by {holder}")],
            Self::Unknown {
                incompatible,
                moved,
                ..
            } => unknown_notes(incompatible, moved),
            Self::Divergent { others, .. } => others
                .iter()
                .map(|other| {
                    format!(
                        "`{}` was applied as `{}`, and the file is `{}`: two branches chose one id, \
                         or it was renamed and edited",
                        other.id, other.recorded, other.slug
                    )
                })
                .chain(["nothing was changed".to_owned()])
                .collect(),
            Self::OpenTransaction => {
                vec!["that transaction was rolled back; nothing was applied".to_owned()]
            }
            Self::Server(error) | Self::Permission(error) | Self::Role { error, .. } => {
                error.told_beside()
            }
            Self::OutOfOrder { .. } | Self::Truncated { .. } | Self::Stuck(_) => {
                vec!["nothing was changed".to_owned()]
            }
            _ => Vec::new(),
        }
    }

    fn hints(&self) -> Vec<String> {
        let hints: &[&str] = match self {
            Self::Unknown { moved, .. } if !moved.is_empty() => {
                return moved.iter().map(Moved::hint).collect();
            }
            Self::Unknown { ids, known, .. } => return unknown_hints(ids, known),
            Self::Stuck(_) => &[
                "restore the replaced files, for example with git, and run `cargo migrate up` once",
                "or run a release that still has them",
            ],
            Self::Divergent { others, .. } if !others.is_empty() => {
                return others.iter().flat_map(OtherSlug::hints).collect();
            }
            Self::Truncated { heads, .. } => {
                let heads: Vec<&str> = heads.iter().map(RevisionId::as_str).collect();
                return vec![
                    "restore the history's tables from the same backup as the rest".to_owned(),
                    format!(
                        "or, where all of their objects are there, run `cargo migrate stamp {}`, \
                         which records what is missing without running it",
                        heads.join(" ")
                    ),
                ];
            }
            Self::Divergent { ids, .. } => {
                return ids
                    .iter()
                    .map(|id| format!("restore the file, or run `cargo migrate repair {id}` to accept the edit"))
                    .chain(["to change the schema, write a new revision".to_owned()])
                    .collect();
            }
            Self::OutOfOrder { pending, .. } => {
                return vec![format!(
                    "run `cargo migrate rebase {pending}` to move it after the newest"
                )];
            }
            Self::Irreversible { id, reason } if reason == NO_DOWN => {
                return vec![
                    format!("write one, or let `cargo migrate generate-down {id}` write it"),
                    "or write a new revision that goes forward".to_owned(),
                ];
            }
            Self::Irreversible { .. } => {
                &["restore from a backup, or write a new revision that goes forward"]
            }
            Self::NotTransactional { .. } => &["leave `--one-transaction` away"],
            Self::Hazard { hazard, .. } => {
                return vec![
                    format!("add `-- migrate: allow={hazard}` to the file once it is reviewed"),
                    format!("pass `--allow {hazard}` to accept it for this run"),
                ];
            }
            Self::NoCode { .. } => &[
                "run the application, or its own command: `APP migrate up`",
                "in the application, give it with `build_support::migrations!().code(ID, |tx| …)`",
            ],
            Self::Unbatchable { hint, .. } => return vec![hint.clone()],
            Self::HalfWay {
                direction: Direction::Up,
                ..
            } => &["run `cargo migrate up` to finish it first"],
            Self::HalfWay {
                direction: Direction::Down,
                ..
            } => &["run `cargo migrate down` to finish it first"],
            Self::EditedHalfWay { .. } => &[
                "restore the statements that already ran, and `transaction=none`; what comes after them may be edited",
            ],
            Self::Locked { .. } => &[
                "another process migrates this database: wait for it and run again",
                "give more time with `lock-timeout`",
            ],
            Self::Alone { .. } => {
                &["bring the standby back, or change `synchronous_standby_names` on the server"]
            }
            Self::Pooled { .. } => &[
                "connect to the server itself, not through a pooler in transaction mode",
                "take `pg_advisory_unlock_all()` or `DISCARD ALL` out of the script, where it is there: it gives our lock away",
            ],
            Self::OpenTransaction => {
                &["run the revisions on a connection outside of a transaction"]
            }
            Self::ReadOnly { standby: true, .. } => &["connect to the primary"],
            Self::ReadOnly { standby: false, .. } => &["connect as a role that may write"],
            Self::NoSchema { schema } => {
                return vec![format!(
                    "make it with `CREATE SCHEMA {}`, or correct the name",
                    crate::sql::quote_identifier(schema)
                )];
            }
            Self::Role { role, .. } => {
                let name = crate::sql::quote_identifier(role);
                return vec![
                    "correct the name of the role".to_owned(),
                    format!("or make it, and give it to who connects: `GRANT {name} TO …`"),
                ];
            }
            Self::Server(error) => return server_hints(error),
            Self::History(_) => {
                &["correct that value, or restore the history's tables from a backup"]
            }
            Self::Permission(_) => &[
                "let the owner run `cargo migrate ensure-history`, and grant SELECT, INSERT, UPDATE, DELETE on its tables",
            ],
            _ => &[],
        };
        hints.iter().map(|hint| (*hint).to_owned()).collect()
    }
}

/// What to do about a connection that was lost.
const CHECK_THE_WAY: &str = "check the server and the network, and run it again";

/// What to do about tables of the history that somebody altered.
const OTHER_TABLES: &str = "the history's tables are not as this version makes them: put back what \
                            was altered, as a new database has it";

/// What to do about an answer to a question of ours.
fn server_hints(error: &ServerError) -> Vec<String> {
    let ours = match error.sqlstate.as_deref() {
        _ if error.is_connection() => Some(CHECK_THE_WAY),
        Some("42501") => {
            Some("let the owner of the history's tables grant SELECT on them to this role")
        }
        Some("42703") => Some(OTHER_TABLES),
        _ => None,
    };
    let theirs = error.hint.iter();
    let theirs = theirs.map(|hint| format!("the server says: {hint}"));
    theirs.chain(ours.map(str::to_owned)).collect()
}

impl ServerError {
    /// What the server said beside its message.
    fn told_beside(&self) -> Vec<String> {
        let detail = self.detail.iter();
        let context = self.context.iter();
        let detail = detail.map(|detail| format!("detail: {detail}"));
        detail
            .chain(context.map(|at| format!("context: {at}")))
            .collect()
    }
}

impl Failure {
    fn diagnose(&self, error: &EngineError, exit: Exit) -> Diagnostic {
        let mut diagnostic = Diagnostic::new(exit, error.to_string()).revision(&self.id);
        diagnostic.place = Some(self.place.clone());
        diagnostic.width = self.width;
        diagnostic.label = Some(self.error.message.clone());
        diagnostic.sqlstate = self.error.sqlstate.clone();
        diagnostic.notes.extend(self.error.told_beside());
        diagnostic.notes.push(self.state_now());
        diagnostic.hints.extend(
            self.error
                .hint
                .iter()
                .map(|hint| format!("the server says: {hint}")),
        );
        diagnostic.hints.extend(self.hints());
        diagnostic
    }

    fn state_now(&self) -> String {
        let verb = match self.direction {
            Direction::Up => "applied",
            Direction::Down => "reverted",
        };
        let left = match self.left {
            Left::Nothing if self.id.is_repeatable() => "the script was rolled back".to_owned(),
            Left::Nothing => "the revision was rolled back".to_owned(),
            Left::NothingOfTheRun => "the whole run was rolled back".to_owned(),
            Left::Statements(0) => "none of its statements was kept".to_owned(),
            Left::Statements(1) => {
                "its first statement stays; the next run resumes after it".to_owned()
            }
            Left::Statements(count) => {
                format!("its first {count} statements stay; the next run resumes after them")
            }
            Left::Batches { rows: 0 } => "none of its batches was kept".to_owned(),
            Left::Batches { rows } => {
                format!("its batches of {rows} rows stay; the next run goes on behind them")
            }
            Left::InDoubt => format!(
                "the connection was lost, so whether it was {verb} is not known; the next run finds out"
            ),
        };
        let before = match (self.left, self.before) {
            (Left::NothingOfTheRun, _) | (_, 0) => String::new(),
            (_, 1) => format!("; 1 earlier revision was {verb}"),
            (_, count) => format!("; {count} earlier revisions were {verb}"),
        };
        let heads = match self.heads.as_slice() {
            [] => "the database has no revision".to_owned(),
            heads => format!("the database is at {}", crate::graph::list(heads)),
        };
        let joint = if before.is_empty() { "; " } else { ", " };
        format!("{left}{before}{joint}{heads}")
    }

    fn hints(&self) -> Vec<String> {
        if self.error.origin == Origin::Index {
            return vec![
                "rename that index or drop it with DROP INDEX CONCURRENTLY, or give this one \
                 another name, and run it again"
                    .to_owned(),
            ];
        }
        let exists = ["42P07", "42710", "42701", "42P06", "42723"];
        if self.empty_history && exists.iter().any(|code| self.error.is(code)) {
            return vec![
                "the history is empty but the object exists: if it was lost, record what the database has with `cargo migrate stamp REV`".to_owned(),
                "if another tool migrated this database, run `cargo migrate import`".to_owned(),
            ];
        }
        if self.error.is("53100") {
            return vec!["make room on the server's disk, and run it again".to_owned()];
        }
        if self.error.is_connection() {
            return vec![
                CHECK_THE_WAY.to_owned(),
                "where it is lost each time at this revision, the server's log says what ends it"
                    .to_owned(),
            ];
        }
        if self.error.origin == Origin::History {
            return vec![OTHER_TABLES.to_owned()];
        }
        if self.error.is("42501") {
            return vec![
                "give the role that right, or apply it as a role that has it: `role` in the \
                 configuration, or another user in the URL"
                    .to_owned(),
            ];
        }
        if self.error.refuses_transaction() {
            // Of a partitioned table, for example, which the text does not tell.
            return vec![
                "add `-- migrate: transaction=none` at the head of the file, and run it again"
                    .to_owned(),
            ];
        }
        if self.error.origin == Origin::File {
            return vec![TextError::HINT.to_owned()];
        }
        if self.error.origin == Origin::Code {
            return vec!["mend the code of the revision, and run it again".to_owned()];
        }
        let command = match self.direction {
            Direction::Up => "up",
            Direction::Down => "down",
        };
        vec![format!(
            "fix the file and run `cargo migrate {command}` again"
        )]
    }
}

impl Moved {
    fn hint(&self) -> String {
        let below = self.below.as_ref().map_or("base", RevisionId::as_str);
        format!(
            "run `cargo migrate down {below}`, which reverts it by its recorded script, then \
             `cargo migrate up`"
        )
    }
}

impl OtherSlug {
    fn hints(&self) -> [String; 2] {
        let Self { id, recorded, slug } = self;
        [
            format!(
                "bring back the file of `{recorded}`, and give `{slug}` another id in its file name"
            ),
            format!(
                "or, where it was only renamed and edited, run `cargo migrate repair {id}` to accept it"
            ),
        ]
    }
}

fn unknown_notes(incompatible: &[RevisionId], moved: &[Moved]) -> Vec<String> {
    let mut notes: Vec<String> = moved
        .iter()
        .map(|Moved { from, to, .. }| {
            format!("`{from}` was moved: it is `{to}` now, with the same slug and down script")
        })
        .collect();
    if !incompatible.is_empty() {
        let ids = crate::graph::list(incompatible);
        notes.push(format!(
            "recorded as not compatible with older releases: {ids}"
        ));
    }
    if notes.is_empty() {
        notes.push("nothing was changed".to_owned());
    }
    notes
}

/// What to do about applied revisions that are not among ours, in commands to paste.
fn unknown_hints(ids: &[RevisionId], known: &[RevisionId]) -> Vec<String> {
    let known: Vec<&str> = known.iter().map(RevisionId::as_str).collect();
    let (it, file, script) = match ids.len() {
        1 => ("it", "its file", "its recorded script"),
        _ => ("them", "their files", "their recorded scripts"),
    };
    let mut hints = vec![format!(
        "deploy the release that has {it}, or restore {file}"
    )];
    match known.as_slice() {
        [] => hints.push(format!(
            "run `cargo migrate down base` to revert {it} by {script}"
        )),
        [head] => hints.push(format!(
            "run `cargo migrate down {head}` to revert {it} by {script}"
        )),
        _ => {}
    }
    let heads = if known.is_empty() {
        "base".to_owned()
    } else {
        known.join(" ")
    };
    hints.push(format!(
        "run `cargo migrate stamp --purge {heads}` to forget {it}"
    ));
    hints
}
