//! Puts actions in an order in which each finds what it needs: a topological sort that always
//! gives the same answer.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

/// Edges between actions, by their places: the first comes before the second.
#[derive(Debug, Default)]
pub struct Graph {
    after: BTreeMap<usize, BTreeSet<usize>>,
    waits_for: BTreeMap<usize, usize>,
    soft: BTreeSet<(usize, usize)>,
}

/// Actions that wait for each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cycle(pub Vec<usize>);

impl Graph {
    /// Says that one action comes before another.
    pub fn before(&mut self, first: usize, second: usize) {
        self.soft.remove(&(first, second));
        self.insert(first, second);
    }

    /// Says that one action should come before another, unless that is impossible.
    pub fn preferably_before(&mut self, first: usize, second: usize) {
        let known = self
            .after
            .get(&first)
            .is_some_and(|set| set.contains(&second));
        if first != second && !known {
            self.soft.insert((first, second));
            self.insert(first, second);
        }
    }

    fn insert(&mut self, first: usize, second: usize) {
        if first != second && self.after.entry(first).or_default().insert(second) {
            *self.waits_for.entry(second).or_default() += 1;
        }
    }

    fn remove(&mut self, first: usize, second: usize) {
        if self
            .after
            .get_mut(&first)
            .is_some_and(|set| set.remove(&second))
            && let Some(count) = self.waits_for.get_mut(&second)
        {
            *count -= 1;
        }
    }

    /// Orders the actions; of those that are ready, the one with the smallest key comes first. A
    /// run of actions `apart`, or of others, goes on as long as one of its kind is ready, so that
    /// there are few runs.
    ///
    /// # Errors
    /// [`Cycle`] where actions wait for each other.
    pub fn sort<K: Ord + Clone>(
        mut self,
        keys: &[K],
        apart: impl Fn(usize) -> bool,
    ) -> Result<Vec<usize>, Cycle> {
        let waiting = |graph: &Graph, at: usize| graph.waits_for.get(&at).copied().unwrap_or(0) > 0;
        let mut done = Vec::with_capacity(keys.len());
        let mut is_done = vec![false; keys.len()];
        let mut ready: [BinaryHeap<Reverse<(K, usize)>>; 2] = Default::default();
        let mut run = 0;
        let enter = |ready: &mut [BinaryHeap<_>; 2], at: usize| {
            ready[usize::from(apart(at))].push(Reverse((keys[at].clone(), at)));
        };
        for at in (0..keys.len()).filter(|at| !waiting(&self, *at)) {
            enter(&mut ready, at);
        }
        loop {
            loop {
                if ready[run].is_empty() {
                    run = 1 - run;
                }
                let Some(Reverse((_, at))) = ready[run].pop() else {
                    break;
                };
                done.push(at);
                is_done[at] = true;
                for next in self.after.remove(&at).unwrap_or_default() {
                    if let Some(count) = self.waits_for.get_mut(&next) {
                        *count -= 1;
                        if *count == 0 {
                            enter(&mut ready, next);
                        }
                    }
                }
            }
            if done.len() == keys.len() {
                return Ok(done);
            }
            for at in self.give_up_soft_edges(&is_done)? {
                enter(&mut ready, at);
            }
        }
    }

    /// Drops the soft edges of a cycle; returns the actions that became ready.
    fn give_up_soft_edges(&mut self, is_done: &[bool]) -> Result<Vec<usize>, Cycle> {
        let cycle = self.find_cycle(is_done);
        let in_cycle: BTreeSet<usize> = cycle.iter().copied().collect();
        let given_up: Vec<(usize, usize)> = self
            .soft
            .iter()
            .filter(|(a, b)| in_cycle.contains(a) && in_cycle.contains(b))
            .copied()
            .collect();
        if given_up.is_empty() {
            return Err(Cycle(cycle));
        }
        for (first, second) in &given_up {
            self.remove(*first, *second);
            self.soft.remove(&(*first, *second));
        }
        let targets: BTreeSet<usize> = given_up.into_iter().map(|(_, second)| second).collect();
        Ok(targets
            .into_iter()
            .filter(|at| self.waits_for.get(at).copied().unwrap_or(0) == 0)
            .collect())
    }

    /// Walks backwards from any waiting action until one is met twice.
    fn find_cycle(&self, is_done: &[bool]) -> Vec<usize> {
        let mut before: BTreeMap<usize, usize> = BTreeMap::new();
        for (first, seconds) in &self.after {
            if !is_done[*first] {
                for second in seconds {
                    before.entry(*second).or_insert(*first);
                }
            }
        }
        let Some(mut at) = (0..is_done.len()).find(|at| !is_done[*at] && before.contains_key(at))
        else {
            return Vec::new();
        };
        let mut path = Vec::new();
        while !path.contains(&at) {
            path.push(at);
            at = before[&at];
        }
        let start = path
            .iter()
            .position(|p| *p == at)
            .expect("the loop ended on a known place");
        path.split_off(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(edges: &[(usize, usize)]) -> Graph {
        let mut graph = Graph::default();
        for (first, second) in edges {
            graph.before(*first, *second);
        }
        graph
    }

    #[test]
    fn the_smallest_key_comes_first_where_nothing_waits() {
        assert_eq!(
            graph(&[]).sort(&["b", "c", "a"], |_| false),
            Ok(vec![2, 0, 1])
        );
    }

    #[test]
    fn what_runs_apart_is_gathered() {
        let apart = |at| at % 2 == 1;
        let order = graph(&[(1, 4)]).sort(&[0, 1, 2, 3, 4], apart);
        assert_eq!(order, Ok(vec![0, 2, 1, 3, 4]));
    }

    #[test]
    fn edges_win_over_keys() {
        assert_eq!(
            graph(&[(2, 0), (1, 2)]).sort(&[0, 1, 2], |_| false),
            Ok(vec![1, 2, 0])
        );
    }

    #[test]
    fn a_cycle_is_named() {
        let Err(Cycle(mut cycle)) = graph(&[(0, 1), (1, 2), (2, 1)]).sort(&[0, 0, 0], |_| false)
        else {
            panic!("a cycle was ordered");
        };
        cycle.sort_unstable();
        assert_eq!(cycle, [1, 2]);
    }

    #[test]
    fn a_soft_edge_gives_way() {
        let mut graph = graph(&[(0, 1)]);
        graph.preferably_before(1, 0);
        assert_eq!(graph.sort(&[0, 0], |_| false), Ok(vec![0, 1]));
    }

    #[test]
    fn a_soft_edge_holds_where_it_can() {
        let mut graph = Graph::default();
        graph.preferably_before(1, 0);
        assert_eq!(graph.sort(&[0, 1], |_| false), Ok(vec![1, 0]));
    }
}
