//! Revisions that fail: where, and what is left.

use build_support::{Diagnose, engine::EngineError};

use super::*;

fn failed(database: &Database, files: &[(&str, &str)]) -> String {
    let error = up(database, &graph(files)).expect_err("a failure");
    error.diagnose().to_string()
}

#[test]
fn a_failure_at_statement_2_of_3_leaves_nothing_of_it_and_keeps_the_earlier_ones() {
    let database = Database::fresh();
    let text = "-- Add orders.\nCREATE TABLE orders (id int);\nALTER TABLE orders ADD COLUMN placed timestampz NOT NULL;\nSELECT 1;";
    let shown = failed(
        &database,
        &[
            ("1_a.sql", "CREATE TABLE a ();"),
            ("2_add_orders.sql", text),
        ],
    );
    insta::assert_snapshot!(shown, @r#"
    error: revision `2` (Add orders.) failed at statement 2 of 3
      --> migrations/2_add_orders.sql:3:38
       |
     3 | ALTER TABLE orders ADD COLUMN placed timestampz NOT NULL;
       |                                      ^^^^^^^^^^ type "timestampz" does not exist [42704]
    note: the revision was rolled back; 1 earlier revision was applied, the database is at `1`
    hint: fix the file and run `cargo migrate up` again
    "#);
    assert_eq!(applied(&database), ["1"]);
    assert_eq!(
        value(&database, "SELECT to_regclass('orders') IS NULL"),
        "t"
    );
}

#[test]
fn an_error_without_a_position_is_placed_by_its_statement() {
    let database = Database::fresh();
    let text =
        "CREATE TABLE u (x int UNIQUE);\nINSERT INTO u VALUES (1);\n  INSERT INTO u VALUES (1);";
    let shown = failed(&database, &[("1_u.sql", text)]);
    insta::assert_snapshot!(shown, @r#"
    error: revision `1` (u) failed at statement 3 of 3
      --> migrations/1_u.sql:3:3
       |
     3 |   INSERT INTO u VALUES (1);
       |   ^^^^^^^^^^^^^^^^^^^^^^^^ duplicate key value violates unique constraint "u_x_key" [23505]
    note: detail: Key (x)=(1) already exists.
    note: the revision was rolled back; the database has no revision
    hint: fix the file and run `cargo migrate up` again
    "#);
}

#[test]
fn a_history_row_that_can_not_be_written_takes_the_revision_with_it() {
    let database = Database::fresh();
    up(&database, &graph(&[("1_a.sql", "CREATE TABLE a ();")])).expect("up");
    database.execute("ALTER TABLE cargo_migrate_history ADD CONSTRAINT no_more CHECK (id = '1')");
    let two = graph(&[
        ("1_a.sql", "CREATE TABLE a ();"),
        ("2_b.sql", "CREATE TABLE b ();"),
    ]);
    let error = up(&database, &two).expect_err("no row");
    assert!(matches!(error, EngineError::Failed(_)), "{error:?}");
    assert_eq!(value(&database, "SELECT to_regclass('b') IS NULL"), "t");
    assert_eq!(applied(&database), ["1"]);
}

#[test]
fn what_can_not_be_recorded_is_not_blamed_on_the_script() {
    let database = Database::fresh();
    let first = ("1_a.sql", "CREATE TABLE a ();");
    up(&database, &graph(&[first])).expect("up");
    database.execute("DROP TABLE cargo_migrate_log");
    let shown = failed(&database, &[first, ("2_b.sql", "CREATE TABLE b ();")]);
    insta::assert_snapshot!(shown, @r#"
    error: revision `2` (b) could not be recorded
      --> migrations/2_b.sql
       = relation "public.cargo_migrate_log" does not exist [42P01]
    note: the revision was rolled back; the database is at `1`
    hint: the history's tables are not as this version makes them: put back what was altered, as a new database has it
    "#);
    assert_eq!(value(&database, "SELECT to_regclass('b') IS NULL"), "t");
    database.execute("ALTER TABLE cargo_migrate_history DROP COLUMN slug");
    insta::assert_snapshot!(failed(&database, &[first]), @r"
    error: the database answered: column h.slug does not exist [42703]
    hint: the history's tables are not as this version makes them: put back what was altered, as a new database has it
    ");
}

#[test]
fn a_role_that_may_not_read_the_history_is_told_what_it_lacks() {
    let database = Database::fresh();
    let first = graph(&[("1_a.sql", "CREATE TABLE a ();")]);
    up(&database, &first).expect("up");
    let mut client = database.client();
    // Any role will do, and this one is on every server.
    client
        .batch_execute("SET ROLE pg_monitor")
        .expect("a superuser");
    let operation = Operation::Up(vec!["head".to_owned()]);
    let (result, _) = run(&mut client, &first, &Options::default(), operation);
    let error = result.expect_err("it may not");
    insta::assert_snapshot!(error.diagnose(), @r"
    error: the database answered: permission denied for table cargo_migrate_state [42501]
    hint: let the owner of the history's tables grant SELECT on them to this role
    ");
}

#[test]
fn a_lost_history_is_named_when_objects_exist_already() {
    let database = Database::fresh();
    database.execute("CREATE TABLE a ()");
    let shown = failed(&database, &[("1_a.sql", "CREATE TABLE a ();")]);
    assert!(
        shown.contains("the history is empty but the object exists"),
        "{shown}"
    );
}

#[test]
fn a_read_only_connection_is_told_only_when_something_is_pending() {
    let database = Database::fresh();
    let one = graph(&[("1_a.sql", "CREATE TABLE a ();")]);
    up(&database, &one).expect("up");
    let mut client = database.client();
    client
        .batch_execute("SET default_transaction_read_only = on")
        .expect("a setting");
    let head = || Operation::Up(vec!["head".to_owned()]);
    run(&mut client, &one, &Options::default(), head())
        .0
        .expect("nothing to do");
    let two = graph(&[
        ("1_a.sql", "CREATE TABLE a ();"),
        ("2_b.sql", "CREATE TABLE b ();"),
    ]);
    let error = run(&mut client, &two, &Options::default(), head())
        .0
        .expect_err("read only");
    assert!(
        matches!(
            error,
            EngineError::ReadOnly {
                pending: 1,
                standby: false
            }
        ),
        "{error:?}"
    );
}

#[test]
fn a_transaction_of_the_callers_is_not_committed_behind_its_back() {
    let database = Database::fresh();
    let files = [
        ("1_a.sql", "CREATE TABLE a ();"),
        ("2_b.sql", "CREATE TABLE b ();"),
        (
            "3_c.sql",
            "-- migrate: transaction=none\nCREATE TABLE c ();",
        ),
    ];
    let head = || Operation::Up(vec!["head".to_owned()]);
    for known in 0..3 {
        let mut client = database.client();
        let begin = "BEGIN; CREATE TABLE of_the_caller ()";
        client.batch_execute(begin).expect("a transaction");
        let graph = graph(&files[..=known]);
        let (result, _) = run(&mut client, &graph, &Options::default(), head());
        let error = result.expect_err("it is refused");
        insta::allow_duplicates! { insta::assert_snapshot!(error.diagnose(), @r"
        error: the connection is inside a transaction, and revisions have their own
        note: that transaction was rolled back; nothing was applied
        hint: run the revisions on a connection outside of a transaction
        ") };
        let left = "SELECT to_regclass('of_the_caller') IS NULL";
        assert_eq!(value(&database, left), "t");
        run(&mut client, &graph, &Options::default(), head())
            .0
            .expect("outside of it they are applied");
    }
    assert_eq!(applied(&database), ["1", "2", "3"]);
}

#[test]
fn options_that_the_server_would_refuse_are_no_fault_of_a_revision() {
    let database = Database::fresh();
    let graph = graph(&[("1_a.sql", "CREATE TABLE a ();")]);
    let refused = |options: Options| {
        let head = Operation::Up(vec!["head".to_owned()]);
        let (result, _) = run(&mut database.client(), &graph, &options, head);
        result.expect_err("refused").diagnose().to_string()
    };
    let variables = [("bad name".to_owned(), "v".to_owned())].into();
    insta::assert_snapshot!(refused(Options { variables, ..Options::default() }), @"error: `bad name` can't be the name of a variable, which has letters, digits and `_`");
    let role = Some(String::new());
    let said = refused(Options {
        role,
        ..Options::default()
    });
    assert!(
        said.starts_with("error: the role `` can't be taken"),
        "{said}"
    );
}

#[test]
fn a_large_script_goes_in_pieces_and_still_as_one() {
    let database = Database::fresh();
    let mut text = String::from("CREATE TABLE many (x int, y text);\n");
    for number in 0..6000 {
        text.push_str(&format!(
            "INSERT INTO many VALUES ({number}, 'padding padding padding padding padding;');\n"
        ));
    }
    let broken = format!("{text}SELECT nonsense;\n");
    let shown = failed(&database, &[("1_many.sql", &broken)]);
    assert!(shown.contains("1_many.sql:6002:8"), "{shown}");
    assert_eq!(value(&database, "SELECT to_regclass('many') IS NULL"), "t");
    up(&database, &graph(&[("1_many.sql", &text)])).expect("up");
    assert_eq!(value(&database, "SELECT count(*) FROM many"), "6000");
}
