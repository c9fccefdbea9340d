//! Takes an order.
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;

use postgres::{Client, NoTls};

fn main() -> Result<(), Box<dyn Error>> {
    let mut client = Client::connect(&std::env::var("DATABASE_URL")?, NoTls)?;
    let report = example_shop_schema::migrate(&mut client, "example-shop-api")?;
    let item = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "a book".to_owned());
    client.execute("INSERT INTO orders (item) VALUES ($1)", &[&item])?;
    println!(
        "api: {} revision(s) applied, one order taken: {item}",
        report.done.len()
    );
    Ok(())
}
