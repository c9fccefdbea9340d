//! Where settings come from and which wins.

use migrate_tests::harness::{Database, Project};

use super::{line, package, revision};

fn value(project: &Project, key: &str) -> String {
    let output = project.cargo_migrate(&["config", key]);
    output.expect_success().trim_end().to_owned()
}

#[test]
fn a_flag_wins_over_the_environment_that_over_dotenv_that_over_metadata() {
    let project = package(Project::new());
    assert_eq!(value(&project, "history-table"), "cargo_migrate_history");
    let manifest = project.read("Cargo.toml");
    project.write(
        "Cargo.toml",
        format!("{manifest}[workspace.metadata.migrate]\nhistory-table = \"w\"\n"),
    );
    assert_eq!(value(&project, "history-table"), "w");
    let manifest = project.read("Cargo.toml");
    project.write(
        "Cargo.toml",
        format!("{manifest}[package.metadata.migrate]\nhistory-table = \"p\"\n"),
    );
    assert_eq!(value(&project, "history-table"), "p");
    project.write(
        ".env",
        "MIGRATE_HISTORY_TABLE=d\nDATABASE_URL=postgres://me:canary@h/d\n",
    );
    assert_eq!(value(&project, "history-table"), "d");
    let project = project.with("MIGRATE_HISTORY_TABLE", "e");
    assert_eq!(value(&project, "history-table"), "e");
    assert_eq!(value(&project, "database-url"), "postgres://me:***@h/d");
    let output =
        project.cargo_migrate(&["config", "database-url", "--database-url", "postgres://f/"]);
    assert_eq!(output.expect_success(), "postgres://f/\n");
}

#[test]
fn config_names_the_line_of_each_key_and_hides_passwords() {
    let project = package(Project::new()).with("DATABASE_URL", "postgres://me:canary@h/d");
    let manifest = project.read("Cargo.toml");
    project.write(
        "Cargo.toml",
        format!("{manifest}[package.metadata.migrate]\nslug-length = 30\n"),
    );
    let output = project.cargo_migrate(&["config", "--format", "json"]);
    output.expect_success();
    let settings = &output.json()["settings"];
    assert_eq!(settings["slug-length"]["value"], 30);
    assert_eq!(settings["slug-length"]["from"], "Cargo.toml:6");
    assert_eq!(
        settings["database-url"]["from"],
        "environment: DATABASE_URL"
    );
    assert!(!output.stdout.contains("canary"), "{output}");
}

#[test]
fn an_unknown_key_is_an_error_in_its_line_that_suggests_the_near_one() {
    let project = package(Project::new());
    let manifest = project.read("Cargo.toml");
    project.write(
        "Cargo.toml",
        format!("{manifest}[package.metadata.migrate]\nhistroy-table = \"x\"\n"),
    );
    let output = project.cargo_migrate(&["heads"]);
    insta::assert_snapshot!(output.expect_failure(1), @r#"
    error: unknown key `histroy-table` in `[package.metadata.migrate]`
      --> Cargo.toml:6:1
       |
     6 | histroy-table = "x"
       | ^^^^^^^^^^^^^
    hint: did you mean `history-table`?
    "#);
}

#[test]
fn a_value_of_the_wrong_shape_is_an_error_in_its_line() {
    let project = package(Project::new());
    let manifest = project.read("Cargo.toml");
    project.write(
        "Cargo.toml",
        format!("{manifest}[package.metadata.migrate]\nheads = \"two\"\n"),
    );
    let output = project.cargo_migrate(&["heads"]);
    insta::assert_snapshot!(output.expect_failure(1), @r#"
    error: `heads` must be one of `one`, `many`, not `two`
      --> Cargo.toml:6:1
       |
     6 | heads = "two"
       | ^
    "#);
}

#[test]
fn a_package_is_found_from_a_folder_inside_it_and_by_its_name() {
    let database = Database::fresh();
    let project = Project::on(&database);
    fs_err::remove_dir(project.path().join("migrations")).expect("it is empty");
    project.write(
        "Cargo.toml",
        "[workspace]\nmembers = [\"a\", \"b\"]\nresolver = \"3\"\n",
    );
    for name in ["a", "b"] {
        let manifest = format!("[package]\nname = \"{name}\"\nedition = \"2024\"\n");
        project.write(format!("{name}/Cargo.toml"), manifest);
        project.write(format!("{name}/src/lib.rs"), "");
        project.write(format!("{name}/migrations/1_{name}.up.sql"), "SELECT 1;");
    }
    let mut inside = project.command(&["heads"]);
    let output = project.finish(inside.current_dir(project.path().join("b/src")));
    assert_eq!(output.expect_success(), "1 (head), b\n");
    assert_eq!(
        project
            .cargo_migrate(&["heads", "-p", "a"])
            .expect_success(),
        "1 (head), a\n"
    );
    let output = project.cargo_migrate(&["heads", "--manifest-path", "b/Cargo.toml"]);
    assert_eq!(output.expect_success(), "1 (head), b\n");
    let output = project.cargo_migrate(&["heads"]);
    assert!(
        output
            .expect_failure(1)
            .contains("hint: pass `--package a`"),
        "{output}"
    );
    let output = project.cargo_migrate(&["heads", "-p", "c"]);
    assert!(
        output.expect_failure(1).contains("no package `c`"),
        "{output}"
    );
}

#[test]
fn with_dir_there_need_be_no_cargo_project() {
    let database = Database::fresh();
    let project = Project::on(&database);
    revision(&project, "1_users", "base", "CREATE TABLE users ();", "");
    let output = project.cargo_migrate(&["heads"]);
    assert!(
        output.expect_failure(1).contains("--dir FOLDER"),
        "{output}"
    );
    project
        .cargo_migrate(&["up", "--dir", "migrations"])
        .expect_success();
    database.execute("SELECT FROM users");
}

#[test]
fn a_deploy_never_falls_back_to_the_local_server() {
    let project = package(Project::new());
    revision(&project, "1_users", "base", "SELECT 1;", "");
    let cases: [(&[&str], &str); 2] = [(&["up", "--release"], ""), (&["up"], "true")];
    for (arguments, ci) in cases {
        let mut command = project.command(arguments);
        let output = project.finish(command.env("CI", ci));
        let said = output.expect_failure(1);
        assert!(
            said.contains("no database is given: `DATABASE_URL` is not set"),
            "{said}"
        );
    }
    let output = project.cargo_migrate(&["up", "--dir", "migrations"]);
    assert!(
        output.expect_failure(1).contains("with `--dir`"),
        "{output}"
    );
}

#[test]
fn each_of_several_databases_has_its_own_settings() {
    let (main, audit) = (Database::fresh(), Database::fresh());
    let project = line(&main).with("AUDIT_URL", audit.url());
    let manifest = project.read("Cargo.toml");
    let tables = "[package.metadata.migrate.databases.main]\n\
                  [package.metadata.migrate.databases.audit]\ndir = \"audit\"\ndatabase-url-env = \"AUDIT_URL\"\n";
    project.write("Cargo.toml", format!("{manifest}{tables}"));
    project.write("audit/9_events.up.sql", "CREATE TABLE events ();");
    project
        .cargo_migrate(&["up", "--database", "audit"])
        .expect_success();
    audit.execute("SELECT FROM events");
    assert!(main.client().simple_query("SELECT FROM users").is_err());
    project
        .cargo_migrate(&["up", "--all-databases"])
        .expect_success();
    main.execute("SELECT FROM users");
    let output = project.cargo_migrate(&["up", "--database", "audits"]);
    assert!(
        output.expect_failure(1).contains("did you mean `audit`?"),
        "{output}"
    );
}

#[test]
fn a_misspelt_name_of_a_setting_is_answered_with_the_near_one() {
    let project = package(Project::new());
    let output = project.cargo_migrate(&["config", "histroy-table"]);
    assert!(
        output
            .expect_failure(1)
            .contains("did you mean `history-table`?"),
        "{output}"
    );
}
