//! Runs a revision statement by statement and looks after each.

use std::{
    collections::BTreeMap,
    thread::ScopedJoinHandle,
    time::{Duration, Instant},
};

use build_support::{
    Exit,
    revision::{Revision, TransactionMode, Work},
    sql::{self, Kind},
};
use postgres::{Client, error::SqlState};

use super::{
    FullRead, HeldLock, LockMode, Relation, RelationKind, Traced, TracedStatement,
    gate::Gate,
    lines::Lines,
    reads::{Scans, strongest},
    relations::{Oid, Relations},
    report::{first_words, milliseconds},
    watch::{Locks, Watch, strengthen},
};
use crate::{
    failure::Failure,
    replay,
    roles::Provider,
    server::{Scratch, ServerError},
};

/// How long to wait between two looks at a statement that runs.
const PAUSE: Duration = Duration::from_micros(300);

/// A scratch database in which one revision after the other runs.
pub struct Tracer<'a> {
    scratch: &'a Scratch,
    database: &'a str,
    client: Client,
    watch: Watch,
    roles: Provider<'a>,
}

impl<'a> Tracer<'a> {
    /// Connects to a scratch database twice.
    ///
    /// # Errors
    /// The server goes away.
    pub fn new(scratch: &'a Scratch, database: &'a str) -> Result<Self, Failure> {
        let mut client = scratch.connect(database)?;
        let watch = Watch::new(scratch.connect(database)?, &mut client).map_err(unseen)?;
        Ok(Self {
            scratch,
            database,
            client,
            watch,
            roles: Provider::on(scratch),
        })
    }

    /// Applies a revision without looking.
    ///
    /// # Errors
    /// The statement that the server refuses, by place.
    pub fn pass(&mut self, revision: &Revision) -> Result<(), Failure> {
        let (id, up) = (&revision.id, &revision.up);
        Ok(replay::run(self.scratch, &mut self.client, id, up)?)
    }

    /// Applies a revision and looks after each statement.
    ///
    /// # Errors
    /// The statement that the server refuses, by place, with the exit code of a revision that
    /// failed; or the server goes away.
    pub fn trace(&mut self, revision: &Revision) -> Result<Traced, Failure> {
        let relations = self.watch.relations().map_err(unseen)?;
        let text = revision.up.text.whole()?;
        loop {
            let mut pass = Pass {
                tracer: self,
                revision,
                text,
                known: relations.clone(),
                relations: relations.clone(),
                held: Locks::new(),
                scans: Scans::default(),
                looks: Vec::new(),
                begins_again: false,
            };
            let traced = match pass.run() {
                Ok(commit) => Some(pass.traced(commit)),
                Err(_) if pass.begins_again => None,
                Err(failure) => return Err(failure),
            };
            let client = &mut self.client;
            if let Some(traced) = traced {
                client.batch_execute("DISCARD ALL").map_err(unseen)?;
                return Ok(traced);
            }
            client.batch_execute("ROLLBACK").map_err(unseen)?;
        }
    }
}

/// One revision on its way.
struct Pass<'t, 'a> {
    tracer: &'t mut Tracer<'a>,
    revision: &'t Revision,
    /// Of its up script.
    text: &'t str,
    /// What was there before it, by the numbers that it has now.
    known: Relations,
    /// What is there now.
    relations: Relations,
    /// What the transaction holds.
    held: Locks,
    /// What the session has counted until now.
    scans: Scans,
    looks: Vec<Look>,
    /// Whether it failed for want of a role that is there now, and left nothing behind.
    begins_again: bool,
}

/// What was seen after a statement.
struct Look {
    took: Duration,
    locks: Vec<Taken>,
    rewrites: Vec<Relation>,
    reads: Vec<FullRead>,
}

/// What a statement that was committed by itself did.
struct Done {
    took: Duration,
    locks: Locks,
    reads: Vec<FullRead>,
}

/// A lock that a statement took.
struct Taken {
    oid: Oid,
    relation: Relation,
    mode: LockMode,
    /// The last statement that ran under it, where that is not the last of all: going back to a
    /// savepoint releases what was taken behind it.
    until: Option<usize>,
}

impl Pass<'_, '_> {
    /// Gives how long the COMMIT took.
    fn run(&mut self) -> Result<Duration, Failure> {
        let statements = 0..self.revision.up.statements.len();
        match self.revision.up.transaction {
            TransactionMode::Own => self.in_transaction(statements),
            TransactionMode::None => {
                for index in statements {
                    self.by_itself(index)?;
                }
                Ok(Duration::ZERO)
            }
        }
    }

    fn in_transaction(&mut self, statements: std::ops::Range<usize>) -> Result<Duration, Failure> {
        self.begin()?;
        for index in statements {
            let took = match self.send(index) {
                Ok(took) => took,
                Err(error) => {
                    self.begins_again = self.provides_role(&error);
                    return Err(self.refused(&error, Some(index)));
                }
            };
            let seen = self.tracer.watch.look().map_err(unseen)?;
            let reads = self.reads(index, &seen.locks)?;
            let rewrites = match self.may_have_rewritten(index, &seen.locks) {
                true => {
                    let relations = Relations::read(&mut self.tracer.client).map_err(unseen)?;
                    self.rewritten(index, relations)
                }
                false => Vec::new(),
            };
            self.note(took, &seen.locks, rewrites, reads);
        }
        let begun = Instant::now();
        let committed = self.tracer.client.batch_execute("COMMIT");
        // What is wrong may be any statement's: a constraint that was deferred.
        committed.map_err(|error| self.refused(&error, None))?;
        Ok(begun.elapsed())
    }

    /// Who writes something anew holds ACCESS EXCLUSIVE on it; only going back to a savepoint gives
    /// files back without. No other statement is asked about: a load of data has many, and SET
    /// TRANSACTION must come before any query.
    fn may_have_rewritten(&self, index: usize, seen: &Locks) -> bool {
        let is_exclusive = |(&oid, &mode): (&Oid, &LockMode)| {
            mode == LockMode::AccessExclusive && self.known.get(oid).is_some()
        };
        seen.iter().any(is_exclusive) || matches!(kind(self.sql(index)), Kind::Savepoint)
    }

    /// A statement that is committed by itself.
    fn by_itself(&mut self, index: usize) -> Result<(), Failure> {
        let done = match kind(self.sql(index)) {
            Kind::NoTransaction(_) => self.stopped(index)?,
            _ => self.in_one(index)?,
        };
        let relations = self.tracer.watch.relations().map_err(unseen)?;
        let rewrites = self.rewritten(index, relations);
        self.held.clear();
        self.note(done.took, &done.locks, rewrites, done.reads);
        Ok(())
    }

    /// In a transaction of its own, as the runner does where that is possible.
    fn in_one(&mut self, index: usize) -> Result<Done, Failure> {
        self.begin()?;
        let took = match self.send(index) {
            Ok(took) => took,
            Err(error) => {
                self.control("ROLLBACK")?;
                if self.provides_role(&error) {
                    return self.in_one(index);
                }
                // A block that commits, for example: the text does not tell.
                return match refuses_transaction(&error) {
                    true => self.stopped(index),
                    false => Err(self.refused(&error, Some(index))),
                };
            }
        };
        let locks = self.tracer.watch.look().map_err(unseen)?.locks;
        let reads = self.reads(index, &locks)?;
        let begun = Instant::now();
        let committed = self.tracer.client.batch_execute("COMMIT");
        committed.map_err(|error| self.refused(&error, Some(index)))?;
        let took = took + begun.elapsed();
        Ok(Done { took, locks, reads })
    }

    /// Without a transaction, stopped on its way so that its locks can be read. What it reads is not
    /// known: the server counts that by transaction, and such a statement has several.
    fn stopped(&mut self, index: usize) -> Result<Done, Failure> {
        let Tracer {
            scratch,
            database,
            client,
            watch,
            roles: _,
        } = &mut *self.tracer;
        let (first, second) = (scratch.connect(database)?, scratch.connect(database)?);
        let gate = Gate::close(first, second).map_err(unseen)?;
        let sql = &self.text[self.revision.up.statements[index].clone()];
        let (sent, followed) = std::thread::scope(|scope| {
            let running = scope.spawn(|| timed(client, sql));
            let followed = follow(&running, watch, gate);
            (running.join(), followed)
        });
        let sent = sent.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let took = sent.map_err(|error| self.refused(&error, Some(index)))?;
        let (locks, stood) = followed.map_err(unseen)?;
        Ok(Done {
            took: took.saturating_sub(stood),
            locks,
            reads: Vec::new(),
        })
    }

    /// Begins a transaction in which the server's counters of full reads are known.
    fn begin(&mut self) -> Result<(), Failure> {
        let client = &mut self.tracer.client;
        self.scans = Scans::begin(client, &self.known).map_err(unseen)?;
        Ok(())
    }

    /// What was there before and the statement read from end to end, under the strongest lock that
    /// was held meanwhile; nothing under those that plain reads and writes take.
    fn reads(&mut self, index: usize, seen: &Locks) -> Result<Vec<FullRead>, Failure> {
        let client = &mut self.tracer.client;
        let read = self.scans.since(client, &self.known, seen);
        let read = read.map_err(unseen)?;
        if self.begins_files(index) {
            return Ok(Vec::new());
        }
        let under = |oid| strongest(oid, seen, &self.known);
        let full_read = |oid: Oid| {
            let relation = self.known.get(oid)?.clone();
            let under = under(oid).filter(|under| under.mode > LockMode::RowExclusive)?;
            Some(FullRead { relation, under })
        };
        Ok(read.into_iter().filter_map(full_read).collect())
    }

    fn sql(&self, index: usize) -> &str {
        &self.text[self.revision.up.statements[index].clone()]
    }

    fn control(&mut self, sql: &str) -> Result<(), Failure> {
        self.tracer.client.batch_execute(sql).map_err(unseen)
    }

    fn send(&mut self, index: usize) -> Result<Duration, postgres::Error> {
        let sql = &self.text[self.revision.up.statements[index].clone()];
        timed(&mut self.tracer.client, sql)
    }

    fn provides_role(&mut self, error: &postgres::Error) -> bool {
        let roles = &mut self.tracer.roles;
        error
            .as_db_error()
            .is_some_and(|error| roles.provides(error))
    }

    fn refused(&self, error: &postgres::Error, statement: Option<usize>) -> Failure {
        let id = &self.revision.id;
        let failure = Failure::from(replay::refusal(error, id, &self.revision.up, statement));
        let mut failure = failure.note("nothing but the scratch database was touched");
        failure.exit = Exit::Revision;
        failure
    }

    /// What the statement wrote anew.
    fn rewritten(&mut self, index: usize, relations: Relations) -> Vec<Relation> {
        let rewritten = self.known.rewritten(&self.relations, &relations);
        self.relations = relations;
        match self.begins_files(index) {
            true => Vec::new(),
            false => rewritten,
        }
    }

    /// Whether a statement gives relations other files without a look at their rows: TRUNCATE begins
    /// empty ones, and builds its indexes over them; a savepoint has the old ones.
    fn begins_files(&self, index: usize) -> bool {
        let sql = self.sql(index);
        first_word(sql).eq_ignore_ascii_case("TRUNCATE") || matches!(kind(sql), Kind::Savepoint)
    }

    fn note(
        &mut self,
        took: Duration,
        seen: &Locks,
        rewrites: Vec<Relation>,
        mut reads: Vec<FullRead>,
    ) {
        // Who writes a table anew reads it, which goes without saying.
        reads.retain(|read| !rewrites.contains(&read.relation));
        if matches!(kind(self.sql(self.looks.len())), Kind::Savepoint) {
            self.release(seen);
        }
        let locks = self.new_locks(seen);
        self.looks.push(Look {
            took,
            locks,
            rewrites,
            reads,
        });
    }

    /// Notes which locks are gone.
    fn release(&mut self, seen: &Locks) {
        let until = Some(self.looks.len());
        let taken = self.looks.iter_mut().flat_map(|look| &mut look.locks);
        for taken in taken.filter(|taken| taken.until.is_none()) {
            if seen.get(&taken.oid) < Some(&taken.mode) {
                taken.until = until;
            }
        }
        self.held.clone_from(seen);
    }

    /// The locks on what was there before that are stronger than those that were held.
    fn new_locks(&mut self, seen: &Locks) -> Vec<Taken> {
        let mut locks = Vec::new();
        for (&oid, &mode) in seen {
            let Some(relation) = self.known.get(oid) else {
                continue;
            };
            if !is_implied(relation, mode, seen) && strengthen(&mut self.held, oid, mode) {
                locks.push(Taken {
                    oid,
                    relation: relation.clone(),
                    mode,
                    until: None,
                });
            }
        }
        locks.sort_by(|one, other| (other.mode, &one.relation).cmp(&(one.mode, &other.relation)));
        locks
    }

    fn traced(&self, commit: Duration) -> Traced {
        let whole = self.looks.iter().map(|look| look.took).sum::<Duration>() + commit;
        let statements = 0..self.looks.len();
        let lines = Lines::of(self.text);
        let statements = statements.map(|index| self.statement(index, commit, &lines));
        let statements = statements.collect();
        Traced {
            revision: self.revision.id.to_string(),
            slug: self.revision.slug.clone(),
            transaction: match self.revision.up.transaction {
                TransactionMode::Own => "own",
                TransactionMode::None => "none",
            },
            code: self.revision.work == Work::Code,
            duration_ms: milliseconds(whole),
            statements,
        }
    }

    fn statement(&self, index: usize, commit: Duration, lines: &Lines<'_>) -> TracedStatement {
        let up = &self.revision.up;
        let look = &self.looks[index];
        let (line, column) = lines.at(up.statements[index].start);
        let lock = |taken: &Taken| {
            let (held, later_statements) = self.held(taken, index, commit);
            HeldLock {
                relation: taken.relation.clone(),
                mode: taken.mode,
                blocks: taken.mode.blocks(),
                held_ms: milliseconds(held),
                later_statements,
            }
        };
        TracedStatement {
            file: up.path.display().to_string(),
            line,
            column,
            sql: first_words(self.sql(index)),
            duration_ms: milliseconds(look.took),
            locks: look.locks.iter().map(lock).collect(),
            rewrites: look.rewrites.clone(),
            reads: look.reads.clone(),
        }
    }

    /// How long a lock was held that a statement took, and over how many later ones.
    fn held(&self, taken: &Taken, index: usize, commit: Duration) -> (Duration, usize) {
        let last = match self.revision.up.transaction {
            TransactionMode::Own => taken.until.unwrap_or(self.looks.len() - 1),
            TransactionMode::None => index,
        };
        let took = self.looks[index..=last].iter().map(|look| look.took);
        let to_the_end = last + 1 == self.looks.len();
        let commit = if to_the_end { commit } else { Duration::ZERO };
        (took.sum::<Duration>() + commit, last - index)
    }
}

/// Whether a lock of an index says no more than that of its table.
fn is_implied(relation: &Relation, mode: LockMode, seen: &BTreeMap<Oid, LockMode>) -> bool {
    let on_table = seen.get(&relation.table);
    relation.kind == RelationKind::Index && on_table.is_some_and(|&on_table| on_table >= mode)
}

/// Looks at a statement until it is done, and lets it go on whenever it stands still. Gives its
/// locks, and how long it stood.
fn follow<T>(
    running: &ScopedJoinHandle<'_, T>,
    watch: &mut Watch,
    mut gate: Gate,
) -> Result<(Locks, Duration), postgres::Error> {
    let (mut locks, mut stood) = (Locks::new(), Duration::ZERO);
    while !running.is_finished() {
        let begun = Instant::now();
        let seen = watch.look()?;
        for (&oid, &mode) in &seen.locks {
            strengthen(&mut locks, oid, mode);
        }
        if seen.waits {
            stood += begun.elapsed();
            gate.open(&seen.locks)?;
        } else {
            std::thread::sleep(PAUSE);
        }
    }
    Ok((locks, stood))
}

fn timed(client: &mut Client, sql: &str) -> Result<Duration, postgres::Error> {
    let begun = Instant::now();
    client.batch_execute(sql)?;
    Ok(begun.elapsed())
}

fn kind(sql: &str) -> Kind {
    let split = sql::split(sql).ok();
    let first = split.as_ref().and_then(|split| split.statements.first());
    first.map_or(Kind::Other, |statement| statement.kind)
}

fn first_word(sql: &str) -> &str {
    let end = sql.find(|c: char| !c.is_ascii_alphabetic());
    &sql[..end.unwrap_or(sql.len())]
}

fn refuses_transaction(error: &postgres::Error) -> bool {
    let codes = [
        SqlState::ACTIVE_SQL_TRANSACTION,
        SqlState::INVALID_TRANSACTION_TERMINATION,
    ];
    error.code().is_some_and(|code| codes.contains(code))
}

fn unseen(error: postgres::Error) -> Failure {
    ServerError::database("could not look at the locks in the scratch database")(error).into()
}
