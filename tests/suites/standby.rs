//! A primary and its hot standby: which of them is connected to, and what a run does there.

use build_support::connect::{Class, Settings};
use build_support::engine::{EngineError, Operation, Options, Outcome};
use build_support::graph::Graph;
use migrate_tests::harness::{Cluster, Standby, socket_folder};
use postgres::Client;

use crate::engine::{graph, run};

fn connect(hosts: &str, wanted: &str) -> Result<Client, build_support::connect::Error> {
    let text = format!("host={hosts} user=postgres target_session_attrs={wanted}");
    Settings::parse(&text).expect("settings").connect()
}

fn is_standby(client: &mut Client) -> bool {
    client
        .query_one("SELECT pg_is_in_recovery()", &[])
        .expect("an answer")
        .get(0)
}

fn up(client: &mut Client, graph: &Graph) -> Result<Outcome, EngineError> {
    run(
        client,
        graph,
        &Options::default(),
        Operation::Up(vec!["head".to_owned()]),
    )
    .0
}

#[test]
fn a_primary_and_its_standby_are_told_apart_and_a_standby_serves_what_is_up_to_date() {
    let primary = Cluster::with(Standby::PRIMARY);
    let one = graph(&[("1_a.up.sql", "CREATE TABLE a (id int);")]);
    let two = graph(&[
        ("1_a.up.sql", "CREATE TABLE a (id int);"),
        ("2_b.up.sql", "CREATE TABLE b (id int);"),
    ]);
    up(&mut primary.client(), &one).expect("applied");
    let standby = Standby::of(&primary);
    standby.catch_up(&primary);

    let first = socket_folder(&primary.database());
    let (first, second) = (first.display(), standby.socket().display());
    for hosts in [format!("{first},{second}"), format!("{second},{first}")] {
        for (wanted, expected) in [
            ("primary", false),
            ("read-write", false),
            ("standby", true),
            ("read-only", true),
            ("prefer-standby", true),
        ] {
            let mut client = connect(&hosts, wanted).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(is_standby(&mut client), expected, "{wanted} of {hosts}");
        }
    }
    let refused = connect(&second.to_string(), "primary")
        .err()
        .expect("no primary");
    assert_eq!(refused.class(), Class::WrongSession);

    let mut client = connect(&second.to_string(), "any").expect("connected");
    up(&mut client, &one).expect("nothing to do, nothing written");
    let pending = up(&mut client, &two).expect_err("it takes no writes");
    assert!(
        matches!(pending, EngineError::ReadOnly { standby: true, .. }),
        "{pending:?}"
    );
}
