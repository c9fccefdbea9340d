//! A server that listens on TCP, asks for passwords and certificates, and may speak TLS.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use migrate_tests::harness::Cluster;

use super::authority::{Authority, Identity};

/// The name in the server's certificate; connections give the address beside it.
pub(super) const NAME: &str = "db.test";

/// The password of every role, which must never be printed.
pub(super) const CANARY: &str = "c@nary/7%";

/// The same, as it stands in a URL.
pub(super) const ENCODED_CANARY: &str = "c%40nary%2F7%25";

/// Who may come in by which way.
const RULES: &str = "\
local   all all                   trust
hostssl all by_certificate all    cert
hostnossl all without_tls all     scram-sha-256
host    all without_tls all       reject
hostssl all with_tls all          scram-sha-256
host    all with_tls all          reject
host    all all all               scram-sha-256
";

const ROLES: [&str; 4] = ["app", "by_certificate", "without_tls", "with_tls"];

/// A private server with an address of its own.
pub(super) struct Secured {
    pub(super) cluster: Cluster,
    pub(super) address: String,
}

/// The authority and the server that most tests share.
pub(super) fn shared() -> &'static (Authority, Secured) {
    static SHARED: OnceLock<(Authority, Secured)> = OnceLock::new();
    SHARED.get_or_init(|| {
        let authority = Authority::new();
        let secured = Secured::with_tls(&authority.issue(NAME), &authority);
        (authority, secured)
    })
}

impl Secured {
    /// A server without TLS.
    pub(super) fn plain() -> Self {
        // All private servers have the same port, so each gets an address of its own.
        static NEXT: AtomicU8 = AtomicU8::new(1);
        let process = std::process::id().to_be_bytes();
        let last = NEXT.fetch_add(1, Ordering::Relaxed);
        let address = format!("127.{}.{}.{last}", 64 + process[2] % 64, process[3]);
        let cluster = Cluster::with(&[("listen_addresses", &address)]);
        let mut client = cluster.client();
        for role in ROLES {
            let statement = format!("CREATE ROLE {role} LOGIN PASSWORD '{CANARY}'");
            client.batch_execute(&statement).expect("a role");
        }
        let forgetful = "CREATE ROLE forgetful LOGIN PASSWORD 'something else'";
        client.batch_execute(forgetful).expect("a role");
        let secured = Self { cluster, address };
        secured.write("pg_hba.conf", RULES);
        secured.reload("SELECT true");
        secured
    }

    /// A server with TLS that trusts the certificates of `authority`.
    pub(super) fn with_tls(identity: &Identity, authority: &Authority) -> Self {
        let secured = Self::plain();
        let root = fs_err::read_to_string(authority.root()).expect("the authority's certificate");
        secured.write("server.crt", &identity.certificate);
        secured.write("server.key", &identity.key);
        secured.write("root.crt", &root);
        let mut client = secured.cluster.client();
        client
            .batch_execute("ALTER SYSTEM SET ssl_ca_file = 'root.crt'")
            .expect("set");
        client
            .batch_execute("ALTER SYSTEM SET ssl = on")
            .expect("set");
        secured.reload("SELECT pg_catalog.current_setting('ssl') = 'on'");
        secured
    }

    /// Writes a file into the data folder as the server's own user.
    fn write(&self, name: &str, content: &str) {
        let lines = content.replace('\'', "''");
        let folder = self
            .cluster
            .client()
            .query_one("SHOW data_directory", &[])
            .expect("a folder");
        let folder: String = folder.get(0);
        let statement = format!(
            "COPY (SELECT pg_catalog.unnest(pg_catalog.string_to_array('{lines}', E'\\n'))) \
             TO PROGRAM 'umask 077; cat > \"{folder}/{name}\"'"
        );
        self.cluster
            .client()
            .batch_execute(&statement)
            .expect("written");
    }

    /// Makes the server read its files again and waits until a new session sees it.
    fn reload(&self, seen: &str) {
        let mut client = self.cluster.client();
        client
            .batch_execute("SELECT pg_catalog.pg_reload_conf()")
            .expect("reloaded");
        for _ in 0..100 {
            std::thread::sleep(Duration::from_millis(50));
            if self
                .cluster
                .client()
                .query_one(seen, &[])
                .expect("an answer")
                .get(0)
            {
                return;
            }
        }
        panic!("the server did not take its new settings: {seen}");
    }

    /// A connection string for a role, by name and address, to which the test adds keywords.
    pub(super) fn by(&self, role: &str, rest: &str) -> String {
        let address = &self.address;
        format!("host={NAME} hostaddr={address} user={role} dbname=postgres {rest}")
    }

    /// The same with the password.
    pub(super) fn with_password(&self, role: &str, rest: &str) -> String {
        self.by(role, &format!("password='{CANARY}' {rest}"))
    }
}
