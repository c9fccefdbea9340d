//! An axum service over a pool of sqlx: it brings its database up to date, and then answers.
//!
//! `DATABASE_URL=… example-axum-sqlx 127.0.0.1:8080` listens;
//! `… example-axum-sqlx migrate status` shows its revisions, with no cargo about.

use std::error::Error;

use axum::{Router, extract::State, http::StatusCode, routing::get};
use sqlx::PgPool;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    build_support::migrations!().command(std::env::args_os())?;
    let pool = PgPool::connect(&std::env::var("DATABASE_URL")?).await?;
    let mut connection = pool.acquire().await?;
    let report = build_support::migrations!()
        .run_async(&mut *connection)
        .await?;
    drop(connection);
    println!("{} revision(s) applied", report.done.len());
    let address = std::env::args()
        .nth(1)
        .unwrap_or("127.0.0.1:8080".to_owned());
    let listener = TcpListener::bind(address).await?;
    println!("listening on {}", listener.local_addr()?);
    let app = Router::new().route("/", get(notes)).with_state(pool);
    Ok(axum::serve(listener, app).await?)
}

async fn notes(State(pool): State<PgPool>) -> Result<String, StatusCode> {
    let (count, first): (i64, Option<String>) =
        sqlx::query_as("SELECT count(*), min(body) FROM notes")
            .fetch_one(&pool)
            .await
            .map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    Ok(format!("{count} note(s): {}", first.unwrap_or_default()))
}
