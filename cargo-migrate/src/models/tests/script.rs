//! From the DDL back to the Rust file.

use super::read;

/// Where the first `needle` of the DDL came from.
fn place(text: &str, needle: &str) -> String {
    let script = read(text).unwrap().ddl();
    let offset = script.text().find(needle).expect("the DDL has it");
    script.place(offset).unwrap().to_string()
}

const MODEL: &str = r##"
#[derive(Table)]
#[table(name = "items", check("lenght(title) > 0"), index(columns(title), method = "gni"))]
struct Item {
    #[column(type = "varchr(20)")]
    title: String,
    #[column(default = r#"'a' || nwo()"#)]
    at: String,
    #[column(references(usres.id))]
    owner: i64,
    #[column(default = "'a\"b' || x")]
    escaped: String,
    /// A comment.
    count: i32,
}
"##;

#[test]
fn each_part_of_the_ddl_has_its_place() {
    assert_eq!(place(MODEL, "items ("), "src/models.rs:3:17");
    assert_eq!(place(MODEL, "varchr"), "src/models.rs:5:22");
    assert_eq!(place(MODEL, "title varchr"), "src/models.rs:6:5");
    assert_eq!(place(MODEL, "gni"), "src/models.rs:3:85");
    assert_eq!(place(MODEL, "integer"), "src/models.rs:14:12");
    assert_eq!(place(MODEL, "A comment"), "src/models.rs:13:5");
}

#[test]
fn an_expression_keeps_its_columns_where_it_is_written_literally() {
    assert_eq!(place(MODEL, "lenght"), "src/models.rs:3:32");
    assert_eq!(place(MODEL, "nwo()"), "src/models.rs:7:34");
    // An escaped literal has no letter by letter counterpart: its beginning stands for it.
    assert_eq!(place(MODEL, "|| x"), "src/models.rs:11:25");
}

#[test]
fn a_reference_points_at_the_target() {
    assert_eq!(place(MODEL, "REFERENCES usres"), "src/models.rs:9:25");
}

#[test]
fn statements_cover_the_text_in_order() {
    let script = read(MODEL).unwrap().ddl();
    let statements = script.statements().iter().map(|range| {
        let statement = &script.text()[range.clone()];
        statement
            .split_whitespace()
            .take(2)
            .collect::<Vec<_>>()
            .join(" ")
    });
    assert_eq!(
        statements.collect::<Vec<_>>(),
        ["CREATE TABLE", "CREATE INDEX", "ALTER TABLE", "COMMENT ON"]
    );
}
