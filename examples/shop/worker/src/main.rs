//! Sends the orders that were taken.
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;

use postgres::{Client, NoTls};

fn main() -> Result<(), Box<dyn Error>> {
    let mut client = Client::connect(&std::env::var("DATABASE_URL")?, NoTls)?;
    let report = example_shop_schema::migrate(&mut client, "example-shop-worker")?;
    let sent = client.execute(
        "UPDATE orders SET sent_at = now() WHERE sent_at IS NULL",
        &[],
    )?;
    println!(
        "worker: {} revision(s) applied, {sent} order(s) sent",
        report.done.len()
    );
    Ok(())
}
