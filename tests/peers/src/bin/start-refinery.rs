//! The smallest application that migrates itself with refinery.

use refinery_core::{Migration, Runner};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut client = postgres::Client::connect(&std::env::var("DATABASE_URL")?, postgres::NoTls)?;
    let migration = Migration::unapplied("V1__users", "CREATE TABLE users (id bigint)")?;
    Runner::new(&[migration]).run(&mut client)?;
    Ok(())
}
