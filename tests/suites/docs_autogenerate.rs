//! `docs/autogenerate.md` and `docs/detection.md` name tests and cases that there are.

use std::{collections::BTreeSet, path::Path};

use migrate_tests::proof::{Case, read_cases};

#[test]
fn every_test_that_the_page_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs_err::read_to_string(root.join("../docs/autogenerate.md")).unwrap();
    let known: BTreeSet<String> = fs_err::read_dir(root.join("suites"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file() && path.extension().is_some_and(|end| end == "rs"))
        .flat_map(|path| tests_of(&fs_err::read_to_string(path).unwrap()))
        .collect();
    let named: BTreeSet<String> = page
        .split(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'))
        .filter(|word| word.matches('_').count() >= 2)
        .filter(|word| !word.starts_with("autogenerate_") && *word != "add_phone_to_users")
        .map(str::to_owned)
        .collect();
    assert!(named.len() > 25, "{named:?}");
    let missing: Vec<&String> = named.difference(&known).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Each row says in its last cell what shows it: `kind/name`, or `suite: `test``.
#[test]
fn every_row_of_detection_is_shown() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs_err::read_to_string(root.join("../docs/detection.md")).unwrap();
    let cases = read_cases(&root.join("cases/diff")).unwrap();
    let cases: BTreeSet<String> = cases.iter().map(Case::name).collect();
    let rows = page.lines().filter(|line| line.starts_with("| "));
    let rows: Vec<&str> = rows.filter(|row| !row.ends_with("shown by |")).collect();
    assert!(rows.len() >= 50, "{} rows", rows.len());
    let mut named = BTreeSet::new();
    for row in rows {
        let cell = row.trim_end_matches(" |").rsplit("| ").next().unwrap();
        assert!(cell.contains('`'), "nothing shows {row}");
        for one in cell.split(", ") {
            match one.split_once(": ") {
                None => assert!(cases.contains(one.trim_matches('`')), "{one} of {row}"),
                Some((suite, test)) => {
                    let file = root.join(format!("suites/{suite}.rs"));
                    let tests = tests_of(&fs_err::read_to_string(file).unwrap());
                    let test = test.trim_matches('`').to_owned();
                    assert!(tests.contains(&test), "{one} of {row}");
                }
            }
            named.insert(one.trim_matches('`').to_owned());
        }
    }
    let of_the_page =
        |case: &&String| case.starts_with("autogenerate/") || case.starts_with("hard/");
    let forgotten = cases
        .iter()
        .filter(of_the_page)
        .filter(|case| !named.contains(*case));
    assert_eq!(forgotten.collect::<Vec<_>>(), Vec::<&String>::new());
}

fn tests_of(source: &str) -> Vec<String> {
    let lines = source.lines().filter_map(|line| line.strip_prefix("fn "));
    lines
        .filter_map(|line| line.split_once('('))
        .map(|(name, _)| name.to_owned())
        .collect()
}
