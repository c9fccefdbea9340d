//! The same work on many things, on all processors where there are enough of them.

/// From how many things on a thread is worth its start.
const ENOUGH: usize = 256;

/// What the work makes of each, in their order.
pub(super) fn together<T: Send, R: Send>(things: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let parts = processors.min(things.len() / ENOUGH);
    if parts < 2 {
        return things.into_iter().map(work).collect();
    }
    let size = things.len().div_ceil(parts);
    let mut things = things.into_iter();
    let work = &work;
    std::thread::scope(|scope| {
        let start = |_| {
            let part: Vec<T> = things.by_ref().take(size).collect();
            scope.spawn(move || part.into_iter().map(work).collect::<Vec<R>>())
        };
        let threads: Vec<_> = (0..parts).map(start).collect();
        let results = threads.into_iter().map(|thread| match thread.join() {
            Ok(results) => results,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        results.flatten().collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_stays_however_many_there_are() {
        for count in [0, 1, ENOUGH, 2 * ENOUGH + 1, 5 * ENOUGH - 1] {
            let doubled = together((0..count).collect(), |number| 2 * number);
            assert_eq!(
                doubled,
                (0..count).map(|number| 2 * number).collect::<Vec<_>>()
            );
        }
    }
}
