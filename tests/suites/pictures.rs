//! Pictures of the revisions and of the schema.

use migrate_tests::harness::{Database, Project};

const SCHEMA: &str = "CREATE TABLE users (id bigint PRIMARY KEY, boss bigint REFERENCES users);\n\
    CREATE TABLE \"odd <name>\" (user_id bigint NOT NULL REFERENCES users, note numeric(10,2));\n";

fn project(database: &Database) -> Project {
    let project = Project::on(database);
    project
        .write(
            "Cargo.toml",
            "[package]\nname = \"shop\"\nedition = \"2024\"\n[workspace]\n",
        )
        .write("src/lib.rs", "")
        .write("migrations/1_all.up.sql", SCHEMA);
    project.cargo_migrate(&["up"]).expect_success();
    project
}

#[test]
fn tables_and_foreign_keys_are_drawn_in_three_languages() {
    let database = Database::fresh();
    let project = project(&database);
    let draw = |language| project.cargo_migrate(&["graph", language, "--schema=database"]);
    insta::assert_snapshot!(draw("mermaid").expect_success(), @r#"
    erDiagram
      t0["\"odd <name>\""] {
        bigint user_id FK
        numeric(10_2) note
      }
      t1["users"] {
        bigint id PK
        bigint boss FK
      }
      t1 ||--o{ t0 : "user_id"
      t1 |o--o{ t1 : "boss"
    "#);
    let dot = draw("dot");
    assert!(
        dot.expect_success()
            .contains("\"users\":c1 -> \"users\" [style=dashed];"),
        "{dot}"
    );
    let svg = draw("svg");
    assert!(svg.expect_success().contains("odd &lt;name&gt;"), "{svg}");
    assert_eq!(svg.stdout.matches("<path ").count(), 2, "{svg}");
    assert!(!svg.stdout.contains("cargo_migrate"), "{svg}");
}

#[test]
fn what_the_revisions_build_is_drawn_without_a_database_of_theirs() {
    let database = Database::fresh();
    let project = project(&database);
    let live = project.cargo_migrate(&["graph", "--schema=database"]);
    let built = project.cargo_migrate(&["graph", "--schema"]);
    assert_eq!(built.expect_success(), live.expect_success());
}
