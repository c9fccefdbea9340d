//! What an application pays for: the crates that `build-support` brings into its tree.

use std::{collections::BTreeSet, process::Command};

/// Crates that only the subcommand, the build script or the feature `command` may need.
const NOT_FOR_APPLICATIONS: &[&str] = &[
    "cargo_metadata",
    "cargo_migrate",
    "cargo_migrate_templates",
    "clap",
    "minijinja",
    "refinery_core",
    "serde_json",
    "toml",
    "walkdir",
];

/// Beyond its driver: this crate, `include_dir` and `thiserror`, the last two with their macros.
const OWN_CRATES: usize = 5;

/// The crates that an application links with `build-support` and these features of it.
fn tree(features: &str) -> BTreeSet<String> {
    crates(&[
        "build-support",
        "--no-default-features",
        "--features",
        features,
    ])
}

/// The crates that a binary links with a package.
fn crates(package: &[&str]) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--offline"])
        .args(["--edges", "normal", "--prefix", "none", "--format", "{lib}"])
        .arg("--package")
        .args(package)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("Cargo starts");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(|line| line.trim_end_matches(" (*)").to_owned())
        .filter(|library| !library.is_empty())
        .collect()
}

#[test]
fn an_application_gets_five_crates_beside_its_driver() {
    let driver = crates(&["postgres"]);
    let with_revisions = tree("embed,postgres");
    let added: Vec<_> = with_revisions.difference(&driver).collect();
    assert!(added.len() <= OWN_CRATES, "{added:?}");
}

#[test]
fn no_driver_brings_the_subcommands_crates() {
    for driver in ["postgres", "tokio-postgres", "diesel"] {
        let crates = tree(&format!("embed,tls,{driver}"));
        let brought: Vec<_> = NOT_FOR_APPLICATIONS
            .iter()
            .filter(|name| crates.contains(**name))
            .collect();
        assert!(brought.is_empty(), "{driver} brings {brought:?}");
    }
}

#[test]
fn refinery_is_paid_for_by_its_feature() {
    assert!(tree("embed,postgres,refinery").contains("refinery_core"));
}

#[test]
fn the_command_inside_a_binary_is_paid_for_by_its_feature() {
    assert!(tree("command").contains("clap"));
}

/// The features of `build-support` that a package, or an application with these features, turns on.
fn features_of(package: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--offline", "--edges", "normal"])
        .args(["--prefix", "none", "--format", "{lib} {f}", "--package"])
        .args(package)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("Cargo starts");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    let tree = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = tree
        .lines()
        .find_map(|line| line.strip_prefix("build_support "));
    line.expect("it is in the tree").to_owned()
}

#[test]
fn nobody_but_the_tests_can_be_told_to_die() {
    let of_tests = features_of(&["migrate-tests"]);
    assert!(of_tests.contains("failpoints"), "{of_tests}");
    let every_other = "build,command,derive,embed,folder,postgres,refinery,report,signals,testing,tls,tokio-postgres,tracing";
    for package in [
        &["cargo-migrate"][..],
        &["build-support"],
        &["build-support", "--features", every_other],
        &["example-service"],
    ] {
        let features = features_of(package);
        assert!(!features.contains("failpoints"), "{package:?}: {features}");
    }
}

/// A version as numbers, such as `1.85` or `1.85.0`.
fn version(text: &str) -> Vec<u32> {
    let parts = text.trim_matches('"').split('.').take(2);
    parts.map(|part| part.parse().expect("a number")).collect()
}

/// The minimum Rust version that a manifest states.
fn stated(manifest: &str) -> String {
    let path = format!("{}/../{manifest}", env!("CARGO_MANIFEST_DIR"));
    let text = fs_err::read_to_string(path).expect("a manifest");
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("rust-version = "));
    line.expect("it states one").trim_matches('"').to_owned()
}

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("Cargo starts");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {complaint}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn the_stated_rust_versions_are_enough_for_what_is_depended_on_and_the_readme_says_them() {
    let (tool, library) = (stated("Cargo.toml"), stated("build-support/Cargo.toml"));
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");
    let readme = fs_err::read_to_string(readme).expect("a readme");
    let sentence = format!("Rust {tool} or newer for the subcommand, {library} for the library");
    assert!(readme.contains(&sentence), "{sentence}");
    // Of other platforms' packages not all are at hand.
    let about = cargo(&["--version", "--verbose"]);
    let host = about.lines().find_map(|line| line.strip_prefix("host: "));
    let filter = ["--filter-platform", host.expect("Cargo names its host")];
    let metadata = ["metadata", "--locked", "--offline", "--format-version", "1"];
    let metadata = cargo(&[&metadata[..], &filter].concat());
    let metadata: serde_json::Value = serde_json::from_str(&metadata).expect("an object");
    let needs: std::collections::BTreeMap<String, String> = metadata["packages"]
        .as_array()
        .expect("packages")
        .iter()
        .filter_map(|package| {
            let name = package["name"].as_str()?.replace('-', "_");
            Some((name, package["rust_version"].as_str()?.to_owned()))
        })
        .collect();
    let features = "build,command,derive,embed,postgres,report,tls,tokio-postgres";
    for (crates, limit) in [
        (tree(features), &library),
        (crates(&["cargo-migrate"]), &tool),
    ] {
        for name in crates {
            let needed = needs.get(&name).map(|text| version(text));
            assert!(needed <= Some(version(limit)), "{name} needs {needed:?}");
        }
    }
}
