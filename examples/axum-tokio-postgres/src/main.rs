//! An axum service over `tokio-postgres`: it brings its database up to date, and then answers.
//!
//! `DATABASE_URL=… example-axum-tokio-postgres 127.0.0.1:8080` listens;
//! `… example-axum-tokio-postgres migrate status` shows its revisions, with no cargo about.

use std::{error::Error, sync::Arc};

use axum::{Router, extract::State, http::StatusCode, routing::get};
use build_support::{Migrations, connect::Settings, sql::quote_literal};
use tokio::net::TcpListener;
use tokio_postgres::Client;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    migrations().command(std::env::args_os())?;
    let url = std::env::var("DATABASE_URL")?;
    // TLS and all, as libpq reads the URL.
    let mut client = Settings::parse(&url)?.connect_async().await?;
    let report = migrations().run_async(&mut client).await?;
    println!("{} revision(s) applied", report.done.len());
    let address = std::env::args()
        .nth(1)
        .unwrap_or("127.0.0.1:8080".to_owned());
    let listener = TcpListener::bind(address).await?;
    println!("listening on {}", listener.local_addr()?);
    let app = Router::new()
        .route("/", get(notes))
        .with_state(Arc::new(client));
    Ok(axum::serve(listener, app).await?)
}

/// The revisions of this binary, one of which is code.
fn migrations() -> Migrations {
    build_support::migrations!().code_async("20260915080000", |tx| {
        Box::pin(async move {
            for row in tx
                .rows("SELECT id::text, body FROM notes ORDER BY id")
                .await?
            {
                let [Some(id), Some(body)] = row.as_slice() else {
                    continue;
                };
                let loud = quote_literal(&body.to_uppercase());
                tx.batch_execute(&format!("UPDATE notes SET loud = {loud} WHERE id = {id}"))
                    .await?;
            }
            Ok(())
        })
    })
}

async fn notes(State(client): State<Arc<Client>>) -> Result<String, StatusCode> {
    let row = client
        .query_one("SELECT count(*), min(loud) FROM notes", &[])
        .await
        .map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    let (count, first): (i64, Option<String>) = (row.get(0), row.get(1));
    Ok(format!("{count} note(s): {}", first.unwrap_or_default()))
}
