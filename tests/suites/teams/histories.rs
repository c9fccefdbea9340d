//! Histories that do not fit the files: what happened is said, with the command that mends it.

use migrate_tests::harness::Database;

use super::Repository;

/// Three revisions in a line, all applied.
fn applied() -> (Repository, Database) {
    let (repository, database) = (Repository::new(), Database::fresh());
    repository.commit("2_orders", "1");
    repository.commit("3_items", "2");
    repository.migrate(&database, &["up"]).expect_success();
    (repository, database)
}

#[test]
fn a_history_that_lost_rows_is_told_from_a_revision_that_came_late() {
    let (repository, database) = applied();
    database.execute("DELETE FROM cargo_migrate_history WHERE id IN ('1', '2')");
    insta::assert_snapshot!(repository.migrate(&database, &["up"]), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the history is not whole: the rows of `1`, `2` are missing, although `3` was recorded as applied after them
    note: nothing was changed
    hint: restore the history's tables from the same backup as the rest
    hint: or, where all of their objects are there, run `cargo migrate stamp 3`, which records what is missing without running it
    ");
    let status = repository.migrate(&database, &["status"]);
    assert!(status.stderr.contains("cargo migrate stamp 3"), "{status}");
    repository
        .migrate(&database, &["stamp", "3"])
        .expect_success();
    repository
        .migrate(&database, &["check", "--pending"])
        .expect_success();
}

#[test]
fn a_wiped_history_is_told_when_the_objects_are_there() {
    let (repository, database) = applied();
    database.execute("DELETE FROM cargo_migrate_history");
    let failed = repository.migrate(&database, &["up"]);
    let said = failed.expect_failure(4);
    assert!(
        said.contains("relation \"users\" already exists"),
        "{failed}"
    );
    assert!(said.contains("cargo migrate stamp"), "{failed}");
    repository
        .migrate(&database, &["stamp", "head"])
        .expect_success();
    let up = repository.migrate(&database, &["up", "--format", "json"]);
    assert_eq!(up.json()["count"], 0, "{up}");
}

#[test]
fn one_id_for_two_revisions_is_told_from_an_edited_file() {
    let (repository, database) = applied();
    repository.git(&[
        "rm",
        "-q",
        "migrations/3_items.up.sql",
        "migrations/3_items.down.sql",
    ]);
    repository.commit("3_phones", "2");
    insta::assert_snapshot!(repository.migrate(&database, &["up"]), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: revision `3` is not the one that was applied under this id
      --> migrations/3_phones.up.sql
    note: `3` was applied as `items`, and the file is `phones`: two branches chose one id, or it was renamed and edited
    note: nothing was changed
    hint: bring back the file of `items`, and give `phones` another id in its file name
    hint: or, where it was only renamed and edited, run `cargo migrate repair 3` to accept it
    ");
}
