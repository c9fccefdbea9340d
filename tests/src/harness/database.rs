//! The server that all tests of a run share, and a database for each of them.

use std::io::Write as _;
use std::sync::OnceLock;

use build_support::connect::Settings;
use cargo_migrate::server::{Environment, Scratch, ServerOptions, provide};
use postgres::Client;

/// The environment of the test run itself, in which the server's binaries are found: on a machine
/// without any they are got first, as the tour does.
#[must_use]
pub fn environment() -> Environment {
    static PROVIDED: OnceLock<Result<(), String>> = OnceLock::new();
    let environment = Environment::new(std::env::vars_os());
    let provided = PROVIDED.get_or_init(|| match provide(&environment, &mut say) {
        Ok(_) => Ok(()),
        Err(error) => Err(format!("{error}\n{:#?}", error.hints())),
    });
    match provided {
        Ok(()) => environment,
        Err(why) => panic!("no PostgreSQL for the tests: {why}"),
    }
}

fn say(line: &str) {
    // Where nobody listens nothing is lost.
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// The server of this test process: the one that `MIGRATE_SCRATCH_URL` names, else a throw-away one.
///
/// It is never dropped; its supervisor ends it with the process.
pub fn server() -> &'static Scratch {
    static SERVER: OnceLock<Scratch> = OnceLock::new();
    SERVER.get_or_init(|| {
        let scratch = match environment().text("MIGRATE_SCRATCH_URL") {
            Some(url) => {
                let settings = Settings::parse(url).expect("`MIGRATE_SCRATCH_URL` can be read");
                Scratch::on(url, settings, None)
            }
            None => {
                let options = ServerOptions {
                    settings: roomy(),
                    ..ServerOptions::default()
                };
                Scratch::start(&environment(), &options)
            }
        };
        scratch.unwrap_or_else(|error| {
            panic!("no server for the tests: {error}\n{:#?}", error.hints())
        })
    })
}

/// Tests run beside each other, and some of them start dozens of clients.
fn roomy() -> Vec<(String, String)> {
    [
        ("max_connections", "400"),
        ("max_prepared_transactions", "10"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

/// A database of one test, dropped with it.
#[derive(Debug)]
pub struct Database {
    name: String,
}

impl Database {
    /// Makes an empty database.
    #[must_use]
    pub fn fresh() -> Self {
        let name = server()
            .fresh_database()
            .expect("the test server makes databases");
        Self { name }
    }

    /// Makes a copy of this database, to which nobody may be connected meanwhile.
    #[must_use]
    pub fn copy(&self) -> Self {
        let name = server()
            .clone_database(&self.name)
            .expect("the test server copies databases");
        Self { name }
    }

    /// Its name on the server.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its URL.
    #[must_use]
    pub fn url(&self) -> String {
        server().url(&self.name)
    }

    /// A new connection to it.
    #[must_use]
    pub fn client(&self) -> Client {
        server()
            .connect(&self.name)
            .expect("the test server takes connections")
    }

    /// Runs statements and forgets the connection.
    pub fn execute(&self, sql: &str) {
        self.client()
            .batch_execute(sql)
            .unwrap_or_else(|error| panic!("{error:?}\nin: {sql}"));
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // A test that fails has a better message than this one.
        let _ = server().drop_database(&self.name);
    }
}
