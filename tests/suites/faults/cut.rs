//! The connection is cut at every message, before it reaches the server and before its answer
//! reaches the client.

use std::sync::mpsc;

use build_support::ErrorKind;
use build_support::connect::Settings;
use build_support::engine::{EngineError, Event, Left, Operation, Options};
use migrate_tests::harness::{Cut, Database, Project, Wire, embedded, socket_folder};

use super::{STORY, expect_told_once, expected_schema, story};
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
        let Err(error @ EngineError::Failed(_)) = result else {
            continue;
        };
        assert_eq!(error.kind(), ErrorKind::InDoubt);
        let EngineError::Failed(failure) = error else {
            unreachable!("it is one");
        };
        assert_eq!(failure.left, Left::InDoubt);
        doubts += 1;
        let committed = !crate::engine::applied(&database).is_empty();
        let next = up(&database, &single).expect("settled");
        assert_eq!(next.is_up_to_date(), committed);
    }
    assert!(doubts > 0, "no cut hit the revision");
}

#[test]
fn a_run_over_its_own_connection_settles_every_cut_by_itself() {
    let schema = expected_schema();
    let mut applied_by_cut_runs = 0;
    for at in 0..14 {
        for cut in [Cut::BeforeQuery(at), Cut::BeforeAnswer(at)] {
            let what = format!("{cut:?}");
            let database = Database::fresh();
            let wire = Wire::to(&socket_folder(&database.url()), cut);
            let url = wire.url(database.name());
            let (teller, told) = mpsc::channel();
            let migrations = embedded(STORY).observer(move |event| {
                if let Event::Finished(done) = event {
                    teller.send(done.id.to_string()).expect("it is heard");
                }
            });
            let connected = migrations.connect(&url).expect("a URL");
            let report = connected
                .run()
                .unwrap_or_else(|error| panic!("{what}: {error}"));
            let told: Vec<String> = told.iter().collect();
            assert_eq!(told, ["1", "2", "3", "4"], "{what}: each is told, in order");
            expect_told_once(&database, &schema, &what);
            applied_by_cut_runs += report.done.len();
        }
    }
    // Whatever was in doubt is reported as what it turned out to be.
    assert_eq!(applied_by_cut_runs, 14 * 2 * STORY.len());
}

#[test]
fn a_step_that_counts_from_the_start_counts_once_over_two_connections() {
    for at in 0..8 {
        let database = Database::fresh();
        let wire = Wire::to(&socket_folder(&database.url()), Cut::BeforeAnswer(at));
        let project = Project::new();
        for (name, text) in STORY {
            project.write(format!("migrations/{name}"), text);
        }
        let url = wire.url(database.name());
        let all = ["up", "+1", "--dir", "migrations", "--database-url", &url];
        let output = project.cargo_migrate(&all);
        // The first read of the history may be the message that is cut: nothing is under way then.
        output.expect_success();
        assert_eq!(crate::engine::applied(&database), ["1"], "cut at {at}");
    }
}
