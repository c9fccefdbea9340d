//! The smallest application that migrates itself with diesel_migrations.

use diesel::{Connection, PgConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("diesel");

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let mut connection = PgConnection::establish(&std::env::var("DATABASE_URL")?)?;
    connection.run_pending_migrations(MIGRATIONS)?;
    Ok(())
}
