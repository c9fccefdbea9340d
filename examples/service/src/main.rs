//! A plain service: it brings its database up to date, and then answers over HTTP.
//!
//! `DATABASE_URL=… example-service` answers once on the terminal;
//! `DATABASE_URL=… example-service 127.0.0.1:8080` listens;
//! `DATABASE_URL=… example-service migrate status` shows its revisions, with no cargo about.
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::{
    error::Error,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
};

use build_support::engine::Event;
use postgres::{Client, NoTls};

fn main() -> Result<(), Box<dyn Error>> {
    build_support::migrations!().command(std::env::args_os())?;
    let url = std::env::var("DATABASE_URL")?;
    let mut client = Client::connect(&url, NoTls)?;
    let report = build_support::migrations!()
        .application(concat!("example-service ", env!("CARGO_PKG_VERSION")))
        .observer(tell)
        .run(&mut client)?;
    if report.is_up_to_date() {
        println!("the database is up to date");
    }
    match std::env::args().nth(1) {
        Some(address) => serve(&address, &mut client),
        None => {
            println!("{}", answer(&mut client)?);
            Ok(())
        }
    }
}

fn tell(event: &Event) {
    match event {
        Event::Waiting { .. } => println!("another replica is migrating; waiting for it"),
        Event::Finished(done) => println!("applied {} ({:.0?})", done.slug, done.duration),
        _ => {}
    }
}

fn answer(client: &mut Client) -> Result<String, postgres::Error> {
    let row = client.query_one(
        "SELECT count(*), min(email) FROM users WHERE status = 'active'",
        &[],
    )?;
    let (count, first): (i64, Option<String>) = (row.get(0), row.get(1));
    Ok(format!(
        "{count} active user(s), the first is {}",
        first.unwrap_or_default()
    ))
}

fn serve(address: &str, client: &mut Client) -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind(address)?;
    println!("listening on {}", listener.local_addr()?);
    for stream in listener.incoming() {
        let body = answer(client)?;
        reply(stream?, &body)?;
    }
    Ok(())
}

fn reply(mut stream: TcpStream, body: &str) -> std::io::Result<()> {
    let mut lines = BufReader::new(&stream).lines();
    while lines
        .next()
        .transpose()?
        .is_some_and(|line| !line.is_empty())
    {}
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}
