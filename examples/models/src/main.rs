//! A blog whose revisions are generated from its structs: see `src/models.rs` and `history/`.
//!
//! It migrates itself when it starts, then tells what its tables hold.

#[allow(
    dead_code,
    unreachable_pub,
    reason = "a whole blog would use all of it, from several crates"
)]
mod models;

use std::{error::Error, io::Write as _};

use models::{User, UserStatus};
use postgres::{Client, NoTls, Row};

fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::var("DATABASE_URL")?;
    let mut client = Client::connect(&url, NoTls)?;
    build_support::migrations!().run(&mut client)?;
    let sql = "SELECT id, email, full_name, created_at, status::text FROM users ORDER BY id";
    let mut out = std::io::stdout();
    for row in client.query(sql, &[])? {
        writeln!(out, "{:?}", user(&row))?;
    }
    writeln!(out, "ready")?;
    Ok(())
}

fn user(row: &Row) -> User {
    User {
        id: row.get(0),
        email: row.get(1),
        full_name: row.get(2),
        created_at: row.get(3),
        status: match row.get(4) {
            "active" => UserStatus::Active,
            "suspended" => UserStatus::Suspended,
            _ => UserStatus::Pending,
        },
    }
}
