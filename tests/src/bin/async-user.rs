//! An application that starts over an asynchronous connection, with a revision of every kind: in a
//! transaction, code that is not safe to run twice, without a transaction, and in batches.

use build_support::{Diagnose as _, connect::Settings};
use migrate_tests::harness::{arm_failpoint, embedded};
use tokio::runtime::Builder;

const FILES: &[(&str, &str)] = &[
    (
        "1_users.up.sql",
        "CREATE TABLE users (id int PRIMARY KEY, logins int NOT NULL);\n\
         INSERT INTO users SELECT n, 0 FROM generate_series(1, 20) AS n;",
    ),
    ("2_fill.up.sql", "-- migrate: code"),
    (
        "3_index.up.sql",
        "-- migrate: transaction=none\n\
         CREATE INDEX CONCURRENTLY users_logins ON users (logins);\n\
         ALTER TABLE users ADD COLUMN note text;",
    ),
    (
        "4_logins.up.sql",
        "-- migrate: batch rows=10 time=10s\nUPDATE users SET logins = logins + 1;",
    ),
];

fn main() {
    arm_failpoint();
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(start());
}

async fn start() {
    let url = std::env::var("DATABASE_URL").expect("DATABASE_URL");
    let settings = Settings::parse(&url).expect("a URL");
    let mut client = settings.connect_async().await.expect("connected");
    let migrations = embedded(FILES).code_async("2", |tx| {
        Box::pin(async move {
            for id in [21, 22] {
                tx.batch_execute(&format!("INSERT INTO users VALUES ({id}, 0)"))
                    .await?;
            }
            Ok(())
        })
    });
    if let Err(error) = migrations.run_async(&mut client).await {
        panic!("{}", error.diagnose());
    }
}
