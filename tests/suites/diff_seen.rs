//! What a diff can't compare is seen and reported, never passed over.

use cargo_migrate::schema::{Options, Snapshot, plan};
use insta::assert_snapshot;
use migrate_tests::harness::{Database, skipped};

const RARE: &str = "
CREATE EXTENSION citext;
CREATE TYPE shell;
CREATE TYPE own;
CREATE FUNCTION own_in(cstring) RETURNS own LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION own_out(own) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE TYPE own (INPUT = own_in, OUTPUT = own_out, LIKE = int4);
CREATE FUNCTION compare(int, numeric) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE OPERATOR FAMILY family USING btree;
ALTER OPERATOR FAMILY integer_ops USING btree ADD FUNCTION 1 compare(int, numeric);
CREATE OPERATOR CLASS class FOR TYPE int USING hash AS OPERATOR 1 =;
CREATE CONVERSION conversion FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
CREATE ACCESS METHOD heap2 TYPE TABLE HANDLER heap_tableam_handler;
CREATE TEXT SEARCH PARSER parser (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype);
CREATE TEXT SEARCH TEMPLATE template (LEXIZE = dsimple_lexize);
CREATE FUNCTION leaning() RETURNS int LANGUAGE sql AS 'SELECT 1';
ALTER FUNCTION leaning() DEPENDS ON EXTENSION citext;
CREATE SUBSCRIPTION away CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false);
CREATE LANGUAGE other HANDLER plpgsql_call_handler;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TABLE log (id int) PARTITION BY RANGE (id);
CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM (0) TO (1);
CREATE TRIGGER touched AFTER INSERT ON log FOR EACH ROW EXECUTE FUNCTION touch();
ALTER TABLE log_1 DISABLE TRIGGER touched;
SELECT lo_create(0);
";

#[test]
fn rare_kinds_are_reported_as_not_compared() {
    let (from, to) = (Database::fresh(), Database::fresh());
    for statement in RARE.split(";\n").filter(|sql| !sql.trim().is_empty()) {
        to.client().batch_execute(statement).expect(statement);
    }
    let read = |database: &Database| Snapshot::read(&mut database.client()).unwrap();
    let plan = plan(&read(&from), &read(&to), &Options::default()).unwrap();
    let seen: Vec<String> = plan
        .not_compared
        .iter()
        .map(|one| format!("{}: {}", one.kind, one.name))
        .collect();
    to.client()
        .batch_execute("ALTER SUBSCRIPTION away DISABLE")
        .unwrap();
    to.client()
        .batch_execute("ALTER SUBSCRIPTION away SET (slot_name = NONE)")
        .unwrap();
    to.client().batch_execute("DROP SUBSCRIPTION away").unwrap();
    assert_snapshot!(seen.join("\n"), @"
    access method: heap2
    base type: public.own
    base type: public.shell
    conversion: conversion
    dependence on an extension: function public.leaning() on citext
    function of a family: public.compare(integer,numeric) in integer_ops
    language: other
    large objects: 1
    operator class: class
    operator family: class
    operator family: family
    state of a trigger of a partition: touched on public.log_1
    subscription: away
    text search parser: parser
    text search template: template
    ");
}

/// A tablespace inside of the data folder needs no folder of its own; before 15 there is none.
#[test]
fn tables_and_indexes_move_to_another_tablespace() {
    let (from, to) = (Database::fresh(), Database::fresh());
    let version = Snapshot::read(&mut from.client()).unwrap().server_version;
    if version < 150_000 {
        skipped(&format!(
            "PostgreSQL {version} has no tablespaces inside of its data folder"
        ));
        return;
    }
    let space = format!("space_{}", to.name());
    let mut client = to.client();
    for statement in [
        "SET allow_in_place_tablespaces = on",
        &format!("CREATE TABLESPACE {space} LOCATION ''"),
    ] {
        client.batch_execute(statement).unwrap();
    }
    from.execute("CREATE TABLE t (id int PRIMARY KEY, a int); CREATE INDEX i ON t (a)");
    to.execute(&format!(
        "CREATE TABLE t (id int PRIMARY KEY USING INDEX TABLESPACE {space}, a int) TABLESPACE {space};
         CREATE INDEX i ON t (a) TABLESPACE {space}"
    ));
    let read = |database: &Database| Snapshot::read(&mut database.client()).unwrap();
    let way = plan(&read(&from), &read(&to), &Options::default()).unwrap();
    from.execute(&way.script());
    let rest = plan(&read(&from), &read(&to), &Options::default()).unwrap();
    drop((client, from, to));
    Database::fresh().execute(&format!("DROP TABLESPACE {space}"));
    assert_snapshot!(way.script().replace(&space, "[space]"), @"
    ALTER TABLE t SET TABLESPACE [space];

    ALTER INDEX t_pkey SET TABLESPACE [space];

    ALTER INDEX i SET TABLESPACE [space];
    ");
    assert_eq!(rest.statements, []);
}

/// A dump writes such columns otherwise; no statement makes one the other.
#[test]
fn it_is_told_which_columns_go_on_to_be_declared_or_only_inherited() {
    let (from, to) = (Database::fresh(), Database::fresh());
    let both = "CREATE TABLE base (id int, note text); CREATE TABLE other (id int, note text);";
    from.execute(&format!(
        "{both}
         CREATE TABLE begins () INHERITS (base);
         CREATE TABLE ceases (note text) INHERITS (base);
         CREATE TABLE joins (id int, note text);
         CREATE TABLE moves () INHERITS (base);
         CREATE TABLE stays (note text) INHERITS (base);
         CREATE TABLE leaves () INHERITS (base);"
    ));
    to.execute(&format!(
        "{both}
         CREATE TABLE begins (note text) INHERITS (base);
         CREATE TABLE ceases () INHERITS (base);
         CREATE TABLE joins (id int) INHERITS (base);
         CREATE TABLE moves (id int, note text) INHERITS (other);
         CREATE TABLE stays (note text) INHERITS (base);
         CREATE TABLE leaves (id int, note text);"
    ));
    let read = |database: &Database| Snapshot::read(&mut database.client()).unwrap();
    let told = || {
        let way = plan(&read(&from), &read(&to), &Options::default()).unwrap();
        let told: Vec<String> = way.notes.iter().map(ToString::to_string).collect();
        (way, told.join("\n"))
    };
    let (way, before) = told();
    assert_snapshot!(before, @"
    column `begins.note` stays: its table inherits it, and can't begin to declare it too
    column `ceases.note` stays: its table declares it, and can't begin to only inherit it
    column `joins.note` stays: its table declares it, and can't begin to only inherit it
    ");
    from.execute(&way.script());
    let (rest, after) = told();
    assert_eq!((rest.statements, after), (Vec::new(), before));
}
