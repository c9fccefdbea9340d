//! What `docs/production.md` tells to do, done; and the tests that the documents name.

use std::collections::BTreeSet;
use std::path::Path;

use migrate_tests::harness::{Cluster, embedded};
use postgres::{Client, NoTls};

const FILES: &[(&str, &str)] = &[
    (
        "1_users.up.sql",
        "CREATE TABLE users (id int GENERATED ALWAYS AS IDENTITY, name text);",
    ),
    ("2_more.up.sql", "ALTER TABLE users ADD COLUMN age int;"),
];

fn document(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../docs")
        .join(name);
    fs_err::read_to_string(path).expect("the document")
}

fn connect(url: &str, role: &str) -> Client {
    let mut config: postgres::Config = url.parse().expect("a URL");
    config.user(role);
    config.connect(NoTls).expect("connected")
}

#[test]
fn the_roles_of_the_page_migrate_and_serve() {
    let page = document("production.md");
    let grants = page
        .split("```sql\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next());
    let cluster = Cluster::start();
    let url = cluster.database();
    let mut owner = Client::connect(&url, NoTls).expect("connected");
    owner
        .batch_execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        .expect("as in a new server");
    owner
        .batch_execute(grants.expect("the page has them"))
        .expect("they run");
    let (mut migrator, mut app) = (connect(&url, "migrator"), connect(&url, "app"));
    let first = || embedded(&FILES[..1]);
    let error = first().run(&mut app).expect_err("no right to create");
    assert!(
        error.to_string().contains("may not write the history"),
        "{error}"
    );
    assert_eq!(first().run(&mut migrator).expect("up").done.len(), 1);
    let revoke = page
        .split('`')
        .find(|text| text.starts_with("REVOKE INSERT"));
    migrator
        .batch_execute(revoke.expect("the page has it"))
        .expect("revoked");
    assert!(first().run(&mut app).expect("up to date").is_up_to_date());
    app.batch_execute("INSERT INTO users (name) VALUES ('ada')")
        .expect("its work");
    let error = embedded(FILES).run(&mut app).expect_err("one is pending");
    assert!(!error.is_retryable());
    let failure = error.failure().expect("the script goes first");
    assert!(failure.error.is("42501"), "{error}");
    assert_eq!(
        embedded(FILES).run(&mut migrator).expect("up").done.len(),
        1
    );
}

/// The names of the functions below a folder, and of its modules, each with its path.
fn names_below(folder: &str, prefix: &str, known: &mut BTreeSet<String>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut waiting = vec![(folder, prefix.to_owned())];
    while let Some((folder, module)) = waiting.pop() {
        for entry in fs_err::read_dir(&folder).expect("listed") {
            let path = entry.expect("listed").path();
            let stem = path
                .file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            let inner = match stem.as_str() {
                "mod" | "main" | "lib" => module.clone(),
                stem => format!("{module}{stem}::"),
            };
            if path.is_dir() {
                waiting.push((path, inner));
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs_err::read_to_string(&path).expect("read");
                known.insert(inner.trim_end_matches("::").to_owned());
                known.extend(functions(&text, &inner));
            }
        }
    }
}

/// The functions of a module, and those of its inner module of tests.
fn functions(text: &str, module: &str) -> Vec<String> {
    let named = |line: &str, module: &str| Some(format!("{module}{}", line.split('(').next()?));
    let inner = format!("{module}tests::");
    let of_line = |line: &str| match line.strip_prefix("fn ") {
        Some(line) => named(line, module),
        None => named(line.trim_start().strip_prefix("fn ")?, &inner),
    };
    text.lines().filter_map(of_line).collect()
}

#[test]
fn every_test_that_a_document_names_is_there() {
    let mut known = BTreeSet::new();
    names_below("suites", "", &mut known);
    names_below("drivers/tests", "", &mut known);
    names_below("../build-support/src", "", &mut known);
    names_below("../cargo-migrate/src", "", &mut known);
    // The drivers' suite is one file of that name.
    assert!(known.contains("drivers::the_same_schema_and_history_come_of_each"));
    for name in ["production.md", "faults.md"] {
        let text = document(name);
        let named = text.split('`').skip(1).step_by(2);
        let is_test = |name: &&str| {
            let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            name.contains("::") && name.split("::").all(|part| part.chars().all(legal))
        };
        let named: Vec<&str> = named.filter(is_test).collect();
        assert!(named.len() > 10, "{name} names {named:?}");
        let missing: Vec<&&str> = named
            .iter()
            .filter(|test| !known.contains(**test))
            .collect();
        assert!(missing.is_empty(), "{name}: {missing:?}");
    }
}
