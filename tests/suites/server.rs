//! The local server: scratch databases, the development server, and what is left when they end.

use migrate_tests::harness::{Cluster, Database, dump};

#[test]
fn each_test_has_a_database_of_its_own() {
    let (one, other) = (Database::fresh(), Database::fresh());
    one.execute("CREATE TABLE apples (id bigint PRIMARY KEY)");
    let copy = one.copy();
    assert!(dump(&one.url()).contains("CREATE TABLE public.apples"));
    assert_eq!(dump(&copy.url()), dump(&one.url()));
    assert_eq!(dump(&other.url()), "");
}

#[test]
fn a_private_server_is_gone_with_its_folder_when_dropped() {
    let cluster = Cluster::with(&[("wal_level", "logical")]);
    let row = cluster.client().query_one("SHOW wal_level", &[]).unwrap();
    assert_eq!(row.get::<_, String>(0), "logical");
    let process = std::path::PathBuf::from(format!("/proc/{}", cluster.pid()));
    assert!(process.exists());
    drop(cluster);
    assert!(!process.exists());
}
