//! Start-up and apply, ours beside refinery, sqlx and diesel_migrations: one server, one history,
//! one run. Prints ratios; absolute times are the machine's.
//!
//! `bench` measures one process, `bench together [PROCESSES] [REVISIONS]` many that start at once.
#![expect(clippy::print_stdout, reason = "it prints a report")]

mod history;
mod proxy;
mod together;
mod tools;

use std::time::{Duration, Instant};

use cargo_migrate::server::{Environment, Scratch, ServerOptions};

use crate::{
    history::History,
    proxy::Proxy,
    tools::{Outcome, TOOLS, Tool},
};

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        [] => alone(),
        ["together"] => together::compare(100, 20),
        ["together", processes] => together::compare(processes.parse()?, 20),
        ["together", processes, revisions] => {
            together::compare(processes.parse()?, revisions.parse()?)
        }
        ["serve", tool, revisions, url] => together::serve(tool, revisions.parse()?, url),
        _ => Err("usage: bench [together [PROCESSES] [REVISIONS]]".into()),
    }
}

/// One process after the other.
fn alone() -> Outcome<()> {
    let environment = Environment::new(std::env::vars_os());
    let server = Scratch::start(&environment, &ServerOptions::default())?;
    let proxy = Proxy::start(server.folder().ok_or("a server of our own has a folder")?)?;
    println!("| revisions | tool | round trips of a no-op start | warm, x SELECT 1 | first query, x SELECT 1 | apply all, ms a revision |");
    println!("|---|---|---|---|---|---|");
    for count in [100, 1_000, 10_000] {
        let history = History::of(count)?;
        for tool in TOOLS {
            // The peers' cost grows with the history: two sizes show it.
            if count <= 1_000 || tool.is_ours() {
                measure(&server, &proxy, &history, *tool)?;
            }
        }
    }
    Ok(())
}

fn measure(server: &Scratch, proxy: &Proxy, history: &History, tool: Tool) -> Outcome<()> {
    let database = server.fresh_database()?;
    let (direct, counted) = (server.url(&database), proxy.url(&database));
    let started = Instant::now();
    tool.connect(&direct)?.start(history)?;
    let apply = started.elapsed();

    let mut connection = tool.connect(&counted)?;
    connection.start(history)?;
    let mut fresh = tool.connect(&counted)?;
    let before = proxy.flights();
    fresh.start(history)?;
    let trips = proxy.flights() - before;
    drop((connection, fresh));

    let mut warm = tool.connect(&direct)?;
    let rounds = if history.len() > 100 && !tool.is_ours() { 40 } else { 300 };
    let (bare, noop) = alternate(rounds, |which| match which {
        Which::Bare => warm.select_1(),
        Which::Start => warm.start(history),
    })?;
    let (first_bare, first_noop) = alternate_fresh(rounds.min(60), tool, &direct, history)?;
    println!(
        "| {} | {} | {trips} | {:.2} | {:.2} | {:.2} |",
        history.len(),
        tool.name(),
        ratio(noop, bare),
        ratio(first_noop, first_bare),
        apply.as_secs_f64() * 1e3 / history.len() as f64,
    );
    server.drop_database(&database)?;
    Ok(())
}

#[derive(Clone, Copy)]
enum Which {
    Bare,
    Start,
}

/// Medians of the two, taken in turn so that both see the same machine.
fn alternate(
    rounds: usize,
    mut act: impl FnMut(Which) -> Outcome<()>,
) -> Outcome<(Duration, Duration)> {
    let (mut bare, mut start) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        bare.push(timed(|| act(Which::Bare))?);
        start.push(timed(|| act(Which::Start))?);
    }
    Ok((median(bare), median(start)))
}

fn alternate_fresh(
    rounds: usize,
    tool: Tool,
    url: &str,
    history: &History,
) -> Outcome<(Duration, Duration)> {
    let (mut bare, mut start) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let mut connection = tool.connect(url)?;
        bare.push(timed(|| connection.select_1())?);
        let mut connection = tool.connect(url)?;
        start.push(timed(|| connection.start(history))?);
    }
    Ok((median(bare), median(start)))
}

fn timed(act: impl FnOnce() -> Outcome<()>) -> Outcome<Duration> {
    let started = Instant::now();
    act()?;
    Ok(started.elapsed())
}

pub(crate) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}
