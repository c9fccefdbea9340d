//! The workers: each takes the next member until none is left, and no failure stops another.

use std::{
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::Instant,
};

use postgres::Client;

use super::{Fleet, Member, Place, Row, task};
use crate::{failure::Failure, signals};

/// Works on all members, at most `jobs` at once, and hears each row as it comes.
pub(super) fn each(
    fleet: &Fleet<'_>,
    members: &[Member],
    jobs: usize,
    mut hear: impl FnMut(usize, Row),
) {
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..jobs.min(members.len()) {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                // Schemas share a connection; it is opened again when it was lost.
                let mut home = None;
                while signals::came().is_none() {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(member) = members.get(index) else {
                        return;
                    };
                    let started = Instant::now();
                    let row = on_one(fleet, member, &mut home).unwrap_or_else(Row::failed);
                    if sender.send((index, row.since(started))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        for (index, row) in receiver {
            hear(index, row);
        }
    });
}

fn on_one(fleet: &Fleet<'_>, member: &Member, home: &mut Option<Client>) -> Result<Row, Failure> {
    let options = fleet
        .options_of(member)
        .map_err(|error| Failure::user(error.to_string()))?;
    match (&member.place, &fleet.home) {
        (Place::Database(settings), _) => {
            task::perform(fleet, &options, (&mut settings.connect()?, settings))
        }
        (Place::Schema, Some(settings)) => {
            let client = match home {
                Some(open) if !open.is_closed() => open,
                gone => gone.insert(settings.connect()?),
            };
            task::perform(fleet, &options, (client, settings))
        }
        (Place::Schema, None) => Err(Failure::fault("a schema without its database")),
    }
}
