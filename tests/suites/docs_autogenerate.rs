//! `docs/autogenerate.md` names tests that there are.

use std::{collections::BTreeSet, path::Path};

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

fn tests_of(source: &str) -> Vec<String> {
    let lines = source.lines().filter_map(|line| line.strip_prefix("fn "));
    lines
        .filter_map(|line| line.split_once('('))
        .map(|(name, _)| name.to_owned())
        .collect()
}
