//! Many processes that start at once where revisions are pending: how long until the last one serves.

use std::{
    io::Read as _,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use cargo_migrate::server::{Environment, Scratch, ServerOptions};

use crate::{
    history::History,
    median,
    tools::{Outcome, TOOLS, Tool},
};

/// How often each tool has its turn.
const ROUNDS: usize = 5;

/// Measures all tools in turn and prints medians.
pub fn compare(processes: usize, revisions: usize) -> Outcome<()> {
    let options = ServerOptions {
        settings: vec![("max_connections".into(), (processes + 20).to_string())],
        ..ServerOptions::default()
    };
    let server = Scratch::start(&Environment::new(std::env::vars_os()), &options)?;
    let mut results: Vec<(Vec<Duration>, usize)> = vec![Default::default(); TOOLS.len()];
    for _ in 0..ROUNDS {
        for (tool, (times, failed)) in TOOLS.iter().zip(&mut results) {
            let (took, not_served) = start_all(&server, *tool, processes, revisions)?;
            times.push(took);
            *failed += not_served;
        }
    }
    println!("{processes} processes at once, {revisions} pending revisions, {ROUNDS} rounds\n");
    println!("| tool | the last one serves after, ms | processes that failed, of {} |", processes * ROUNDS);
    println!("|---|---|---|");
    for (tool, (times, failed)) in TOOLS.iter().zip(results) {
        println!("| {} | {:.0} | {failed} |", tool.name(), median(times).as_secs_f64() * 1e3);
    }
    Ok(())
}

/// One round: the time until the last process is over, and how many of them failed.
fn start_all(
    server: &Scratch,
    tool: Tool,
    processes: usize,
    revisions: usize,
) -> Outcome<(Duration, usize)> {
    let database = server.fresh_database()?;
    let url = server.url(&database);
    let (program, count) = (std::env::current_exe()?, revisions.to_string());
    let spawn = |_| {
        let mut command = Command::new(&program);
        command.args(["serve", tool.name(), &count, &url]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()
    };
    let mut children = (0..processes).map(spawn).collect::<Result<Vec<Child>, _>>()?;
    for child in &mut children {
        // They are there, and wait for their end of standard input.
        child.stdout.take().ok_or("it says that it is there")?.read_exact(&mut [0])?;
    }
    let started = Instant::now();
    for child in &mut children {
        drop(child.stdin.take());
    }
    let mut failed = 0;
    for child in &mut children {
        failed += usize::from(!child.wait()?.success());
    }
    let took = started.elapsed();
    server.drop_database(&database)?;
    Ok((took, failed))
}

/// One of the processes: waits for the start, connects, applies what is pending.
pub fn serve(tool: &str, revisions: usize, url: &str) -> Outcome<()> {
    let tool = TOOLS.iter().find(|known| known.name() == tool).ok_or("no such tool")?;
    let history = History::of(revisions)?;
    println!(".");
    std::io::stdin().read_to_end(&mut Vec::new())?;
    tool.connect(url)?.start(&history)
}
