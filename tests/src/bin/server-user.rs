//! Uses a local server until its standard input ends or it is killed: the other process of the
//! suite `server`.
//!
//! `server-user scratch` prints the folder of a throw-away server, `server-user dev TARGET` the URL
//! of the development server of a target folder.

use std::io::{Read, Write};
use std::path::Path;

use cargo_migrate::server::{Dev, Environment, Scratch, ServerOptions};

fn main() {
    let environment = Environment::new(std::env::vars_os());
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["scratch"] => {
            let scratch = Scratch::start(&environment, &ServerOptions::default()).expect("started");
            announce(&scratch.folder().expect("a folder").display().to_string());
        }
        ["dev", target] => {
            let dev = Dev::of(&environment, Path::new(target)).expect("a home");
            let session = dev.enter(&mut |_| {}).expect("entered");
            announce(&session.database("app").expect("a database"));
        }
        _ => panic!("usage: server-user scratch|dev TARGET"),
    }
}

/// Prints one line and waits for the end of standard input.
fn announce(line: &str) {
    let mut output = std::io::stdout();
    writeln!(output, "{line}")
        .and_then(|()| output.flush())
        .expect("somebody reads");
    let _ = std::io::stdin().read(&mut [0]);
}
