//! What PostgreSQL refuses inside a transaction, asked of PostgreSQL: each form runs inside one, and
//! what the server says is compared with what is known from the text alone.

use std::borrow::Cow;

use build_support::{
    Diagnose as _,
    revision::TransactionMode,
    source::{self, File},
    sql::{Kind, split},
};
use migrate_tests::harness::{Cluster, server};

use super::*;

/// What is known of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    /// The server refuses it inside a transaction.
    Refused,
    /// It does not.
    Allowed,
    /// The server refuses it for what the catalog says, which the text does not tell.
    RefusedByCatalog,
    /// The server refuses it for some objects; without a transaction it runs for all.
    AllowedByCatalog,
}

use Known::{Allowed, AllowedByCatalog, Refused, RefusedByCatalog};

const SETUP: &str = "CREATE TABLE t (x int PRIMARY KEY, y text);
CREATE INDEX i ON t (y);
CREATE TABLE p (x int) PARTITION BY RANGE (x);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1) TO (2);
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (2) TO (3);
CREATE INDEX pi ON p (x);
CREATE MATERIALIZED VIEW m AS SELECT x FROM t;
CREATE UNIQUE INDEX mi ON m (x);
CREATE TYPE e AS ENUM ('a');
CREATE SUBSCRIPTION s CONNECTION 'host=/nowhere' PUBLICATION b WITH (connect = false);
CREATE SUBSCRIPTION on_ CONNECTION 'host=/nowhere' PUBLICATION a, b WITH (connect = false);
ALTER SUBSCRIPTION on_ ENABLE;
CREATE SUBSCRIPTION bare CONNECTION 'host=/nowhere' PUBLICATION b WITH (connect = false, slot_name = NONE);";

const FORMS: &[(&str, Known)] = &[
    ("VACUUM", Refused),
    ("VACUUM t", Refused),
    ("VACUUM (FULL, ANALYZE) t", Refused),
    ("vacuum full verbose t", Refused),
    ("ANALYZE t", Allowed),
    ("CREATE DATABASE d", Refused),
    ("DROP DATABASE IF EXISTS d WITH (FORCE)", Refused),
    (
        "ALTER DATABASE template1 SET TABLESPACE pg_default",
        Refused,
    ),
    ("ALTER DATABASE template1 SET work_mem = '1MB'", Allowed),
    ("ALTER DATABASE template1 CONNECTION LIMIT 5", Allowed),
    ("CREATE TABLESPACE a LOCATION '/nowhere'", Refused),
    ("DROP TABLESPACE IF EXISTS a", Refused),
    (
        "ALTER TABLESPACE pg_default SET (seq_page_cost = 1)",
        Allowed,
    ),
    ("ALTER SYSTEM SET work_mem = '1MB'", Refused),
    ("ALTER SYSTEM RESET ALL", Refused),
    ("CREATE INDEX CONCURRENTLY j ON t (y)", Refused),
    (
        "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS j ON t (y)",
        Refused,
    ),
    (
        "CREATE /* so */ INDEX -- so\n CONCURRENTLY ON t (y)",
        Refused,
    ),
    ("CREATE INDEX \"concurrently\" ON t (y)", Allowed),
    ("DROP INDEX CONCURRENTLY i", Refused),
    ("DROP INDEX CONCURRENTLY IF EXISTS i", Refused),
    ("DROP INDEX i", Allowed),
    ("REINDEX INDEX CONCURRENTLY i", Refused),
    ("REINDEX TABLE CONCURRENTLY t", Refused),
    ("REINDEX (VERBOSE) TABLE CONCURRENTLY t", Refused),
    ("REINDEX (VERBOSE, CONCURRENTLY) INDEX i", Refused),
    ("REINDEX (CONCURRENTLY TRUE) TABLE t", Refused),
    ("REINDEX (CONCURRENTLY FALSE) TABLE t", Allowed),
    ("REINDEX (CONCURRENTLY 0) TABLE t", Allowed),
    ("REINDEX TABLE t", Allowed),
    ("REINDEX (VERBOSE) INDEX i", Allowed),
    ("REINDEX SCHEMA public", Refused),
    ("REINDEX SCHEMA CONCURRENTLY public", Refused),
    ("REINDEX (VERBOSE) SCHEMA public", Refused),
    ("REINDEX DATABASE postgres", Refused),
    ("REINDEX SYSTEM postgres", Refused),
    ("REINDEX TABLE p", RefusedByCatalog),
    ("REINDEX INDEX pi", RefusedByCatalog),
    ("CLUSTER", Refused),
    ("CLUSTER VERBOSE", Refused),
    ("CLUSTER t USING i", Allowed),
    ("CLUSTER VERBOSE t USING i", Allowed),
    ("CLUSTER p USING pi", RefusedByCatalog),
    ("DISCARD ALL", Refused),
    ("DISCARD PLANS", Allowed),
    ("DISCARD TEMP", Allowed),
    ("DISCARD SEQUENCES", Allowed),
    (
        "CREATE SUBSCRIPTION a CONNECTION 'host=/nowhere' PUBLICATION b",
        Refused,
    ),
    (
        "CREATE SUBSCRIPTION a CONNECTION 'host=/nowhere' PUBLICATION b WITH (create_slot)",
        Refused,
    ),
    (
        "CREATE SUBSCRIPTION a CONNECTION 'host=/nowhere' PUBLICATION b WITH (connect = 'on')",
        Refused,
    ),
    (
        "CREATE SUBSCRIPTION a CONNECTION 'host=/nowhere' PUBLICATION b WITH (connect = false)",
        Allowed,
    ),
    (
        "CREATE SUBSCRIPTION a CONNECTION 'host=/nowhere' PUBLICATION b WITH (enabled = off, slot_name = x, connect = OFF)",
        Allowed,
    ),
    ("DROP SUBSCRIPTION s", Refused),
    ("DROP SUBSCRIPTION bare", AllowedByCatalog),
    ("ALTER SUBSCRIPTION on_ REFRESH PUBLICATION", Refused),
    (
        "ALTER SUBSCRIPTION on_ REFRESH PUBLICATION WITH (copy_data = false)",
        Refused,
    ),
    ("ALTER SUBSCRIPTION on_ SET PUBLICATION c", Refused),
    (
        "ALTER SUBSCRIPTION on_ ADD PUBLICATION c WITH (copy_data = false)",
        Refused,
    ),
    (
        "ALTER SUBSCRIPTION on_ DROP PUBLICATION b WITH (refresh = true)",
        Refused,
    ),
    (
        "ALTER SUBSCRIPTION on_ SET PUBLICATION c WITH (refresh = false)",
        Allowed,
    ),
    (
        "ALTER SUBSCRIPTION on_ ADD PUBLICATION c WITH (refresh = off)",
        Allowed,
    ),
    ("ALTER SUBSCRIPTION on_ DISABLE", Allowed),
    ("ALTER SUBSCRIPTION s SET (slot_name = NONE)", Allowed),
    ("ALTER SUBSCRIPTION s RENAME TO r", Allowed),
    ("ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY", Refused),
    (
        "ALTER TABLE ONLY p DETACH PARTITION public.p1 CONCURRENTLY",
        Refused,
    ),
    ("ALTER TABLE p DETACH PARTITION p1", Allowed),
    ("ALTER TYPE e ADD VALUE 'b'", Allowed),
    (
        "ALTER TYPE e ADD VALUE IF NOT EXISTS 'b' BEFORE 'a'",
        Allowed,
    ),
    ("REFRESH MATERIALIZED VIEW CONCURRENTLY m", Allowed),
    ("COMMIT PREPARED 'x'", Refused),
    ("ROLLBACK PREPARED 'x'", Refused),
    ("CHECKPOINT", Allowed),
    ("TRUNCATE t", Allowed),
    ("LOCK TABLE t", Allowed),
    ("ALTER TABLE t RENAME COLUMN y TO vacuum", Allowed),
    ("COMMENT ON TABLE t IS 'VACUUM'", Allowed),
    ("DROP OWNED BY CURRENT_USER", Allowed),
];

/// Whether the server runs it inside a transaction. What fails there for another reason is allowed.
fn is_refused(client: &mut Client, statement: &str) -> bool {
    client.batch_execute("BEGIN").expect("a transaction");
    let result = client.batch_execute(statement);
    client.batch_execute("ROLLBACK").expect("rolled back");
    let Err(error) = result else {
        return false;
    };
    let error = error.as_db_error().expect("the server's");
    let refused = error
        .message()
        .contains("cannot run inside a transaction block");
    assert_eq!(
        refused,
        error.code().code() == "25001",
        "{statement}: {error}"
    );
    assert!(
        refused || statement.starts_with("DROP OWNED"),
        "it proves nothing: {statement}: {error}"
    );
    refused
}

fn kind(statement: &str) -> Kind {
    split(statement).expect("it is closed").statements[0].kind
}

#[test]
fn what_postgres_refuses_inside_a_transaction_is_known_from_the_text() {
    let cluster = Cluster::with(&[("max_prepared_transactions", "2")]);
    let mut client = cluster.client();
    client.batch_execute(SETUP).expect("all kinds of objects");
    let mut wrong = Vec::new();
    // No partitioned table can be clustered before 15.
    let is_there = |form: &&(&str, _)| server().major() >= 15 || form.0 != "CLUSTER p USING pi";
    for &(statement, known) in FORMS.iter().filter(is_there) {
        let server = is_refused(&mut client, statement);
        let ours = matches!(kind(statement), Kind::NoTransaction(_));
        let expected = match known {
            Refused => (true, true),
            Allowed => (false, false),
            RefusedByCatalog => (true, false),
            AllowedByCatalog => (false, true),
        };
        if (server, ours) != expected {
            wrong.push(format!(
                "{statement}: server {server}, ours {ours}, {known:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(kind("PREPARE TRANSACTION 'x'"), Kind::PrepareTransaction);
    client
        .batch_execute("BEGIN; PREPARE TRANSACTION 'x'; ROLLBACK PREPARED 'x'")
        .expect_err("one message is one transaction");
}

fn load(text: &str) -> Result<TransactionMode, String> {
    let file = File {
        path: "1_a.sql".to_owned(),
        root: "migrations".into(),
        bytes: Cow::Owned(text.as_bytes().to_vec()),
    };
    match source::load(vec![file]) {
        Ok(source) => Ok(source.revisions[0].up.transaction),
        Err(errors) => Err(errors.diagnose().to_string()),
    }
}

#[test]
fn a_form_alone_runs_without_a_transaction_and_beside_others_names_the_directive() {
    for &(statement, known) in FORMS {
        let (alone, beside) = (load(statement), load(&format!("SELECT 1;\n{statement};")));
        if matches!(known, Allowed | RefusedByCatalog) {
            assert_eq!(alone, Ok(TransactionMode::Own), "{statement}");
            assert_eq!(beside, Ok(TransactionMode::Own), "{statement}");
            continue;
        }
        assert_eq!(alone, Ok(TransactionMode::None), "{statement}");
        let error = beside.expect_err("it shares no transaction");
        assert!(error.contains("transaction=none"), "{error}");
        assert!(error.contains("migrations/1_a.sql:2:1"), "{error}");
        let asked = load(&format!(
            "-- migrate: transaction=none\nSELECT 1;\n{statement};"
        ));
        assert_eq!(asked, Ok(TransactionMode::None), "{statement}");
    }
}

#[test]
fn what_only_the_catalog_tells_is_named_with_the_directive() {
    let database = Database::fresh();
    let files = |directive: &str| {
        let reindex = format!("{directive}REINDEX TABLE p;");
        let table = "CREATE TABLE p (x int PRIMARY KEY) PARTITION BY RANGE (x);";
        graph(&[("1_p.sql", table), ("2_r.sql", &reindex)])
    };
    let error = up(&database, &files("")).expect_err("p is partitioned");
    let shown = error.diagnose().to_string();
    assert!(
        shown.contains("hint: add `-- migrate: transaction=none`"),
        "{shown}"
    );
    up(&database, &files("-- migrate: transaction=none\n")).expect("up");
}
