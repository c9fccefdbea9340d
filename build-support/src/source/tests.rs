//! Loading as a whole: small folders in, revisions or errors out.

use std::{borrow::Cow, path::PathBuf, time::Duration};

use super::*;
use crate::{
    Diagnose,
    revision::{Layout, Pace, Phase, Revises, Revision, Script, TransactionMode},
};

fn files(files: &[(&str, &str)]) -> Vec<File> {
    let file = |(path, text): &(&str, &str)| File {
        path: (*path).to_owned(),
        root: PathBuf::from("m"),
        bytes: Cow::Owned(text.as_bytes().to_vec()),
    };
    files.iter().map(file).collect()
}

#[track_caller]
fn loaded(these: &[(&str, &str)]) -> Source {
    load(files(these)).unwrap_or_else(|errors| panic!("{errors}"))
}

/// The only revision of a folder with this up script.
#[track_caller]
fn up(text: &str) -> Revision {
    loaded(&[("1_a.sql", text)]).revisions.remove(0)
}

/// The errors, one a line, without `m/1_a.sql:`.
#[track_caller]
fn refused(text: &str) -> String {
    let errors = load(files(&[("1_a.sql", text)])).expect_err("it is refused");
    errors.to_string().replace("m/1_a.sql:", "")
}

fn statements(revision: &Revision) -> Vec<&str> {
    let text = revision.up.text.in_memory().expect("it is short");
    let ranges = revision.up.statements.iter();
    ranges.map(|range| &text[range.clone()]).collect()
}

#[test]
fn layouts_mix_freely_and_come_out_by_id() {
    let source = loaded(&[
        ("V3__c.sql", "SELECT 3;"),
        ("10_d.up.sql", "SELECT 4;"),
        ("10_d.down.sql", "SELECT -4;"),
        ("00-02_b/up.sql", "SELECT 2;"),
        ("00-02_b/down.sql", ""),
        ("1_a.sql", "-- One.\nSELECT 1;"),
    ]);
    let shown: Vec<String> = source
        .revisions
        .iter()
        .map(|revision| {
            format!(
                "{} {} {:?} {} {:?}",
                revision.id,
                revision.slug,
                revision.layout,
                revision.message,
                revision.down.as_ref().map(|down| down.path.clone())
            )
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    1 a Pair One. None
    0002 b Diesel b Some("m/00-02_b/down.sql")
    3 c Refinery c None
    10 d Pair d Some("m/10_d.down.sql")
    "#);
    assert_eq!(source.revisions[0].layout, Layout::Pair);
    assert_eq!(source.warnings, []);
}

#[test]
fn every_directive_is_read() {
    let revision = up("-- Add phone to users.\n\
        -- migrate: revises=20261115093000,b\n\
        -- migrate: depends-on=20261101000000\n\
        -- migrate: label=accounts\n\
        -- migrate: transaction=none lock-timeout=5s  statement-timeout=2min\n\
        -- migrate: irreversible=\"drops the raw events\"\n\
        -- migrate: compatible=no phase=contract\n\
        -- migrate: hazard=data-loss allow=data-loss,rewrite\n\
        -- migrate: replaces=20260101000000:20260901000000\n\
        SELECT 1;\n");
    let Revises::Listed(parents) = &revision.revises else {
        panic!("{:?}", revision.revises);
    };
    let places: Vec<String> = parents
        .iter()
        .map(|p| format!("{} {}", p.name, p.place))
        .collect();
    assert_eq!(
        places,
        ["20261115093000 m/1_a.sql:2:21", "b m/1_a.sql:2:36"]
    );
    assert_eq!(revision.message, "Add phone to users.");
    assert_eq!(revision.depends_on[0].name, "20261101000000");
    assert_eq!(revision.labels[0].name, "accounts");
    assert_eq!(revision.up.transaction, TransactionMode::None);
    assert_eq!(revision.up.lock_timeout, Some(Duration::from_secs(5)));
    assert_eq!(
        revision.up.statement_timeout,
        Some(Duration::from_secs(120))
    );
    assert_eq!(
        revision.irreversible.as_deref(),
        Some("drops the raw events")
    );
    assert!(!revision.compatible);
    assert_eq!(revision.phase, Phase::Contract);
    assert!(revision.hazards.iter().eq(["data-loss"]));
    assert!(revision.allow.iter().eq(["data-loss", "rewrite"]));
    let replaces = revision.replaces.expect("it replaces");
    assert_eq!(replaces.range.name, "20260101000000:20260901000000");
    assert!(replaces.ids.is_empty());
}

#[test]
fn without_directives_the_defaults_hold() {
    let revision = up("SELECT 1;");
    assert_eq!(revision.revises, Revises::Previous);
    assert_eq!(revision.up.transaction, TransactionMode::Own);
    assert!(revision.compatible);
    assert_eq!(up("-- migrate: revises=base\n").revises, Revises::Base);
}

#[test]
fn a_misspelt_hazard_is_named_with_its_place_and_a_rule_is_left_to_lint() {
    insta::assert_snapshot!(refused(
        "-- A.\n-- migrate: allow=lock,data_loss hazard=data-los\nSELECT 1;\n"
    ), @r"
    2:24: there is no hazard `data_loss`
    2:41: there is no hazard `data-los`
    ");
    let revision = up("-- migrate: allow=ban-drop-column,rewrite\nSELECT 1;\n");
    assert!(revision.allow.iter().eq(["ban-drop-column", "rewrite"]));
}

#[test]
fn wrong_directives_are_named_with_their_place() {
    insta::assert_snapshot!(refused(
        "-- migrate: revise=1\n\
         -- migrate: colour=red label=\n\
         -- migrate: transaction=off compatible=false phase=later\n\
         -- migrate: lock-timeout=5 statement-timeout=\"fast\"\n\
         -- migrate: revises=1,base\n\
         -- migrate: irreversible=\"not closed\n\
         -- migrate: allow=x,x replaces=5 label=a@b\n\
         -- migrate: revises=2\n\
         -- migrate depends-on=1\n\
         /* migrate: label=x */\n\
         SELECT 1;\n"
    ), @r"
    1:13: unknown directive `revise`
    2:13: unknown directive `colour`
    2:24: the directive `label` needs a value
    3:25: `off` is no value for `transaction`, which takes `own` or `none`
    3:40: `false` is no value for `compatible`, which takes `yes` or `no`
    3:52: `later` is no value for `phase`, which takes `expand` or `contract`
    4:26: `5` is no value for `lock-timeout`, which takes a number with its unit: `500ms`, `5s`, `2min`, `1h`, or `0`
    4:47: `fast` is no value for `statement-timeout`, which takes a number with its unit: `500ms`, `5s`, `2min`, `1h`, or `0`
    5:21: `1,base` is no value for `revises`, which takes the ids of its parents, or `base` alone
    6:13: the quote of `irreversible` is never closed
    7:21: `x` is listed twice
    7:32: `5` is no value for `replaces`, which takes two ids with a colon between
    7:34: the directive `label` is already given on line 2
    8:13: the directive `revises` is already given on line 5
    9:1: this line looks like a directive and is none
    10:4: a directive in a block comment is not read
    ");
}

#[test]
fn labels_that_mean_something_else_are_refused() {
    assert_eq!(
        refused("-- migrate: label=head,a@b"),
        "1:19: `head`, `heads`, `base` and `current` have a meaning of their own and can't be labels\n\
         1:24: a label can't hold `@`, which means something in the name of a revision"
    );
}

#[test]
fn a_misspelt_key_is_answered_with_the_near_one() {
    let errors =
        load(files(&[("1_a.sql", "-- migrate: revise=1\nSELECT 1;")])).expect_err("misspelt");
    insta::assert_snapshot!(errors.diagnose(), @r"
    error: unknown directive `revise`
      --> m/1_a.sql:1:13
       |
     1 | -- migrate: revise=1
       |             ^
    hint: did you mean `revises`?
    ");
}

#[test]
fn directives_belong_to_the_head_of_the_up_file() {
    assert_eq!(
        refused("SELECT 1;\n-- migrate: label=a\nSELECT -- migrate: batch\n2;"),
        "2:13: the directive `label` stands after the first statement\n\
         3:20: the directive `batch` stands after the first statement"
    );
    let errors = load(files(&[
        ("1_a.up.sql", ""),
        ("1_a.down.sql", "-- migrate: lock-timeout=1s label=a"),
    ]))
    .expect_err("a label in a down file");
    assert_eq!(
        errors.to_string(),
        "m/1_a.down.sql:1:29: the directive `label` has no meaning in a down script"
    );
}

#[test]
fn a_directive_inside_a_string_is_text() {
    assert_eq!(
        up("SELECT '\n-- migrate: nonsense=1\n';")
            .up
            .statements
            .len(),
        1
    );
    assert_eq!(
        up("DO $$\n-- migrate: nonsense=1\n$$;").up.statements.len(),
        1
    );
}

#[test]
fn other_tools_marks_count() {
    let none = |text| up(text).up.transaction;
    assert_eq!(
        none("-- no-transaction\nSELECT 1; SELECT 2;"),
        TransactionMode::None
    );
    assert_eq!(
        none("-- Why.\n-- no-transaction\nSELECT 1;"),
        TransactionMode::None
    );
    assert_eq!(none("SELECT 1; -- no-transaction"), TransactionMode::Own);
    let source = loaded(&[
        ("1_a/up.sql", "SELECT 1;"),
        ("1_a/down.sql", "SELECT 2;"),
        ("1_a/metadata.toml", "run_in_transaction = false\n"),
        ("2_b/up.sql", "SELECT 1;"),
        ("2_b/metadata.toml", "run_in_transaction = true\n"),
    ]);
    let [first, second] = &source.revisions[..] else {
        panic!("two revisions");
    };
    assert_eq!(first.up.transaction, TransactionMode::None);
    let down = first.down.as_ref().expect("a down script");
    assert_eq!(down.transaction, TransactionMode::None);
    assert_eq!(second.up.transaction, TransactionMode::Own);
}

#[test]
fn both_directions_in_one_file_are_refused() {
    let goose = "-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 2;";
    let dbmate = "-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 2;";
    let error = "3:1: the file holds the way down too, which would run right after the way up";
    assert_eq!(refused(goose), error);
    assert_eq!(
        refused(dbmate),
        "1:12: unknown directive `up`\n3:12: the file holds the way down too, which would run right after the way up"
    );
}

#[test]
fn paired_begin_and_commit_become_spaces() {
    let text = "BEGIN;\nSELECT 'é';\nCOMMIT; START TRANSACTION\n;SELECT 2; END;\nSELECT 3";
    let revision = up(text);
    assert_eq!(
        revision.up.text.whole().expect("it is short"),
        "      \nSELECT 'é';\n                         \n SELECT 2;     \nSELECT 3"
    );
    assert_eq!(revision.up.text.len(), text.len());
    assert_eq!(
        statements(&revision),
        ["SELECT 'é'", "SELECT 2", "SELECT 3"]
    );
    assert_eq!(revision.up.transaction, TransactionMode::Own);
}

#[test]
fn a_commit_that_is_no_sql_stays_for_the_server_to_refuse() {
    let source = loaded(&[("1_a.sql", "BEGIN;\nSELECT 1;\nCOMMIT:\n")]);
    let revision = &source.revisions[0];
    assert_eq!(statements(revision), ["SELECT 1", "COMMIT:"]);
    assert_eq!(
        source.warnings[0].to_string(),
        "m/1_a.sql:3:1: this COMMIT is a syntax error in PostgreSQL, so the script will fail there"
    );
}

#[test]
fn what_would_break_the_transaction_apart_is_refused() {
    for (text, error) in [
        ("BEGIN;\nSELECT 1;", "1:1: this BEGIN has no COMMIT"),
        (
            "SELECT 1;\nCOMMIT;",
            "2:1: this COMMIT has no BEGIN: it would end the transaction of the revision, \
             whose record would be written apart from it",
        ),
        (
            "BEGIN; BEGIN; COMMIT;",
            "1:8: this BEGIN stands inside another one",
        ),
        (
            "BEGIN; ROLLBACK;",
            "1:8: a ROLLBACK would undo the revision and leave its record",
        ),
        (
            "ABORT",
            "1:1: a ROLLBACK would undo the revision and leave its record",
        ),
        (
            "BEGIN; COMMIT AND CHAIN; COMMIT;",
            "1:8: `COMMIT AND CHAIN` would end the transaction of the revision",
        ),
        (
            "PREPARE TRANSACTION 'a'",
            "1:1: `PREPARE TRANSACTION` would take the transaction of the revision away from it",
        ),
    ] {
        assert_eq!(refused(text), error, "{text}");
    }
    up("SAVEPOINT a; SELECT 1; ROLLBACK TO a; RELEASE a;");
    up("DO $$ BEGIN COMMIT; END $$;");
}

#[test]
fn a_script_without_a_transaction_controls_none() {
    assert_eq!(
        refused("-- migrate: transaction=none\nBEGIN; SELECT 1; COMMIT;"),
        "2:1: a script of `transaction=none` runs statement by statement, so BEGIN has no meaning in it\n\
         2:18: a script of `transaction=none` runs statement by statement, so COMMIT has no meaning in it"
    );
}

#[test]
fn a_statement_that_needs_no_transaction_gets_none_when_it_is_alone() {
    let alone = "-- Index.\nCREATE INDEX CONCURRENTLY a ON b (c);\n-- done\n";
    assert_eq!(up(alone).up.transaction, TransactionMode::None);
    let beside = "CREATE INDEX CONCURRENTLY a ON b (c);\nSELECT 1;";
    let error = "1:1: PostgreSQL refuses `CREATE INDEX CONCURRENTLY` inside a transaction";
    assert_eq!(refused(beside), error);
    let directive = format!("-- migrate: transaction=none\n{beside}");
    assert_eq!(up(&directive).up.statements.len(), 2);
    let own = format!("-- migrate: transaction=own\n{alone}");
    assert_eq!(refused(&own), error.replace("1:1", "3:1"));
}

#[test]
fn the_refusal_names_the_directive() {
    let errors = load(files(&[("1_a.sql", "SELECT 1;\n  VACUUM a;")])).expect_err("refused");
    insta::assert_snapshot!(errors.diagnose(), @r"
    error: PostgreSQL refuses `VACUUM` inside a transaction
      --> m/1_a.sql:2:3
       |
     2 |   VACUUM a;
       |   ^
    hint: move the statement to a revision of its own
    hint: add `-- migrate: transaction=none` at the head of the file: its statements then commit one by one
    ");
}

#[test]
fn batches_point_at_their_statements() {
    let text = "-- migrate: transaction=none\nSELECT 1;\n-- migrate: batch\nUPDATE a SET b = 1;\n-- migrate: batch\nDELETE FROM a;";
    let batched = |script: &Script| -> Vec<usize> {
        script.batches.iter().map(|batch| batch.statement).collect()
    };
    assert_eq!(batched(&up(text).up), [1, 2]);
    let alone = up("-- Fill.\n-- migrate: batch\nUPDATE a SET b = 1;");
    assert_eq!(
        (alone.up.transaction, batched(&alone.up)),
        (TransactionMode::None, vec![0])
    );
    assert_eq!(
        refused("-- migrate: batch\nSELECT 1;\n-- migrate: batch\n"),
        "1:13: only UPDATE, DELETE and INSERT … SELECT can be done in batches\n\
         3:13: no statement follows `batch`"
    );
    assert_eq!(
        refused("SELECT 1;\n-- migrate: batch\nDELETE FROM a;"),
        "3:1: a batched statement commits batch by batch and can't run inside one transaction"
    );
}

#[test]
fn the_line_of_a_batch_says_its_pace() {
    let text = "-- migrate: batch rows=50 time=2s pause=100ms max-lag=10s key=a,b when=\"1 > 0\"\nDELETE FROM a;";
    let seconds = Duration::from_secs;
    let pace = Pace {
        rows: Some(50),
        time: Some(seconds(2)),
        pause: Duration::from_millis(100),
        max_lag: Some(seconds(10)),
        key: vec!["a".to_owned(), "b".to_owned()],
        when: Some("1 > 0".to_owned()),
    };
    assert_eq!(up(text).up.batches[0].pace, pace);
    assert_eq!(
        refused("-- migrate: batch row=1 rows=0 time\nDELETE FROM a;"),
        "1:19: `batch` has no `row`\n\
         1:25: `0` is no value for `rows`, which takes how many rows the first batch has, such as `1000`\n\
         1:32: `time` needs a value"
    );
    assert_eq!(
        refused("-- migrate: batch=9\nDELETE FROM a;"),
        "1:13: `9` is no value for `batch`, which takes no value; the size of the first batch is `batch rows=1000`"
    );
    assert_eq!(
        refused("-- migrate: transaction=none batch\nDELETE FROM a;"),
        "1:30: the directive `batch` stands on a line of its own, with what it says of the pace"
    );
}

#[test]
fn what_only_psql_can_do_is_refused() {
    assert_eq!(
        refused("\\set x 1\nSELECT 1 \\gset\n\\copy a from 'b'\n\\i c.sql"),
        "1:1: `\\set` is a command of psql, not SQL\n\
         2:10: `\\gset` is a command of psql, not SQL\n\
         3:1: `\\copy` is a command of psql, not SQL\n\
         4:1: `\\i` is a command of psql, not SQL"
    );
    assert_eq!(
        refused("COPY a (b) FROM stdin;\n1\tit's\n\\.\nSELECT 'x';\n"),
        "1:1: `COPY … FROM stdin` needs rows from the client, and a revision has only its file"
    );
    assert_eq!(
        refused("SELECT 1\nWHERE a = :b"),
        "2:11: `:b` is a variable of psql, not SQL"
    );
    up("SELECT '\\i x', E'\\n', $$ \\copy $$; -- \\i\n");
}

#[test]
fn what_is_left_open_is_named() {
    assert_eq!(
        refused("SELECT 1;\nSELECT 'a;\n"),
        "2:8: the string that begins here is never closed"
    );
    assert_eq!(
        refused("SELECT (\n"),
        "1:8: the parenthesis that begins here is never closed"
    );
}

#[test]
fn two_files_for_one_thing_are_both_named() {
    let errors = |these: &[(&str, &str)]| load(files(these)).expect_err("a clash").to_string();
    assert_eq!(
        errors(&[("1_a.sql", ""), ("1_b.up.sql", "")]),
        "m/1_b.up.sql: `m/1_a.sql` and `m/1_b.up.sql` are both the up script of revision `1`"
    );
    assert_eq!(
        errors(&[("1_a.sql", ""), ("V1__a.sql", "")]),
        "m/V1__a.sql: `m/1_a.sql` and `m/V1__a.sql` are both the up script of revision `1`"
    );
    assert_eq!(
        errors(&[("1_a.sql", ""), ("1_a.down.sql", ""), ("1_b.down.sql", "")]),
        "m/1_b.down.sql: `m/1_a.down.sql` and `m/1_b.down.sql` are both the down script of revision `1`"
    );
    assert_eq!(
        errors(&[("1_a.sql", ""), ("001_b.sql", "")]),
        "m/1_a.sql: the ids `001` of `m/001_b.sql` and `1` of `m/1_a.sql` are the same number"
    );
    assert_eq!(
        errors(&[("R__a.sql", ""), ("R__A.sql", "")]),
        "m/R__A.sql: `m/R__a.sql` and `m/R__A.sql` are both the repeatable script `A`"
    );
}

#[test]
fn all_errors_come_at_once_and_by_place() {
    let errors = load(files(&[
        ("2_b.sql", "COMMIT;"),
        ("1_a.sql", "-- migrate: nonsense=1\nSELECT 'x;"),
        ("3_c.sql", ""),
        ("3_d.sql", ""),
    ]))
    .expect_err("three of four files");
    let places: Vec<String> = errors
        .iter()
        .filter_map(|error| error.place.as_ref().map(ToString::to_string))
        .collect();
    assert_eq!(
        places,
        [
            "m/1_a.sql:1:13",
            "m/1_a.sql:2:8",
            "m/2_b.sql:1:1",
            "m/3_d.sql"
        ]
    );
}

#[test]
fn repeatable_scripts_are_apart() {
    let source = loaded(&[(
        "R__views.sql",
        "-- All views.\n-- migrate: lock-timeout=1s\nSELECT 1;",
    )]);
    let repeatable = &source.repeatable[0];
    assert_eq!(
        (repeatable.name.as_str(), repeatable.message.as_str()),
        ("views", "All views.")
    );
    assert_eq!(repeatable.script.lock_timeout, Some(Duration::from_secs(1)));
    assert_eq!(source.revisions, []);
    let errors = load(files(&[("R__v.sql", "-- migrate: revises=1")])).expect_err("no parents");
    assert_eq!(
        errors.to_string(),
        "m/R__v.sql:1:13: the directive `revises` has no meaning in a repeatable script"
    );
}

#[test]
fn files_that_were_meant_as_revisions_give_a_warning() {
    let source = loaded(&[
        ("1_a.go", ""),
        ("schema.sql", ""),
        ("old/1_a.sql", ""),
        ("old/2_b.sql", ""),
        ("README.md", ""),
    ]);
    let warnings: Vec<String> = source.warnings.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(warnings.join("\n"), @r"
    m/1_a.go: it is named like a revision, but only SQL files are revisions; it is ignored
    m/old: folders inside the folder of revisions are ignored, and this one holds files named like revisions
    m/schema.sql: its name begins with no id; it is ignored
    ");
}

#[test]
fn a_bom_and_line_endings_change_no_checksum_and_no_place() {
    let plain = up("-- a\nSELECT 1;\n");
    let windows = up("\u{feff}-- a\r\nSELECT 1;\r\n");
    assert_eq!(plain.up.checksum, windows.up.checksum);
    assert_eq!(statements(&windows), ["SELECT 1"]);
    assert_eq!(refused("\u{feff}COMMIT"), refused("COMMIT"));
}

#[test]
fn up_and_down_have_checksums_of_their_own() {
    let one = loaded(&[("1_a.sql", "SELECT 1;"), ("1_a.down.sql", "SELECT 2;")]);
    let other = loaded(&[("1_a.sql", "SELECT 1;"), ("1_a.down.sql", "SELECT 3;")]);
    assert_eq!(one.revisions[0].up.checksum, other.revisions[0].up.checksum);
    assert_ne!(one.revisions[0].down, other.revisions[0].down);
}

#[test]
fn a_down_script_that_can_never_run_is_only_a_warning() {
    let source = loaded(&[
        ("1_a.up.sql", ""),
        ("1_a.down.sql", " DO $$ x;\n"),
        ("2_b.down.sql", ""),
    ]);
    let down = source.revisions[0].down.as_ref().expect("a down script");
    let text = down.text.in_memory().expect("it is short");
    assert_eq!(&text[down.statements[0].clone()], "DO $$ x;");
    let warnings: Vec<String> = source.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        [
            "m/1_a.down.sql:1:5: the dollar-quoted string that begins here is never closed, so the script will fail",
            "m/2_b.down.sql: revision `2` has a down script and no up script; it is ignored",
        ]
    );
}
