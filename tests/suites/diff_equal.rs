//! What counts as the same and what as a change: types, defaults and indexes, pair by pair.

use cargo_migrate::schema::{Options, Plan, Snapshot, plan};
use migrate_tests::harness::{Database, server};

/// The plan between two schemas, without renames.
fn planned(from: &str, to: &str) -> Plan {
    let read = |ddl: &str| {
        let database = Database::fresh();
        database.execute(ddl);
        Snapshot::read(&mut database.client()).unwrap()
    };
    plan(&read(from), &read(to), &Options::default().no_renames()).unwrap()
}

/// Makes a table of each pair and gives the pairs whose plan is not as expected.
#[track_caller]
fn judge(before: &str, pairs: &[(&str, &str)], expected: bool, table: impl Fn(&str) -> String) {
    // Older servers can't read them.
    let newer = |text: &str| text.contains("NULLS NOT DISTINCT") || text.contains("NULLS DISTINCT");
    let pairs = pairs
        .iter()
        .filter(|(one, other)| server().major() >= 15 || !newer(one) && !newer(other));
    let pairs: Vec<_> = pairs.collect();
    let side = |pick: &dyn Fn(&(&str, &str)) -> String| -> String {
        let tables = pairs.iter().enumerate();
        let tables = tables.map(|(at, pair)| table(&pick(pair)).replace("{t}", &format!("t{at}")));
        before.to_owned() + &tables.collect::<Vec<_>>().concat()
    };
    let plan = planned(
        &side(&|pair| pair.0.to_owned()),
        &side(&|pair| pair.1.to_owned()),
    );
    let is_changed = |at: usize| {
        let name = format!("t{at}");
        let mut statements = plan.statements.iter();
        statements.any(|one| one.object.parent == name || one.object.name == name)
    };
    let wrong = pairs.iter().enumerate();
    let wrong: Vec<_> = wrong
        .filter(|(at, _)| is_changed(*at) != expected)
        .map(|(_, pair)| pair)
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}\n{}", plan.script());
}

const MOOD: &str = "CREATE TYPE mood AS ENUM ('sad', 'glad');\n";

fn of_type(data_type: &str) -> String {
    format!("CREATE TABLE {{t}} (c {data_type});\n")
}

#[test]
fn one_type_in_two_spellings_is_the_same() {
    let pairs = [
        ("varchar(30)", "CHARACTER VARYING (30)"),
        ("int", "int4"),
        ("integer", "INT"),
        ("char(1)", "character"),
        ("varchar", "character varying"),
        ("text", "TEXT"),
        ("float", "double precision"),
        ("float(10)", "real"),
        ("numeric", "decimal"),
        ("numeric(10,0)", "decimal(10)"),
        ("timestamp", "timestamp without time zone"),
        ("timestamptz", "timestamp with time zone"),
        ("bool", "boolean"),
        ("bigint", "int8"),
        ("smallint", "int2"),
        ("date", "DATE"),
        ("bytea", "bytea"),
        ("json", "json"),
        ("jsonb", "jsonb"),
        ("mood", "public.mood"),
        ("int[]", "int[3]"),
        ("text[]", "text ARRAY"),
        ("interval", "interval"),
        ("uuid", "uuid"),
    ];
    judge(MOOD, &pairs, false, of_type);
}

#[test]
fn types_of_another_family_or_size_differ() {
    let pairs = [
        ("varchar(30)", "varchar(40)"),
        ("varchar(30)", "varchar"),
        ("varchar", "varchar(30)"),
        ("text", "varchar(255)"),
        ("varchar", "int"),
        ("bigint", "int"),
        ("int", "smallint"),
        ("smallint", "bigint"),
        ("decimal(10,5)", "decimal(10,6)"),
        ("decimal(10,5)", "decimal(12,5)"),
        ("numeric(10,2)", "numeric(10)"),
        ("timestamp", "timestamptz"),
        ("timestamp(3)", "timestamp(6)"),
        ("json", "jsonb"),
        ("int[]", "bigint[]"),
        ("char(1)", "varchar(1)"),
        ("text", "text COLLATE \"C\""),
        ("text COLLATE \"C\"", "text COLLATE \"POSIX\""),
        ("text", "mood"),
        ("real", "double precision"),
    ];
    judge(MOOD, &pairs, true, of_type);
}

const FUNCTIONS: &str = "CREATE SEQUENCE s;\n";

fn with_default(column: &str) -> String {
    format!("CREATE TABLE {{t}} (c {column});\n")
}

#[test]
fn one_default_in_two_spellings_is_the_same() {
    let pairs = [
        ("text DEFAULT ''", "text DEFAULT ''::text"),
        (
            "varchar DEFAULT 'hi'",
            "varchar DEFAULT 'hi'::character varying",
        ),
        ("int DEFAULT 5", "int DEFAULT '5'"),
        ("double precision DEFAULT 5", "double precision DEFAULT 5.0"),
        ("real DEFAULT 5", "real DEFAULT 5.00"),
        ("numeric DEFAULT 5", "numeric DEFAULT 5.0"),
        ("numeric(10,2) DEFAULT 0.50", "numeric(10,2) DEFAULT 0.5"),
        (
            "interval DEFAULT '14 days'",
            "interval DEFAULT interval '14 days'",
        ),
        (
            "int[] DEFAULT (ARRAY[]::integer[])",
            "int[] DEFAULT ARRAY[]::int[]",
        ),
        (
            "timestamp DEFAULT TIMEZONE('utc', CURRENT_TIMESTAMP)",
            "timestamp DEFAULT timezone('utc',current_timestamp)",
        ),
        (
            "uuid DEFAULT gen_random_uuid()",
            "uuid DEFAULT pg_catalog.gen_random_uuid( )",
        ),
        (
            "text DEFAULT substring('name',1,3)",
            "text DEFAULT substring('name', 1, 3)",
        ),
        ("text DEFAULT 'it''s'", "text DEFAULT E'it\\'s'"),
        (
            "bigint DEFAULT nextval('s')",
            "bigint DEFAULT nextval('s'::regclass)",
        ),
        ("timestamptz DEFAULT now()", "timestamptz DEFAULT NOW()"),
        ("jsonb DEFAULT '{}'", "jsonb DEFAULT '{}'::jsonb"),
        ("boolean DEFAULT true", "boolean DEFAULT 't'"),
        ("serial", "serial"),
    ];
    judge(FUNCTIONS, &pairs, false, with_default);
}

#[test]
fn other_values_are_other_defaults() {
    let pairs = [
        ("int DEFAULT 5", "int DEFAULT 7"),
        ("text DEFAULT 'hello'", "text DEFAULT 'there'"),
        ("text DEFAULT 5", "text DEFAULT 5.0"),
        ("double precision DEFAULT 5", "double precision DEFAULT 50"),
        ("int", "int DEFAULT 0"),
        ("int DEFAULT 0", "int"),
        ("bigint", "bigint DEFAULT nextval('s')"),
        ("int", "serial"),
        ("text DEFAULT ''", "text"),
    ];
    judge(FUNCTIONS, &pairs, true, with_default);
}

fn with_index(index: &str) -> String {
    let unique = if index.starts_with("UNIQUE ") {
        "UNIQUE "
    } else {
        ""
    };
    let rest = index.trim_start_matches("UNIQUE ");
    format!(
        "CREATE TABLE {{t}} (a int, b int, x text, text_ops text, jb jsonb, ff float);\n\
         CREATE {unique}INDEX i_{{t}} ON {{t}} {rest};\n"
    )
}

#[test]
fn one_index_in_two_spellings_is_the_same() {
    let pairs = [
        ("(a ASC)", "(a)"),
        ("(a ASC NULLS LAST)", "(a)"),
        ("(a DESC NULLS FIRST)", "(a DESC)"),
        ("((jb->'x'))", "(( jb -> 'x' ))"),
        ("((cast(x as integer)))", "((x::integer))"),
        ("(text_ops)", "(text_ops)"),
        ("(x text_ops)", "(x)"),
        ("USING btree (a)", "(a)"),
        ("UNIQUE (a) NULLS DISTINCT", "UNIQUE (a)"),
        ("(a) WHERE a > 0", "(a) WHERE (a>0)"),
    ];
    judge("", &pairs, false, with_index);
}

#[test]
fn columns_order_uniqueness_and_expressions_make_another_index() {
    let pairs = [
        ("(a, b)", "(b, a)"),
        ("(a)", "UNIQUE (a)"),
        ("UNIQUE (a)", "(a)"),
        ("(a)", "(a DESC)"),
        ("(a)", "(a NULLS FIRST)"),
        ("(a DESC)", "(a DESC NULLS LAST)"),
        ("((jb->'x'))", "((jb->'y'))"),
        ("(lower(x))", "(upper(x))"),
        ("((ff + 1))", "((ff + 3))"),
        ("UNIQUE (a)", "UNIQUE (a) NULLS NOT DISTINCT"),
        ("UNIQUE (a) NULLS NOT DISTINCT", "UNIQUE (a)"),
        ("(x)", "(x text_pattern_ops)"),
        ("(lower(x) text_pattern_ops)", "(lower(x))"),
        ("(a)", "(a) INCLUDE (b)"),
        ("(a)", "(a) WHERE a > 0"),
        ("(a)", "USING hash (a)"),
        ("(a)", "(a) WITH (fillfactor = 70)"),
    ];
    judge("", &pairs, true, with_index);
}
