//! A synchronous service over Diesel: it brings its database up to date, and then answers.
//!
//! `DATABASE_URL=… example-diesel-service 127.0.0.1:8080` listens. Its revisions are in Diesel's own
//! layout, as `diesel migration generate` writes them.

use std::{
    error::Error,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
};

use diesel::{
    Connection as _, PgConnection, QueryableByName, RunQueryDsl as _, sql_query, sql_types,
};

#[derive(QueryableByName)]
struct Notes {
    #[diesel(sql_type = sql_types::BigInt)]
    count: i64,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    first: Option<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut connection = PgConnection::establish(&std::env::var("DATABASE_URL")?)?;
    let report = build_support::migrations!().run(&mut connection)?;
    println!("{} revision(s) applied", report.done.len());
    let address = std::env::args()
        .nth(1)
        .unwrap_or("127.0.0.1:8080".to_owned());
    let listener = TcpListener::bind(address)?;
    println!("listening on {}", listener.local_addr()?);
    for stream in listener.incoming() {
        let body = notes(&mut connection)?;
        reply(stream?, &body)?;
    }
    Ok(())
}

fn notes(connection: &mut PgConnection) -> Result<String, diesel::result::Error> {
    let notes: Notes = sql_query("SELECT count(*) AS count, min(body) AS first FROM notes")
        .get_result(connection)?;
    let first = notes.first.unwrap_or_default();
    Ok(format!("{} note(s): {first}", notes.count))
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
