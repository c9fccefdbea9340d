//! The connection is cut at every message, before it reaches the server and before its answer
//! reaches the client.

use build_support::connect::Settings;
use build_support::engine::{EngineError, Left, Operation, Options};
use migrate_tests::harness::{Cut, Database, Wire, socket_folder};

use super::{expect_told_once, expected_schema, story};
use crate::engine::{run, up};

/// Lays a wire to the database and runs the story through it.
fn run_through(database: &Database, cut: Cut) -> (Wire, Result<(), EngineError>) {
    let wire = Wire::to(&socket_folder(&database.url()), cut);
    let settings = Settings::parse(&wire.url(database.name())).expect("a URL");
    let mut client = settings.connect().expect("connected");
    let operation = Operation::Up(vec!["head".to_owned()]);
    let (result, _) = run(&mut client, &story(), &Options::default(), operation);
    (wire, result.map(drop))
}

#[test]
fn cut_at_any_message_the_next_run_tells_the_story_to_its_end_once() {
    let schema = expected_schema();
    let untouched = Database::fresh();
    let (wire, result) = run_through(&untouched, Cut::Nowhere);
    result.expect("nothing is cut");
    expect_told_once(&untouched, &schema, "no cut");
    let messages = wire.queries();
    assert!(
        messages > 8,
        "{messages} messages are too few to be the whole story"
    );
    for at in 0..messages {
        for cut in [Cut::BeforeQuery(at), Cut::BeforeAnswer(at)] {
            let what = format!("{cut:?} of {messages}");
            let database = Database::fresh();
            let (_, result) = run_through(&database, cut);
            assert!(result.is_err(), "{what} was not noticed");
            up(&database, &story()).unwrap_or_else(|error| panic!("{what}: {error:?}"));
            expect_told_once(&database, &schema, &what);
        }
    }
}

#[test]
fn a_commit_whose_answer_is_lost_is_in_doubt_and_settled_by_the_next_run() {
    let single = crate::engine::graph(&[("1_log.up.sql", "CREATE TABLE log (id int);")]);
    let lost = |cut| {
        let database = Database::fresh();
        // The history is there already, so that the run is about the revision alone.
        up(&database, &build_support::graph::Graph::default()).expect("an empty run");
        let wire = Wire::to(&socket_folder(&database.url()), cut);
        let settings = Settings::parse(&wire.url(database.name())).expect("a URL");
        let mut client = settings.connect().expect("connected");
        let operation = Operation::Up(vec!["head".to_owned()]);
        let (result, _) = run(&mut client, &single, &Options::default(), operation);
        (database, result)
    };
    let mut doubts = 0;
    for at in 0..12 {
        let (database, result) = lost(Cut::BeforeAnswer(at));
        let Err(EngineError::Failed(failure)) = result else {
            continue;
        };
        assert_eq!(failure.left, Left::InDoubt);
        doubts += 1;
        let committed = !crate::engine::applied(&database).is_empty();
        let next = up(&database, &single).expect("settled");
        assert_eq!(next.is_up_to_date(), committed);
    }
    assert!(doubts > 0, "no cut hit the revision");
}
