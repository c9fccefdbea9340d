//! `new`, `list-templates`, `edit` and `init` as a user meets them.

use std::io::Write as _;
use std::process::Stdio;

use migrate_tests::harness::{Output, Project};

/// Two roots are two heads: `1` and `2`, and `3` follows `1`.
fn with_revisions(files: &[(&str, &str)]) -> Project {
    let project = Project::new();
    for (name, text) in files {
        project.write(format!("migrations/{name}"), text);
    }
    project
}

/// A line of two revisions: `1_a`, then `2_b` with the label `accounts`.
fn line() -> Project {
    with_revisions(&[
        ("1_a.up.sql", "-- migrate: revises=base\n"),
        ("1_a.down.sql", ""),
        (
            "2_b.up.sql",
            "-- migrate: revises=1\n-- migrate: label=accounts\n",
        ),
        ("2_b.down.sql", ""),
    ])
}

/// Runs `new` with an id that does not change.
fn new(project: &Project, arguments: &[&str]) -> Output {
    let fixed = ["--rev-id", "20261122201530", "--dir", "migrations"];
    project.cargo_migrate(&[&["new"], arguments, &fixed].concat())
}

#[test]
fn new_writes_both_scripts_and_prints_their_files() {
    let project = Project::new();
    let output = new(
        &project,
        &["create_users", "email:varchar(255):not-null:unique"],
    );
    insta::assert_snapshot!(output, @r"
    exit code: 0
    ----- stdout -----
    migrations/20261122201530_create_users.up.sql
    migrations/20261122201530_create_users.down.sql
    ----- stderr -----
    created revision 20261122201530
    ");
    insta::assert_snapshot!(project.read("migrations/20261122201530_create_users.up.sql"), @r"
    -- Create users.
    -- migrate: revises=base

    CREATE TABLE users (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        email varchar(255) NOT NULL,
        CONSTRAINT uq_users_email UNIQUE (email)
    );
    ");
    insta::assert_snapshot!(project.read("migrations/20261122201530_create_users.down.sql"), @"DROP TABLE users;");
}

#[test]
fn new_answers_in_json() {
    let project = line();
    let output = new(&project, &["tidy up", "--format", "json"]);
    insta::assert_snapshot!(output.expect_success(), @r#"{"id":"20261122201530","files":["migrations/20261122201530_tidy_up.up.sql","migrations/20261122201530_tidy_up.down.sql"],"changes":[],"hazards":[]}"#);
}

#[test]
fn new_follows_the_only_head_and_says_what_it_is_told() {
    let project = line();
    let arguments = [
        "x",
        "-m",
        "Say this",
        "--label",
        "billing",
        "--depends-on",
        "1,accounts",
    ];
    new(&project, &arguments).expect_success();
    insta::assert_snapshot!(project.read("migrations/20261122201530_x.up.sql"), @r"
    -- Say this
    -- migrate: revises=2
    -- migrate: depends-on=1,accounts
    -- migrate: label=billing

    -- Write the SQL that applies this revision here.
    ");
}

#[test]
fn new_takes_the_next_free_second() {
    let project = Project::new();
    let id = |output: Output| output.json()["id"].as_str().expect("an id").to_owned();
    let new =
        || id(project.cargo_migrate(&["new", "x", "--dir", "migrations", "--format", "json"]));
    let (first, second) = (new(), new());
    assert_eq!(first.len(), 14);
    assert!(first < second, "{first} {second}");
}

#[test]
fn new_refuses_several_heads_and_takes_the_one_that_is_named() {
    let project = line();
    project.write("migrations/3_c.up.sql", "-- migrate: revises=1\n");
    insta::assert_snapshot!(new(&project, &["x"]), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: there are 2 heads: `2` (b), `3` (c)
    hint: name the one that it follows: `--head 2`
    hint: or join them first: `cargo migrate merge`
    hint: or move one line after the other: `cargo migrate rebase 3`
    ");
    assert_eq!(project.files("migrations").len(), 5);
    new(&project, &["x", "--head", "c"]).expect_success();
    let text = project.read("migrations/20261122201530_x.up.sql");
    assert!(text.contains("-- migrate: revises=3\n"), "{text}");
}

#[test]
fn new_merges_the_heads_that_are_named_but_none_twice() {
    let project = line();
    project.write("migrations/3_c.up.sql", "-- migrate: revises=1\n");
    new(
        &project,
        &["x", "--head", "2", "--head", "c", "--head", "b"],
    )
    .expect_failure(1);
    new(&project, &["x", "--head", "2,3"]).expect_success();
    let text = project.read("migrations/20261122201530_x.up.sql");
    assert!(text.contains("-- migrate: revises=2,3\n"), "{text}");
}

#[test]
fn new_begins_a_branch_only_with_splice() {
    let project = line();
    insta::assert_snapshot!(new(&project, &["x", "--head", "1"]), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: revision `1` is not a head: other revisions follow it
    hint: add `--splice` to begin a branch there
    ");
    assert_eq!(project.files("migrations").len(), 4);
    new(&project, &["x", "--head", "1", "--splice"]).expect_success();
    let heads = project.cargo_migrate(&["heads", "--dir", "migrations", "--format", "json"]);
    assert_eq!(heads.json()["heads"].as_array().map(Vec::len), Some(2));
}

#[test]
fn new_begins_a_root() {
    let project = line();
    new(&project, &["x", "--head", "base"]).expect_success();
    let text = project.read("migrations/20261122201530_x.up.sql");
    assert!(text.contains("-- migrate: revises=base\n"), "{text}");
}

#[test]
fn new_follows_the_layout_of_the_folder() {
    for (file, written) in [
        ("V1__a.sql", "V20261122201530__x.sql"),
        ("2018-07-10-061642_a/up.sql", "2026-11-22-201530_x/up.sql"),
        ("00000000000001_a/up.sql", "20261122201530_x/up.sql"),
        ("0001_a.sql", "20261122201530_x.up.sql"),
    ] {
        let project = with_revisions(&[(file, "SELECT 1;\n")]);
        let output = new(&project, &["x"]);
        let first = output.expect_success().lines().next();
        assert_eq!(first, Some(format!("migrations/{written}").as_str()));
    }
}

#[test]
fn new_takes_the_layout_that_is_configured_where_the_folder_is_empty() {
    let project = Project::new().with("MIGRATE_LAYOUT", "refinery");
    let output = new(&project, &["x"]);
    insta::assert_snapshot!(output.expect_success(), @r"
    migrations/V20261122201530__x.sql
    migrations/V20261122201530__x.down.sql
    ");
}

#[test]
fn new_refuses_what_it_can_not_read_and_writes_nothing() {
    let project = line();
    let errors = [
        &["add_phone_to_users", "phone:varchar(20):not_null"][..],
        &["add_index_on_users"],
        &["tune", "a:int"],
        &["x", "--template", "creat_table"],
        &["x", "--depends-on", "nothing"],
        &["x", "--label", "accounts"],
        &["x", "--label", "head"],
        &["!?"],
    ]
    .map(|arguments| new(&project, arguments).expect_failure(1).to_owned());
    insta::assert_snapshot!(errors.join(""), @r"
    error: field `phone:varchar(20):not_null`, character 19: `not_null` is a second type, after `varchar(20)`: did you mean `not-null`?
    hint: a field is `name[:type][:not-null][:unique][:primary-key][:index][:references(table[.column])][:on-delete=…][:default=EXPR][:backfill=EXPR]`
    error: the template `add_index` needs columns
    hint: for example: `cargo migrate new add_index_on_users email is_active`
    error: the template `empty` takes no fields, and there is `a:int`
    hint: the name says no table: `add_…_to_TABLE`, `create_TABLE`, `add_index_on_TABLE`
    hint: `cargo migrate list-templates` shows what a name can say
    error: there is no template `creat_table`
    hint: did you mean `create_table`?
    error: no revision matches `nothing`
    hint: `cargo migrate history` lists the revisions
    error: label `accounts` is declared by both `2` and `20261122201530`
      --> migrations/20261122201530_x.up.sql:3:19
       |
     3 | -- migrate: label=accounts
       |                   ^
    note: no file was written
    hint: give one of the two lines another label
    error: `head`: `head`, `heads`, `base` and `current` have a meaning of their own and can't be labels
    error: the name `!?` has neither letter nor digit
    ");
    assert_eq!(project.files("migrations").len(), 4);
}

#[test]
fn a_longer_id_of_diesel_is_not_ahead_of_the_clock() {
    let project = Project::new();
    for folder in ["2025-12-18-104956-0000_a", "2026-01-09-164812_b"] {
        project.write(format!("migrations/{folder}/up.sql"), "SELECT 1;\n");
    }
    let new = ["new", "c", "--dir", "migrations"];
    project.cargo_migrate(&new).expect_success();
    let heads = project.cargo_migrate(&["heads", "--dir", "migrations", "--format", "json"]);
    let head = heads.json()["heads"][0]["id"].clone();
    let head = head.as_str().expect("an id");
    assert!(head.len() == 14 && head > "20260109164812", "{head}");
}

#[test]
fn new_comes_after_files_that_are_ahead_of_the_clock_and_follow_by_their_ids() {
    let project = Project::new();
    project.write("migrations/1_a.sql", "SELECT 1;\n");
    project.write("migrations/99990101000000_b.sql", "SELECT 2;\n");
    let new = |arguments: &[&str]| {
        let arguments = [&["new"], arguments, &["--dir", "migrations"]].concat();
        project
            .cargo_migrate(&arguments)
            .expect_success()
            .to_owned()
    };
    assert_eq!(
        new(&["c"]),
        "migrations/99990101000001_c.up.sql\nmigrations/99990101000001_c.down.sql\n"
    );
    // Between the two files it would be the new parent of the second.
    assert_eq!(
        new(&["d", "--head", "1", "--splice"]),
        "migrations/99990101000002_d.up.sql\nmigrations/99990101000002_d.down.sql\n"
    );
    let heads = project.cargo_migrate(&["history", "--dir", "migrations"]);
    insta::assert_snapshot!(heads.expect_success(), @r"
    1 -> 99990101000002 (head), D.
    99990101000000 -> 99990101000001 (head), C.
    1 -> 99990101000000, b
    <base> -> 1 (branchpoint), a
    ");
}

#[test]
fn new_refuses_ids_that_are_no_integers_or_taken() {
    let project = line();
    let new = |id| project.cargo_migrate(&["new", "x", "--rev-id", id, "--dir", "migrations"]);
    let errors = ["a@b-c", "12ab", "002"].map(|id| new(id).expect_failure(1).to_owned());
    insta::assert_snapshot!(errors.join(""), @r"
    error: `a@b-c` is not a revision id: it holds `@`, `-`
    hint: leave `--rev-id` away, and the time is the id
    error: `12ab` is not a revision id: it must be an integer
    hint: leave `--rev-id` away, and the time is the id
    error: the id `002` is taken: the revision `2` has the same number
    hint: leave `--rev-id` away, and the time is the id
    ");
    assert_eq!(project.files("migrations").len(), 4);
}

/// Runs `new` with SQL on standard input.
fn new_from(project: &Project, sql: &str) -> Output {
    let arguments = [
        "new",
        "tune",
        "--sql",
        "-",
        "--rev-id",
        "7",
        "--dir",
        "migrations",
    ];
    let mut child = project
        .command(&arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the subcommand starts");
    let mut input = child.stdin.take().expect("it is piped");
    input.write_all(sql.as_bytes()).expect("written");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    Output {
        status: output.status.code(),
        stdout: project.redact(&output.stdout),
        stderr: project.redact(&output.stderr),
    }
}

#[test]
fn new_takes_sql_from_standard_input() {
    let project = Project::new();
    let sql = "-- migrate: transaction=none\nVACUUM;\n\n\n-- migrate: down\nSELECT 1;\n";
    new_from(&project, sql).expect_success();
    insta::assert_snapshot!(project.read("migrations/7_tune.up.sql"), @r"
    -- Tune.
    -- migrate: revises=base
    -- migrate: transaction=none

    VACUUM;
    ");
    assert_eq!(project.read("migrations/7_tune.down.sql"), "SELECT 1;\n");
}

#[test]
fn new_refuses_sql_that_could_not_run() {
    let project = Project::new();
    insta::assert_snapshot!(new_from(&project, "SELECT 1;\nCOMMIT;\n"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: this COMMIT has no BEGIN: it would end the transaction of the revision, whose record would be written apart from it
      --> migrations/7_tune.up.sql:5:1
       |
     5 | COMMIT;
       | ^
    note: no file was written
    hint: delete it: a revision runs in a transaction of its own
    hint: split the file at this place where two transactions are meant
    ");
    new_from(&project, " \n").expect_failure(1);
    assert_eq!(project.files("migrations"), [""; 0]);
}

#[test]
fn new_fills_in_the_projects_own_templates() {
    let project = Project::new().with("MIGRATE_TEMPLATE_DIR", "templates");
    project
        .write(
            "templates/create_table.sql",
            "CREATE TABLE {{ table }} ({{ lines | join(', ') }});\n",
        )
        .write(
            "templates/audit.sql",
            "SELECT audit('{{ table }}');\n-- migrate: down\nSELECT 0;\n",
        )
        .write("templates/wrong.sql", "{% if %}\n");
    new(&project, &["create_users", "email"]).expect_success();
    assert!(
        project
            .read("migrations/20261122201530_create_users.up.sql")
            .ends_with("\nCREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text);\n")
    );
    let audit = [
        "new",
        "add_x_to_users",
        "--template",
        "audit",
        "--dir",
        "migrations",
    ];
    project.cargo_migrate(&audit).expect_success();
    let list = project.cargo_migrate(&["list-templates", "--dir", "migrations"]);
    assert!(list.expect_success().contains("audit (the project's own)"));
    let wrong = ["new", "x", "--template", "wrong", "--dir", "migrations"];
    insta::assert_snapshot!(project.cargo_migrate(&wrong), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: template `wrong`, line 1: syntax error: unexpected end of block (in wrong:1)
    hint: mend the template in the project's `template-dir`
    ");
}

#[test]
fn new_needs_to_know_the_folder_where_there_are_several() {
    let project = Project::new();
    project.write("more/1_a.up.sql", "-- migrate: revises=base\n");
    let new = |arguments: &[&str]| {
        let dirs = ["--dir", "migrations", "--dir", "more", "--rev-id", "9"];
        project.cargo_migrate(&[&["new"], arguments, &dirs].concat())
    };
    insta::assert_snapshot!(new(&["x", "--head", "base"]), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the project has several folders of revisions, and no parent says which
    hint: name one of them with `--path FOLDER`
    ");
    insta::assert_snapshot!(new(&["x", "--path", "elsewhere"]), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: `elsewhere` is not a folder of revisions of this project
    hint: `--path migrations` is one
    hint: `--path more` is one
    ");
    assert_eq!(
        new(&["x"]).expect_success(),
        "more/9_x.up.sql\nmore/9_x.down.sql\n"
    );
}

#[test]
fn what_joins_lines_of_several_folders_lands_in_the_first_ones() {
    let project = Project::new();
    project.write("more/1_a.up.sql", "-- migrate: revises=base\n");
    project.write("migrations/2_b.up.sql", "-- migrate: revises=base\n");
    let dirs = ["--dir", "migrations", "--dir", "more", "--rev-id", "9"];
    let merge = |revisions: &[&str]| {
        project.cargo_migrate(&[&["merge", "-m", "join"], revisions, &dirs].concat())
    };
    assert_eq!(
        merge(&[]).expect_success(),
        "more/9_join.up.sql\nmore/9_join.down.sql\n"
    );
    fs_err::remove_file(project.path().join("more/9_join.up.sql")).expect("removed");
    fs_err::remove_file(project.path().join("more/9_join.down.sql")).expect("removed");
    assert_eq!(
        merge(&["2", "1"]).expect_success(),
        "migrations/9_join.up.sql\nmigrations/9_join.down.sql\n"
    );
}

#[test]
fn a_blank_message_is_none() {
    let project = Project::new();
    let new = ["new", "add_phone", "-m", " ", "--rev-id", "9"];
    let new = [&new[..], &["--dir", "migrations"]].concat();
    project.cargo_migrate(&new).expect_success();
    let text = project.read("migrations/9_add_phone.up.sql");
    assert!(text.starts_with("-- Add phone.\n"), "{text}");
}

/// A package with a manifest and nothing to build.
fn package(metadata: &str) -> Project {
    let project = Project::new();
    let manifest = format!("[package]\nname = \"app\"\nversion = \"0.1.0\"\n{metadata}");
    project
        .write("Cargo.toml", manifest)
        .write("src/main.rs", "fn main() {}\n");
    project
}

#[test]
fn new_names_files_in_the_configured_zone_and_runs_commands_on_them() {
    let project = package(
        "[package.metadata.migrate]\nfile-timezone = \"Asia/Kathmandu\"\nslug-length = 10\n\
         post-write = [\"cp -t copies\"]\n",
    );
    project.write("copies/.keep", "");
    let output = project.cargo_migrate(&["new", "this_is_a_long_name"]);
    assert!(
        output.expect_success().contains("_this_is_a_.up.sql\n"),
        "{output}"
    );
    assert_eq!(project.files("copies").len(), 3);

    let failing = package("[package.metadata.migrate]\npost-write = [\"false\"]\n");
    let output = failing.cargo_migrate(&["new", "x"]);
    let said = output.expect_failure(1);
    assert!(said.contains("`false` failed on"), "{said}");
    let lost = package("[package.metadata.migrate]\nfile-timezone = \"Middle/Earth\"\n");
    insta::assert_snapshot!(lost.cargo_migrate(&["new", "x"]), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: there is no time zone `Middle/Earth`
    hint: `file-timezone` takes names such as `UTC` or `Europe/Berlin`
    ");
}

/// The commands in back quotes of a text that begin so.
fn quoted<'a>(text: &'a str, begin: &str) -> Vec<&'a str> {
    text.split('`')
        .skip(1)
        .step_by(2)
        .filter(|code| code.starts_with(begin))
        .collect()
}

#[test]
fn new_writes_what_the_table_of_the_readme_says() {
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");
    let readme = fs_err::read_to_string(readme).expect("the readme is there");
    let table = readme.lines().filter(|line| line.starts_with('|'));
    let commands: Vec<&str> = table
        .flat_map(|line| quoted(line, "cargo migrate new "))
        .collect();
    assert!(commands.len() > 8, "{commands:?}");
    for command in commands
        .iter()
        .filter(|command| !command.contains("--autogenerate"))
    {
        let words: Vec<String> =
            command
                .split('"')
                .enumerate()
                .fold(Vec::new(), |mut words, (at, part)| {
                    match at % 2 {
                        0 => words.extend(part.split_whitespace().map(str::to_owned)),
                        _ => words.push(part.to_owned()),
                    }
                    words
                });
        let words: Vec<&str> = words.iter().skip(3).map(String::as_str).collect();
        let project = Project::new();
        let output = new(&project, &words);
        let up = output.expect_success().lines().next().expect("a file");
        let is_empty = project.read(up).contains("Write the SQL");
        assert_eq!(is_empty, words == ["manual_data_migration"], "{command}");
    }
}

#[test]
fn new_writes_nothing_that_no_editor_could_open() {
    let project = line();
    let output = new(&project, &["x", "--edit"]);
    assert!(output.expect_failure(1).contains("`EDITOR`"), "{output}");
    assert_eq!(project.files("migrations").len(), 4);
}

#[test]
fn edit_opens_both_files_in_the_editor() {
    let project = line().with("EDITOR", "sed -i 1i--edited");
    project
        .cargo_migrate(&["edit", "head", "--dir", "migrations"])
        .expect_success();
    assert!(
        project
            .read("migrations/2_b.up.sql")
            .starts_with("--edited\n")
    );
    let nobody = line();
    insta::assert_snapshot!(nobody.cargo_migrate(&["edit", "b", "--dir", "migrations"]), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: there is no editor to open the files with
    hint: set the variable `VISUAL` or `EDITOR`
    ");
}

#[test]
fn list_templates_shows_each_with_an_example() {
    let project = Project::new();
    let output = project.cargo_migrate(&["list-templates"]);
    let shown = output.expect_success();
    assert!(shown.contains("create_table: a table"), "{shown}");
    let json = project
        .cargo_migrate(&["list-templates", "--format", "json"])
        .json();
    let first = &json["templates"][0];
    assert_eq!(first["name"], "create_enum");
    assert_eq!(first["names"][0], "create_enum_{type}");
}

#[test]
fn init_prepares_a_package_once() {
    let project = package("");
    fs_err::remove_dir(project.path().join("migrations")).expect("removed");
    insta::assert_snapshot!(project.cargo_migrate(&["init"]), @r"
    exit code: 0
    ----- stdout -----
    created migrations
    created build.rs
    changed Cargo.toml
        // Before anything is served; it opens a connection of its own:
        let report = build_support::migrations!().connect(&url)?.run()?;
    ----- stderr -----
    add to `main.rs`:
    hint: `cargo migrate new create_users email:text:not-null` writes the first revision
    ");
    insta::assert_snapshot!(project.read("Cargo.toml"), @r#"
    [package]
    name = "app"
    version = "0.1.0"

    [package.metadata.migrate]
    dir = "migrations"

    [dependencies]
    build-support = { version = "0.1", features = ["postgres"] }

    [build-dependencies]
    build-support = { version = "0.1", default-features = false, features = ["build"] }
    "#);
    assert!(project.path().join("migrations/.gitattributes").is_file());
    assert!(
        project
            .read("build.rs")
            .contains("build_support::build::migrations(\"migrations\");")
    );
    insta::assert_snapshot!(project.cargo_migrate(&["init"]), @r"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    everything is there already
    hint: `cargo migrate new create_users email:text:not-null` writes the first revision
    ");
}

#[test]
fn init_says_what_it_can_not_do_itself() {
    let project = package("build = \"make.rs\"\n");
    project.write("make.rs", "include!(\"other.rs\");\n");
    let output = project.cargo_migrate(&["init"]);
    insta::assert_snapshot!(output.stderr, @r#"
    warning: `make.rs` stays as it is, because it has no `fn main`: add `build_support::build::migrations("migrations");`
    add to `main.rs`:
    hint: `cargo migrate new create_users email:text:not-null` writes the first revision
    "#);
}

#[test]
fn init_in_a_workspace_takes_the_package_that_is_named() {
    let project = Project::new();
    project
        .write(
            "Cargo.toml",
            "[workspace]\nmembers = [\"a\", \"b\"]\nresolver = \"3\"\n",
        )
        .write(
            "a/Cargo.toml",
            "[package]\nname = \"a\"\nversion = \"0.1.0\"\n",
        )
        .write("a/src/lib.rs", "")
        .write(
            "b/Cargo.toml",
            "[package]\nname = \"b\"\nversion = \"0.1.0\"\n",
        )
        .write("b/src/lib.rs", "");
    fs_err::remove_dir(project.path().join("migrations")).expect("removed");
    project.cargo_migrate(&["init"]).expect_failure(1);
    project.cargo_migrate(&["init", "-p", "a"]).expect_success();
    project
        .cargo_migrate(&["init", "--package-dir", "b"])
        .expect_success();
    for package in ["a", "b"] {
        assert!(project.path().join(package).join("build.rs").is_file());
        assert!(project.path().join(package).join("migrations").is_dir());
    }
}
