use super::*;

fn request<'a>(name: &'a str, words: &'a [String]) -> Request<'a> {
    Request {
        name,
        words,
        template: None,
        timestamps: Timestamps::Absent,
    }
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(ToString::to_string).collect()
}

/// Both halves of a revision, the directives before each, and the hints.
fn show(request: &Request<'_>, templates: &Templates) -> String {
    let scripts = render(request, templates).expect("it renders");
    let half = |half: &Half| {
        let directives = half.directives.iter().map(|d| format!("[{d}]\n"));
        format!("{}{}", directives.collect::<String>(), half.body)
    };
    let down = scripts.down.as_ref().map(half).expect("a down half");
    let hints = scripts.hints.iter().map(|hint| format!("hint: {hint}\n"));
    format!(
        "{}---\n{down}{}",
        half(&scripts.up),
        hints.collect::<String>()
    )
}

fn new(name: &str, words: &[&str]) -> String {
    show(&request(name, &owned(words)), &Templates::default())
}

fn new_from(template: &str, name: &str, words: &[&str]) -> String {
    let words = owned(words);
    let request = Request {
        template: Some(template),
        ..request(name, &words)
    };
    show(&request, &Templates::default())
}

fn refused(name: &str, words: &[&str]) -> String {
    let words = owned(words);
    let error = render(&request(name, &words), &Templates::default());
    error.expect_err("refused").to_string()
}

#[test]
fn create_table_has_an_identity() {
    insta::assert_snapshot!(new("create_users", &["email:varchar(255):not-null:unique"]), @r"
    CREATE TABLE users (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        email varchar(255) NOT NULL,
        CONSTRAINT uq_users_email UNIQUE (email)
    );
    ---
    DROP TABLE users;
    ");
}

#[test]
fn create_table_makes_its_types_constraints_and_indexes() {
    let words = owned(&[
        "author_id:bigint:not-null:index:references(users.id):on-delete=cascade",
        "title:varchar(200):not-null:default='untitled'",
        "state:enum(post_state,draft,published):not-null:default='draft'",
        "tags:text[]",
    ]);
    let request = Request {
        timestamps: Timestamps::Present,
        ..request("create_blog.posts", &words)
    };
    insta::assert_snapshot!(show(&request, &Templates::default()), @r"
    CREATE TYPE post_state AS ENUM ('draft', 'published');

    CREATE TABLE blog.posts (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        author_id bigint NOT NULL,
        title varchar(200) NOT NULL DEFAULT 'untitled',
        state post_state NOT NULL DEFAULT 'draft',
        tags text[],
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT fk_posts_author_id FOREIGN KEY (author_id) REFERENCES users (id) ON DELETE CASCADE
    );

    CREATE INDEX ix_posts_author_id ON blog.posts (author_id);
    ---
    DROP INDEX blog.ix_posts_author_id;

    DROP TABLE blog.posts;

    DROP TYPE post_state;
    ");
}

#[test]
fn create_table_takes_its_primary_key_from_the_fields() {
    insta::assert_snapshot!(
        new("create_sessions", &["token:uuid:primary-key:default=gen_random_uuid()"]),
        @r"
    CREATE TABLE sessions (
        token uuid DEFAULT gen_random_uuid() PRIMARY KEY
    );
    ---
    DROP TABLE sessions;
    "
    );
    insta::assert_snapshot!(
        new("create_memberships", &["user_id:bigint:primary-key", "team_id:bigint:primary-key"]),
        @r"
    CREATE TABLE memberships (
        user_id bigint,
        team_id bigint,
        PRIMARY KEY (user_id, team_id)
    );
    ---
    DROP TABLE memberships;
    "
    );
}

#[test]
fn create_table_with_a_reserved_name_is_quoted() {
    insta::assert_snapshot!(new("create_order", &["\"user\":unique", "from"]), @r#"
    CREATE TABLE "order" (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        "user" text,
        "from" text,
        CONSTRAINT uq_order_user UNIQUE ("user")
    );
    ---
    DROP TABLE "order";
    "#);
}

#[test]
fn add_column_is_nullable() {
    insta::assert_snapshot!(new("add_phone_to_users", &["phone:varchar(20)"]), @r"
    ALTER TABLE users ADD COLUMN phone varchar(20);
    ---
    ALTER TABLE users DROP COLUMN phone;
    ");
}

#[test]
fn add_column_takes_the_name_alone() {
    insta::assert_snapshot!(new("add_phone_and_fax_to_users", &[]), @r"
    ALTER TABLE users
        ADD COLUMN phone text,
        ADD COLUMN fax text;
    ---
    ALTER TABLE users
        DROP COLUMN fax,
        DROP COLUMN phone;
    ");
}

#[test]
fn add_column_with_a_backfill_has_three_steps() {
    insta::assert_snapshot!(
        new("add_status_to_users", &["status:varchar(20):not-null:backfill='active'"]),
        @r"
    ALTER TABLE users ADD COLUMN status varchar(20);

    UPDATE users SET status = 'active' WHERE status IS NULL;

    ALTER TABLE users ALTER COLUMN status SET NOT NULL;
    ---
    ALTER TABLE users DROP COLUMN status;
    "
    );
}

#[test]
fn add_column_with_a_default_and_a_backfill_keeps_them_apart() {
    insta::assert_snapshot!(
        new("add_plan_to_users", &["plan:text:not-null:default='free':backfill='legacy'"]),
        @r"
    ALTER TABLE users ADD COLUMN plan text;

    UPDATE users SET plan = 'legacy' WHERE plan IS NULL;

    ALTER TABLE users
        ALTER COLUMN plan SET DEFAULT 'free',
        ALTER COLUMN plan SET NOT NULL;
    ---
    ALTER TABLE users DROP COLUMN plan;
    "
    );
}

#[test]
fn add_column_that_is_not_null_asks_for_a_value() {
    insta::assert_snapshot!(new("add_age_to_users", &["age:int:not-null"]), @r"
    ALTER TABLE users ADD COLUMN age int;

    -- Rows that exist already need a value here, or SET NOT NULL fails:
    -- UPDATE users SET age = ... WHERE age IS NULL;

    ALTER TABLE users ALTER COLUMN age SET NOT NULL;
    ---
    ALTER TABLE users DROP COLUMN age;
    hint: rows that exist need a value for `age` before it can be NOT NULL: write it into the script, or give the field `:backfill=EXPR` or `:default=EXPR`
    ");
}

#[test]
fn add_column_with_an_enum_makes_and_drops_the_type() {
    insta::assert_snapshot!(
        new(
            "add_status_to_users",
            &["status:enum(user_status,pending,active,suspended):not-null:default='pending'"]
        ),
        @r"
    CREATE TYPE user_status AS ENUM ('pending', 'active', 'suspended');

    ALTER TABLE users ADD COLUMN status user_status NOT NULL DEFAULT 'pending';
    ---
    ALTER TABLE users DROP COLUMN status;

    DROP TYPE user_status;
    "
    );
}

#[test]
fn add_column_with_a_reference_has_a_foreign_key() {
    insta::assert_snapshot!(
        new("add_author_id_to_posts", &["author_id:int:references(users.id):on-delete=cascade"]),
        @r"
    ALTER TABLE posts ADD COLUMN author_id int;

    ALTER TABLE posts ADD CONSTRAINT fk_posts_author_id FOREIGN KEY (author_id) REFERENCES users (id) ON DELETE CASCADE;
    ---
    ALTER TABLE posts DROP CONSTRAINT fk_posts_author_id;

    ALTER TABLE posts DROP COLUMN author_id;
    "
    );
}

#[test]
fn add_columns_drops_in_reverse_what_it_made() {
    insta::assert_snapshot!(
        new(
            "add_contact_to_shop.users",
            &["email:text:unique:index", "team_id:bigint:index:references(shop.teams.id)"]
        ),
        @r"
    ALTER TABLE shop.users
        ADD COLUMN email text,
        ADD COLUMN team_id bigint;

    ALTER TABLE shop.users
        ADD CONSTRAINT uq_users_email UNIQUE (email),
        ADD CONSTRAINT fk_users_team_id FOREIGN KEY (team_id) REFERENCES shop.teams (id);

    CREATE INDEX ix_users_email ON shop.users (email);

    CREATE INDEX ix_users_team_id ON shop.users (team_id);
    ---
    DROP INDEX shop.ix_users_team_id;

    DROP INDEX shop.ix_users_email;

    ALTER TABLE shop.users
        DROP CONSTRAINT fk_users_team_id,
        DROP CONSTRAINT uq_users_email;

    ALTER TABLE shop.users
        DROP COLUMN team_id,
        DROP COLUMN email;
    "
    );
}

#[test]
fn foreign_keys_on_columns_that_exist() {
    let field = "author_id:references(users.id):on-delete=set-null";
    insta::assert_snapshot!(new("add_foreign_key_to_posts", &[field]), @r"
    ALTER TABLE posts ADD CONSTRAINT fk_posts_author_id FOREIGN KEY (author_id) REFERENCES users (id) ON DELETE SET NULL;
    ---
    ALTER TABLE posts DROP CONSTRAINT fk_posts_author_id;
    ");
    insta::assert_snapshot!(new("drop_foreign_key_from_posts", &[field]), @r"
    ALTER TABLE posts DROP CONSTRAINT fk_posts_author_id;
    ---
    ALTER TABLE posts ADD CONSTRAINT fk_posts_author_id FOREIGN KEY (author_id) REFERENCES users (id) ON DELETE SET NULL;
    ");
}

#[test]
fn indexes() {
    insta::assert_snapshot!(new("add_index_on_users", &["email", "is_active"]), @r"
    CREATE INDEX ix_users_email_is_active ON users (email, is_active);
    ---
    DROP INDEX ix_users_email_is_active;
    ");
    insta::assert_snapshot!(new("add_index_on_users", &["email:unique", "tenant:unique"]), @r"
    CREATE UNIQUE INDEX ix_users_email_tenant ON users (email, tenant);
    ---
    DROP INDEX ix_users_email_tenant;
    ");
    insta::assert_snapshot!(new("drop_index_from_shop.users", &["email"]), @r"
    DROP INDEX shop.ix_users_email;
    ---
    CREATE INDEX ix_users_email ON shop.users (email);
    ");
    insta::assert_snapshot!(
        new_from("add_index_concurrently", "add_index_on_users", &["email"]),
        @r"
    [transaction=none]
    CREATE INDEX CONCURRENTLY ix_users_email ON users (email);
    ---
    [transaction=none]
    DROP INDEX CONCURRENTLY ix_users_email;
    "
    );
}

#[test]
fn uniques() {
    insta::assert_snapshot!(new("add_unique_on_users", &["email"]), @r"
    ALTER TABLE users ADD CONSTRAINT uq_users_email UNIQUE (email);
    ---
    ALTER TABLE users DROP CONSTRAINT uq_users_email;
    ");
    insta::assert_snapshot!(new("drop_unique_from_users", &["email"]), @r"
    ALTER TABLE users DROP CONSTRAINT uq_users_email;
    ---
    ALTER TABLE users ADD CONSTRAINT uq_users_email UNIQUE (email);
    ");
}

#[test]
fn not_null_on_columns_that_exist() {
    insta::assert_snapshot!(new("set_not_null_on_users", &["phone:backfill=''", "name"]), @r"
    UPDATE users SET phone = '' WHERE phone IS NULL;

    -- Rows without a value make SET NOT NULL fail:
    -- UPDATE users SET name = ... WHERE name IS NULL;

    ALTER TABLE users
        ALTER COLUMN phone SET NOT NULL,
        ALTER COLUMN name SET NOT NULL;
    ---
    ALTER TABLE users
        ALTER COLUMN name DROP NOT NULL,
        ALTER COLUMN phone DROP NOT NULL;
    ");
    insta::assert_snapshot!(new("drop_not_null_on_users", &["phone"]), @r"
    ALTER TABLE users ALTER COLUMN phone DROP NOT NULL;
    ---
    -- Fails where a row has no value by then.
    ALTER TABLE users ALTER COLUMN phone SET NOT NULL;
    ");
}

#[test]
fn renames() {
    insta::assert_snapshot!(new("rename_name_to_full_name_in_users", &[]), @r"
    [compatible=no]
    ALTER TABLE users RENAME COLUMN name TO full_name;
    ---
    ALTER TABLE users RENAME COLUMN full_name TO name;
    ");
    insta::assert_snapshot!(new("rename_users_to_accounts", &[]), @r"
    [compatible=no]
    ALTER TABLE users RENAME TO accounts;
    ---
    ALTER TABLE accounts RENAME TO users;
    ");
    insta::assert_snapshot!(new("rename_shop.users_to_accounts", &[]), @r"
    [compatible=no]
    ALTER TABLE shop.users RENAME TO accounts;
    ---
    ALTER TABLE shop.accounts RENAME TO users;
    ");
}

#[test]
fn enums() {
    let labels = ["pending", "active", "it's over"];
    insta::assert_snapshot!(new("create_enum_user_status", &labels), @r"
    CREATE TYPE user_status AS ENUM ('pending', 'active', 'it''s over');
    ---
    DROP TYPE user_status;
    ");
    insta::assert_snapshot!(new("drop_enum_user_status", &labels), @r"
    [compatible=no]
    DROP TYPE user_status;
    ---
    CREATE TYPE user_status AS ENUM ('pending', 'active', 'it''s over');
    ");
    insta::assert_snapshot!(new("drop_enum_user_status", &[]), @r#"
    [compatible=no]
    [irreversible="drops user_status, whose labels this revision does not know"]
    DROP TYPE user_status;
    ---
    -- The labels of user_status are not known here, so there is no way back.
    "#);
    insta::assert_snapshot!(new("add_archived_to_enum_user_status", &[]), @r#"
    [irreversible="PostgreSQL can't take a label out of an enum type"]
    ALTER TYPE user_status ADD VALUE 'archived';
    ---
    -- PostgreSQL can't take a label out of an enum type, so there is no way back.
    "#);
}

#[test]
fn schemas_and_extensions() {
    insta::assert_snapshot!(new("create_schema_sales", &[]), @r"
    CREATE SCHEMA sales;
    ---
    DROP SCHEMA sales;
    ");
    insta::assert_snapshot!(new("create_extension_\"uuid-ossp\"", &[]), @r#"
    CREATE EXTENSION "uuid-ossp";
    ---
    DROP EXTENSION "uuid-ossp";
    "#);
}

#[test]
fn drops_come_back_when_their_fields_are_known() {
    insta::assert_snapshot!(new("drop_users", &["email:text:not-null:index"]), @r"
    [compatible=no]
    DROP INDEX ix_users_email;

    DROP TABLE users;
    ---
    CREATE TABLE users (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        email text NOT NULL
    );

    CREATE INDEX ix_users_email ON users (email);
    ");
    insta::assert_snapshot!(new("drop_phone_from_users", &["phone:varchar(20):unique"]), @r"
    [compatible=no]
    ALTER TABLE users DROP CONSTRAINT uq_users_phone;

    ALTER TABLE users DROP COLUMN phone;
    ---
    ALTER TABLE users ADD COLUMN phone varchar(20);

    ALTER TABLE users ADD CONSTRAINT uq_users_phone UNIQUE (phone);
    ");
}

#[test]
fn drops_of_the_unknown_are_irreversible() {
    insta::assert_snapshot!(new("drop_users", &[]), @r#"
    [compatible=no]
    [irreversible="drops users, whose columns this revision does not know"]
    DROP TABLE users;
    ---
    -- The columns of users are not known here, so there is no way back.
    "#);
    insta::assert_snapshot!(new("remove_phone_and_fax_from_users", &[]), @r#"
    [compatible=no]
    [irreversible="drops users.phone, users.fax, whose type this revision does not know"]
    ALTER TABLE users
        DROP COLUMN fax,
        DROP COLUMN phone;
    ---
    -- The type of users.phone, users.fax is not known here, so there is no way back.
    "#);
}

#[test]
fn data_migrations() {
    insta::assert_snapshot!(new("update_status_from_inactive_to_suspended_in_users", &[]), @r"
    UPDATE users SET status = 'suspended' WHERE status = 'inactive';
    ---
    -- Rows that had 'suspended' before this revision change too.
    UPDATE users SET status = 'inactive' WHERE status = 'suspended';
    ");
    insta::assert_snapshot!(new("backfill_status_in_users", &["status:backfill='active'"]), @r"
    UPDATE users SET status = 'active' WHERE status IS NULL;
    ---
    -- Nothing to take back: which rows had no value is not known any more.
    ");
    insta::assert_snapshot!(new("update_status_in_users", &[]), @r"
    -- UPDATE users SET status = ... WHERE status IS NULL;
    ---
    -- Nothing to take back: which rows had no value is not known any more.
    ");
    insta::assert_snapshot!(new_from("data", "suspend_the_inactive", &[]), @r"
    -- Change rows here, in a form that can run twice, such as:
    -- UPDATE users SET status = 'suspended' WHERE status = 'inactive';
    -- Many rows? Write the line `-- migrate: batch` right above the statement.
    ---
    -- Change them back here, such as:
    -- UPDATE users SET status = 'inactive' WHERE status = 'suspended';
    ");
}

#[test]
fn anything_else_is_empty() {
    insta::assert_snapshot!(new("tune_the_planner", &[]), @r"
    -- Write the SQL that applies this revision here.
    ---
    -- Write the SQL that reverts it here.
    ");
    insta::assert_snapshot!(new_from("merge", "merge_heads", &[]), @r"
    -- A merge has nothing to do of its own.
    ---
    -- A merge has nothing to revert.
    ");
    insta::assert_snapshot!(new_from("code", "compute_slugs", &[]), @r"
    [code]
    -- SQL that runs before the code may stand here.
    ---
    -- Write the SQL that reverts it here.
    ");
}

#[test]
fn every_template_writes_both_directions_of_its_example() {
    for template in cargo_migrate_templates::REVISIONS {
        let words = split_example(template.example);
        let (name, words) = words.split_first().expect("a name");
        let words: Vec<_> = words
            .iter()
            .filter(|w| !w.starts_with("--"))
            .cloned()
            .collect();
        let words: Vec<_> = words.into_iter().filter(|w| w != template.name).collect();
        let request = Request {
            template: Some(template.name),
            ..request(name, &words)
        };
        let scripts = render(&request, &Templates::default()).expect(template.example);
        assert!(scripts.down.is_some(), "{}", template.name);
    }
}

/// The words of an example as a shell would split it.
fn split_example(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in text.chars() {
        match (c, words.last_mut()) {
            ('"', _) => quoted = !quoted,
            (' ', _) if !quoted => words.push(String::new()),
            (c, Some(word)) => word.push(c),
            (_, None) => {}
        }
    }
    words
}

#[test]
fn what_does_not_fit_the_template_is_refused() {
    let errors = [
        refused("add_index_on_users", &[]),
        refused("add_index_on_users", &["a:unique", "b"]),
        refused("create_enum_user_status", &[]),
        refused("create_enum_user_status", &["a", "b", "a"]),
        refused("create_users", &["a", "a:int"]),
        refused("create_users", &["id:int"]),
        refused("create_users", &["a:backfill=1"]),
        refused("add_keys_to_users", &["a:primary-key", "b:primary-key"]),
        refused("add_foreign_key_to_posts", &["author_id"]),
        refused("rename_name_to_full_name_in_users", &["x"]),
        refused("rename_a.users_to_b.users", &[]),
        refused("tune_the_planner", &["x:int"]),
        refused("add_a.b_to_users", &[]),
    ];
    insta::assert_snapshot!(errors.join("\n"), @r"
    the template `add_index` needs columns
    an index is unique over all of its columns, and `b` does not say `:unique`
    the template `create_enum` needs labels
    the label `a` stands twice
    the column `a` stands twice
    the column `id` is not the primary key, and a new table gets one of that name
    `a` has a backfill, and a new table has no rows
    only one added column can be a primary key: `a` and `b` are two
    the template `add_foreign_key` needs columns, each with `:references(table.column)`
    the template `rename_column` takes no fields, and there is `x`
    `a.users` can't be renamed to `b.users`: a rename stays in its schema
    the template `empty` takes no fields, and there is `x:int`
    the name `add_a.b_to_users`: `a.b` holds `.`: put it in double quotes if it is a name
    ");
}

#[test]
fn a_template_that_does_not_fit_the_name_says_what_is_missing() {
    let words = owned(&["x:int"]);
    let refused = |template| {
        let request = Request {
            template: Some(template),
            ..request("tune_the_planner", &words)
        };
        render(&request, &Templates::default())
            .expect_err("refused")
            .to_string()
    };
    let errors = [
        refused("add_column"),
        refused("add_colum"),
        refused("add-index"),
    ];
    insta::assert_snapshot!(errors.join("\n"), @r"
    the name `tune_the_planner` does not say the table for the template `add_column`
    there is no template `add_colum`
    the name `tune_the_planner` does not say the table for the template `add_index`
    ");
}

#[test]
fn a_template_of_the_project_wins_and_an_extra_one_can_be_chosen() {
    let own = [
        ("add_column", "-- {{ table }}\n-- migrate: down\n-- back\n"),
        (
            "audit",
            "-- migrate: phase=contract\nSELECT audit('{{ table }}');\n",
        ),
        ("broken", "{{ table\n"),
    ];
    let own = own.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let templates = Templates::with_own(own.into());
    let words = Vec::new();
    assert_eq!(
        show(&request("add_phone_to_users", &words), &templates),
        "-- users\n---\n-- back\n"
    );
    let audit = Request {
        template: Some("audit"),
        ..request("add_index_on_users", &words)
    };
    let scripts = render(&audit, &templates).expect("it renders");
    assert_eq!(scripts.up.directives, ["phase=contract"]);
    assert_eq!(scripts.up.body, "SELECT audit('users');\n");
    assert_eq!(scripts.down, None);
    assert_eq!(templates.extra().collect::<Vec<_>>(), ["audit", "broken"]);
    let broken = Request {
        template: Some("broken"),
        ..audit
    };
    let error = render(&broken, &templates).expect_err("broken").to_string();
    assert!(error.starts_with("template `broken`, line 1:"), "{error}");
}
