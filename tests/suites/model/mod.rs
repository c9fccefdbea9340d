//! Random graphs and random sequences of commands, beside a model made of the written rules alone:
//! the same is applied, in an order that respects the rules, and the same is refused.
//!
//! A sequence is a row of numbers, each of which makes one command out of what is there by then; so
//! a failing one shrinks by leaving numbers out. `MIGRATE_SEED=N` begins elsewhere.

mod commands;
mod dice;
mod on_server;
mod reference;
mod symbols;
mod world;

use self::{commands::Command, dice::Dice, world::World};

/// Runs the sequences of some seeds; a failure is told with the fewest commands that show it.
fn prove(
    name: &str,
    seeds: std::ops::Range<u64>,
    longest: usize,
    perform: impl Fn(&[u64]) -> Told,
) {
    let first = std::env::var("MIGRATE_SEED")
        .ok()
        .and_then(|text| text.parse().ok());
    let start: u64 = first.unwrap_or(0);
    for seed in seeds.start + start..seeds.end + start {
        let mut dice = Dice::new(seed);
        let length = 2 + dice.below(longest - 1);
        let sequence: Vec<u64> = (0..length).map(|_| dice.number()).collect();
        if perform(&sequence).is_err() {
            let told = shrunk(sequence, &perform);
            panic!("{name}, seed {seed}:\n{told}");
        }
    }
}

/// What was done, and on a failure what differs.
type Told = Result<(), String>;

fn shrunk(mut sequence: Vec<u64>, perform: &impl Fn(&[u64]) -> Told) -> String {
    let mut told = perform(&sequence).expect_err("it failed before");
    let mut at = 0;
    while at < sequence.len() {
        let mut shorter = sequence.clone();
        shorter.remove(at);
        match perform(&shorter) {
            Err(still) => (sequence, told, at) = (shorter, still, 0),
            Ok(()) => at += 1,
        }
    }
    told
}

/// A sequence on the engine alone.
fn offline(sequence: &[u64]) -> Told {
    let mut world = World::default();
    for &number in sequence {
        let command = Command::random(&mut Dice::new(number), &world.model);
        world.perform(&command, &mut world::on_engine)?;
    }
    world.look()
}

// Twelve thousand sequences, in four tests so that all processors take part.

#[test]
fn random_commands_do_what_the_rules_say_1() {
    prove("offline", 0..3_000, 20, offline);
}

#[test]
fn random_commands_do_what_the_rules_say_2() {
    prove("offline", 1_000_000..1_003_000, 20, offline);
}

#[test]
fn random_commands_do_what_the_rules_say_3() {
    prove("offline", 2_000_000..2_003_000, 20, offline);
}

#[test]
fn random_commands_do_what_the_rules_say_4() {
    prove("offline", 3_000_000..3_003_000, 20, offline);
}
