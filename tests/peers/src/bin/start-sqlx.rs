//! The smallest application that migrates itself with sqlx.

use sqlx::{Connection, PgConnection, migrate::{Migration, MigrationType, Migrator}};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut connection = PgConnection::connect(&std::env::var("DATABASE_URL")?).await?;
    let sql = sqlx::AssertSqlSafe("CREATE TABLE users (id bigint)").into_sql_str();
    let migration = Migration::new(1, "users".into(), MigrationType::Simple, sql, false);
    Migrator::with_migrations(vec![migration]).run(&mut connection).await?;
    Ok(())
}

use sqlx::SqlSafeStr as _;
