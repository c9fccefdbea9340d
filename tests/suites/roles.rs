//! Roles that revisions speak of and that a scratch server has not.

use migrate_tests::harness::{Database, Output, Project, environment, server};

use crate::autogenerate::package_of_sql;

const USERS: &str = "CREATE TABLE users (id bigint PRIMARY KEY, name text);\n";

/// Privileges, owners, policies and default privileges, in scripts of each kind.
fn write_revisions(project: &Project) {
    for (file, text) in [
        ("1_users.up.sql", USERS),
        ("1_users.down.sql", "DROP TABLE users;\n"),
        (
            "2_rights.up.sql",
            "GRANT SELECT ON users TO role_reads, \"Role \"\"that\"\" reads\";\n\
             ALTER TABLE users OWNER TO role_owns;\n\
             CREATE POLICY seen ON users TO role_sees USING (true);\n",
        ),
        (
            "2_rights.down.sql",
            "DROP POLICY seen ON users;\n\
             ALTER TABLE users OWNER TO CURRENT_USER;\n\
             REVOKE ALL ON users FROM role_reads, \"Role \"\"that\"\" reads\";\n",
        ),
        (
            "3_apart.up.sql",
            "-- migrate: transaction=none\n\
             CREATE TABLE apart (id int);\n\
             ALTER DEFAULT PRIVILEGES FOR ROLE role_makes GRANT SELECT ON TABLES TO role_apart;\n",
        ),
        (
            "3_apart.down.sql",
            "ALTER DEFAULT PRIVILEGES FOR ROLE role_makes REVOKE SELECT ON TABLES FROM role_apart;\n\
             DROP TABLE apart;\n",
        ),
        (
            "R__named.sql",
            "CREATE OR REPLACE VIEW named AS SELECT name FROM users;\n\
             GRANT SELECT ON named TO role_repeats;\n",
        ),
    ] {
        project.write(format!("migrations/{file}"), text);
    }
}

/// A project whose commands start scratch servers of their own.
fn project() -> Option<Project> {
    if environment().text("MIGRATE_SCRATCH_URL").is_some() {
        return None;
    }
    let schema = format!(
        "GRANT SELECT ON users TO role_of_the_schema;\n\
         {USERS}\
         CREATE TABLE apart (id int);\n\
         CREATE ROLE role_of_a_file;\n\
         GRANT SELECT ON apart TO role_of_a_file;\n\
         CREATE VIEW named AS SELECT name FROM users;\n\
         CREATE POLICY seen ON users TO role_sees USING (true);\n"
    );
    let project = package_of_sql(&schema).with("MIGRATE_SCRATCH_URL", "");
    write_revisions(&project);
    Some(project)
}

#[test]
fn a_server_of_our_own_is_given_the_roles_that_revisions_speak_of() {
    let Some(project) = project() else { return };
    insta::assert_snapshot!(project.cargo_migrate(&["verify"]), @"
    exit code: 0
    ----- stdout -----
    1 users: ok
    2 rights: ok
    3 apart: ok
    R__named: running it again changes nothing
    ----- stderr -----
    3 revisions: 3 restored
    1 of 1 repeatable scripts can run again
    ");
    let traced = project.cargo_migrate(&["lint", "--trace", "--all"]);
    traced.expect_success();
    let told = |line: &str| assert!(traced.stdout.contains(line), "{traced}");
    told("2 rights: 3 statements in one transaction");
    told("3 apart: 2 statements without a transaction");
}

#[test]
fn autogenerate_compares_what_is_granted_to_roles_of_no_server() {
    let Some(project) = project() else { return };
    let arguments = ["diff", "migrations", "models", "--grants"];
    insta::assert_snapshot!(project.cargo_migrate(&arguments).stdout, @r#"
    REVOKE SELECT ON named FROM role_repeats;

    REVOKE SELECT ON users FROM "Role ""that"" reads";

    REVOKE SELECT ON users FROM role_reads;

    GRANT SELECT ON apart TO role_of_a_file;

    GRANT SELECT ON users TO role_of_the_schema;

    ALTER DEFAULT PRIVILEGES FOR ROLE role_makes REVOKE SELECT ON TABLES FROM role_apart;
    "#);
}

#[test]
fn on_a_server_of_the_user_no_role_is_made_and_the_error_says_what_helps() {
    let database = Database::fresh();
    let role = format!("role_{}", database.name());
    let project = Project::new().with("MIGRATE_SCRATCH_URL", server().url("postgres"));
    project.write("migrations/1_users.up.sql", USERS);
    let grant = format!("GRANT SELECT ON users TO {role};\n");
    project.write("migrations/2_grant.up.sql", &grant);
    let run = |arguments: &[&str]| -> Output {
        let mut all = arguments.to_vec();
        all.extend(["--dir", "migrations"]);
        project.cargo_migrate(&all)
    };
    let output = run(&["verify"]).to_string().replace(&role, "[role]");
    insta::assert_snapshot!(output, @r#"
    exit code: 4
    ----- stdout -----
    1 users: there is no down script
    ----- stderr -----
    error: revision `2` does not run in a scratch database
      --> migrations/2_grant.up.sql:1:1
       |
     1 | GRANT SELECT ON users TO [role];
       | ^^^^^ role "[role]" does not exist [42704]
    hint: make the role on the scratch server, or leave out `--scratch-url`: a server that is started for the purpose is given the roles that scripts speak of
    "#);

    project.write("schema.sql", format!("{USERS}{grant}"));
    let output = run(&["diff", "schema.sql", "schema.sql"]).to_string();
    insta::assert_snapshot!(output.replace(&role, "[role]"), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the desired schema can't be built
      --> schema.sql:2:1
       |
     2 | GRANT SELECT ON users TO [role];
       | ^^^^^ role "[role]" does not exist [42704]
    hint: make the role on the scratch server, or leave out `--scratch-url`: a server that is started for the purpose is given the roles that scripts speak of
    "#);

    let sql = "SELECT count(*) FROM pg_roles WHERE rolname = $1";
    let found: i64 = database.client().query_one(sql, &[&role]).unwrap().get(0);
    assert_eq!(found, 0);
}
