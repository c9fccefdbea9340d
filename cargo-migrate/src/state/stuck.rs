//! Which of the statements that can't be built is to blame: most only wait for another one.

use postgres::error::SqlState;

use super::{
    build_error::{BuildError, Refusal},
    created::Created,
};

/// A statement that can't be built: what it would make, and what the server says.
type Stuck = (Option<Created>, Refusal);

/// The error about statements that are left, of which there is one at least: the one that the first
/// waits for in the end, or all that wait for each other.
pub(super) fn blame(mut left: Vec<Stuck>) -> BuildError {
    let mut chain = vec![0];
    let mut at = 0;
    while let Some(next) = waits_for(&left, at) {
        if let Some(begin) = chain.iter().position(|seen| *seen == next) {
            return circle(left, &chain[begin..]);
        }
        chain.push(next);
        at = next;
    }
    BuildError::Refused(left.swap_remove(at).1)
}

/// The statement that would make what another one misses.
fn waits_for(left: &[Stuck], at: usize) -> Option<usize> {
    let missing = missing(&left[at].1)?;
    left.iter()
        .position(|(created, _)| created.as_ref().is_some_and(|one| one.name == missing))
}

/// The name that the server doesn't know: `relation "app.users" does not exist`,
/// `function lower_name(text) does not exist`.
fn missing(refusal: &Refusal) -> Option<String> {
    let can_be_made = [
        SqlState::UNDEFINED_TABLE,
        SqlState::UNDEFINED_OBJECT,
        SqlState::UNDEFINED_FUNCTION,
    ];
    if !can_be_made.contains(refusal.source.code()) {
        return None;
    }
    let message = refusal.source.message();
    let name = match message.split('"').nth(1) {
        Some(quoted) => quoted,
        None => message.split('(').next()?.rsplit(' ').next()?,
    };
    name.rsplit('.').next().map(str::to_owned)
}

fn circle(mut left: Vec<Stuck>, members: &[usize]) -> BuildError {
    let name = |at: &usize| {
        let created = left[*at].0.as_ref();
        created.map_or_else(String::new, |created| created.name.clone())
    };
    let names: Vec<String> = members.iter().map(name).collect();
    let others = members.iter().zip(&names).zip(names.iter().cycle().skip(1));
    let others = others.skip(1).filter_map(|((at, of), on)| {
        let site = left[*at].1.site.clone()?;
        Some((format!("`{of}` needs `{on}`"), site))
    });
    BuildError::Circle {
        others: others.collect(),
        members: names,
        refusal: left.swap_remove(members[0]).1,
    }
}
