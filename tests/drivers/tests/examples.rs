//! The examples over sqlx, tokio-postgres and Diesel: started twice at once, and asked over HTTP.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use migrate_tests::harness::Database;

/// Builds an example of this workspace and gives its binary, as a user's `cargo build` does.
fn built(name: &str) -> PathBuf {
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--locked", "--package", name])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status();
    assert!(built.expect("Cargo starts").success(), "`{name}` is built");
    let test = std::env::current_exe().expect("the test executable has a path");
    let folder = test
        .parent()
        .and_then(Path::parent)
        .expect("the profile's folder");
    folder.join(name)
}

/// A started example and what it said before it listened.
struct Replica {
    process: Child,
    said: Vec<String>,
    address: String,
}

impl Replica {
    fn new(mut process: Child) -> Self {
        let lines = BufReader::new(process.stdout.take().expect("it is piped")).lines();
        let mut said = Vec::new();
        for line in lines {
            let line = line.expect("a line");
            if let Some(address) = line.strip_prefix("listening on ") {
                let address = address.to_owned();
                return Self {
                    process,
                    said,
                    address,
                };
            }
            said.push(line);
        }
        panic!("it ended without listening: {said:?}");
    }

    fn ask(&self) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        stream
            .write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            .expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
        body.to_owned()
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Starts two at once on an empty database, asks both, and starts a third that finds nothing to do.
fn serve(name: &str, revisions: usize, answer: &str) {
    let binary = built(name);
    let database = Database::fresh();
    let start = || {
        Command::new(&binary)
            .env_clear()
            .env("DATABASE_URL", database.url())
            .arg("127.0.0.1:0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts")
    };
    let started = [start(), start()];
    let replicas = started.map(Replica::new);
    for replica in &replicas {
        assert_eq!(replica.ask(), answer);
    }
    let applied = |replica: &Replica| -> usize {
        let first = replica.said[0].split(' ').next().expect("a number");
        first.parse().expect("a number")
    };
    assert_eq!(replicas.iter().map(applied).sum::<usize>(), revisions);
    let third = Replica::new(start());
    assert_eq!(third.said, ["0 revision(s) applied"]);
    assert_eq!(third.ask(), answer);
}

#[test]
fn axum_over_tokio_postgres_serves() {
    serve("example-axum-tokio-postgres", 3, "1 note(s): HELLO");
}

#[test]
fn axum_over_sqlx_serves() {
    serve("example-axum-sqlx", 2, "1 note(s): hello");
}

#[test]
fn a_synchronous_service_over_diesel_serves() {
    serve("example-diesel-service", 2, "1 note(s): hello");
}
