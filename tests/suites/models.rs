//! What models become is applied to a real server, and what the server refuses points at the model.

use build_support::Diagnose as _;
use cargo_migrate::{
    models::{Models, Script, SourceText, parse_schema_file},
    state,
};
use migrate_tests::harness::{Database, dump, server, skipped};

/// The DDL of one Rust file.
fn models(text: &str) -> Script {
    let source = SourceText::new("src/models.rs", text);
    match Models::parse(&[source]) {
        Ok(models) => models.ddl(),
        Err(error) => panic!("{}", error.diagnose()),
    }
}

/// A schema file.
fn schema(text: &str) -> Script {
    parse_schema_file(&SourceText::new("schema.sql", text)).unwrap()
}

/// The dump of the database that the scripts build.
fn built(scripts: &[Script]) -> String {
    let database = Database::fresh();
    match state::build(server(), &mut database.client(), scripts) {
        Ok(()) => dump(&database.url()),
        Err(error) => panic!("{}", error.diagnose()),
    }
}

/// What is said about scripts that can't be built.
fn refused(scripts: &[Script]) -> String {
    let database = Database::fresh();
    let error =
        state::build(server(), &mut database.client(), scripts).expect_err("it should be refused");
    error.diagnose().to_string()
}

#[test]
fn every_attribute_of_a_plain_struct_applies() {
    if server().major() < 15 {
        return skipped("NULLS NOT DISTINCT needs PostgreSQL 15");
    }
    let dump = built(&[
        schema("CREATE EXTENSION btree_gist; CREATE EXTENSION hstore;"),
        models(
            r#"
            /// People.
            #[derive(Table)]
            #[table(
                name = "users", schema = "app", with = "fillfactor = 70",
                unique(columns(email, nick), name = "one", nulls_not_distinct, include(id)),
                check("length(email) > 3"), check(name = "c", expression = "age > 0", no_inherit),
                exclude(name = "no_overlap", using = "USING gist (during WITH &&)"),
                index(columns("email DESC NULLS LAST", "lower(nick)"), name = "by_email", unique),
                index(columns(email), include(nick), where = "age > 3", with = "fillfactor = 70"),
                index(expression = "email || nick", nulls_not_distinct, unique),
                index(columns("data jsonb_path_ops"), method = "gin"),
            )]
            struct User {
                #[column(primary_key, identity("by default", start = 100, increment = 10))]
                id: i64,
                /// Where to write.
                #[column(type = "varchar(255)", collate = "C", unique, index)]
                email: String,
                #[column(default = "'x'", storage = "external", statistics = 500)]
                nick: Option<String>,
                #[column(default = 1, check = "age < 200")]
                age: i32,
                #[column(generated = "age * 2")]
                double: Option<i32>,
                during: PgRange<DateTime<Utc>>,
                data: serde_json::Value,
                status: UserStatus,
                moods: Vec<UserStatus>,
                #[column(references(User), on_delete = "set null", on_update = "cascade", deferrable)]
                boss: Option<i64>,
                #[column(references(posts.id), initially_deferred, foreign_key = "pinned")]
                pinned: Option<i64>,
            }
            #[derive(Table)]
            #[table(name = "posts", primary_key = "posts_key")]
            struct Post {
                #[column(primary_key, identity)]
                id: i64,
            }
            #[derive(Table)]
            #[table(partition_by = "RANGE (at)", primary_key(at, id))]
            struct Event { at: NaiveDate, id: i64 }
            #[derive(Table)]
            #[table(inherits = "base")]
            struct Child { own: String }
            #[derive(Table)]
            #[table(unlogged)]
            struct Base { id: i32 }
            /// How they are.
            #[derive(Enum)]
            #[enum_type(schema = "app")]
            enum UserStatus { Pending, Active, #[variant(name = "it's")] Odd }
            "#,
        ),
    ]);
    for expected in [
        "CREATE TYPE app.user_status AS ENUM (\n    'pending',\n    'active',\n    'it''s'\n);",
        "INHERITS (public.base)",
        "PARTITION BY RANGE (at)",
        "ADD CONSTRAINT one UNIQUE NULLS NOT DISTINCT (email, nick) INCLUDE (id)",
        "ADD CONSTRAINT users_email_key UNIQUE (email)",
        "CREATE UNIQUE INDEX by_email ON app.users USING btree (email DESC NULLS LAST, lower(nick))",
        "ADD CONSTRAINT users_boss_fkey FOREIGN KEY (boss) REFERENCES app.users(id) ON UPDATE CASCADE ON DELETE SET NULL DEFERRABLE",
        "DEFERRABLE INITIALLY DEFERRED",
        "COMMENT ON COLUMN app.users.email IS 'Where to write.'",
        "COMMENT ON TYPE app.user_status IS 'How they are.'",
        "moods app.user_status[] NOT NULL",
        "double integer GENERATED ALWAYS AS ((age * 2)) STORED",
        "START WITH 100",
        "CREATE UNLOGGED TABLE public.base",
    ] {
        assert!(dump.contains(expected), "{expected}\n{dump}");
    }
}

/// A table of `docs/models.md` is this list: each Rust type as the server shows it.
#[test]
fn every_mapped_type_exists() {
    let types = [
        ("bool", "boolean"),
        ("i8", "\"char\""),
        ("i16", "smallint"),
        ("i32", "integer"),
        ("i64", "bigint"),
        ("u32", "oid"),
        ("f32", "real"),
        ("f64", "double precision"),
        ("String", "text"),
        ("&'static str", "text"),
        ("Vec<u8>", "bytea"),
        ("[u8; 32]", "bytea"),
        ("bytes::Bytes", "bytea"),
        ("HashMap<String, Option<String>>", "public.hstore"),
        ("std::time::SystemTime", "timestamp with time zone"),
        ("chrono::DateTime<Utc>", "timestamp with time zone"),
        ("chrono::NaiveDateTime", "timestamp without time zone"),
        ("chrono::NaiveDate", "date"),
        ("chrono::NaiveTime", "time without time zone"),
        ("time::OffsetDateTime", "timestamp with time zone"),
        ("time::PrimitiveDateTime", "timestamp without time zone"),
        ("time::Date", "date"),
        ("time::Time", "time without time zone"),
        ("jiff::Timestamp", "timestamp with time zone"),
        ("jiff::civil::DateTime", "timestamp without time zone"),
        ("jiff::civil::Date", "date"),
        ("jiff::civil::Time", "time without time zone"),
        ("jiff::Span", "interval"),
        ("std::time::Duration", "interval"),
        ("PgInterval", "interval"),
        ("PgTimeTz", "time with time zone"),
        ("uuid::Uuid", "uuid"),
        ("serde_json::Value", "jsonb"),
        ("Json<Settings>", "jsonb"),
        ("rust_decimal::Decimal", "numeric"),
        ("BigDecimal", "numeric"),
        ("std::net::IpAddr", "inet"),
        ("ipnetwork::IpNetwork", "inet"),
        ("cidr::IpCidr", "cidr"),
        ("MacAddress", "macaddr"),
        ("BitVec", "bit varying"),
        ("PgLsn", "pg_lsn"),
        ("PgMoney", "money"),
        ("PgPoint", "point"),
        ("PgLine", "line"),
        ("PgLSeg", "lseg"),
        ("PgBox", "box"),
        ("PgPath", "path"),
        ("PgPolygon", "polygon"),
        ("PgCircle", "circle"),
        ("geo_types::Point<f64>", "point"),
        ("geo_types::Rect<f64>", "box"),
        ("geo_types::LineString<f64>", "path"),
        ("PgCiText", "public.citext"),
        ("PgLTree", "public.ltree"),
        ("PgCube", "public.cube"),
        ("PgRange<i32>", "int4range"),
        ("PgRange<i64>", "int8range"),
        ("PgRange<Decimal>", "numrange"),
        ("PgRange<NaiveDate>", "daterange"),
        ("PgRange<NaiveDateTime>", "tsrange"),
        ("PgRange<DateTime<Utc>>", "tstzrange"),
        ("Vec<String>", "text[]"),
        ("[f64; 3]", "double precision[]"),
        ("Vec<Option<i64>>", "bigint[]"),
    ];
    let fields = types.iter().enumerate();
    let fields: String = fields
        .map(|(at, (rust, _))| format!("f{at}: {rust},\n"))
        .collect();
    let text = format!("#[derive(Table)] struct All {{ {fields} }}");
    let extensions = ["hstore", "citext", "ltree", "cube"];
    let extensions = extensions
        .map(|name| format!("CREATE EXTENSION {name};"))
        .concat();
    let dump = built(&[schema(&extensions), models(&text)]);
    for (at, (rust, sql)) in types.iter().enumerate() {
        let expected = format!("    f{at} {sql} NOT NULL");
        assert!(dump.contains(&expected), "{rust}: {expected}\n{dump}");
    }
}

#[test]
fn a_sea_orm_entity_and_a_diesel_table_apply() {
    let dump = built(&[models(
        r#"
        pub mod user {
            #[sea_orm::model]
            #[derive(DeriveEntityModel)]
            #[sea_orm(table_name = "user")]
            pub struct Model {
                #[sea_orm(primary_key)]
                pub id: i32,
                #[sea_orm(unique)]
                pub email: String,
                #[sea_orm(indexed, default_value = "it's")]
                pub name: String,
                pub letter: char,
                pub json: Json,
                pub status: Status,
                #[sea_orm(default_expr = "Expr::current_timestamp()")]
                pub at: DateTimeWithTimeZone,
                #[sea_orm(belongs_to, from = "boss_id", to = "id", on_delete = "SetNull")]
                pub boss: HasOne<Entity>,
                pub boss_id: Option<i32>,
            }
            #[derive(EnumIter, DeriveActiveEnum)]
            #[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "status")]
            pub enum Status { #[sea_orm(string_value = "open")] Open }
        }
        diesel::table! {
            posts (id) {
                id -> Int4,
                #[max_length = 20]
                title -> Varchar,
                tags -> Nullable<Array<Nullable<Text>>>,
                author_id -> Int4,
            }
        }
        diesel::table! { people (id) { id -> Int4, } }
        diesel::joinable!(posts -> people (author_id));
        "#,
    )]);
    for expected in [
        "ADD CONSTRAINT \"fk-user-boss_id\" FOREIGN KEY (boss_id) REFERENCES public.\"user\"(id) ON DELETE SET NULL",
        "CREATE INDEX \"idx-user-name\" ON public.\"user\" USING btree (name)",
        "name character varying DEFAULT 'it''s'::character varying NOT NULL",
        "title character varying(20) NOT NULL",
        "ADD CONSTRAINT posts_author_id_fkey FOREIGN KEY (author_id) REFERENCES public.people(id)",
    ] {
        assert!(dump.contains(expected), "{expected}\n{dump}");
    }
}

#[test]
fn files_and_models_may_need_each_other() {
    let dump = built(&[
        schema(
            "CREATE VIEW names AS SELECT name, email FROM users;\n\
             CREATE SCHEMA app;\n\
             SET search_path = app, public;\n\
             CREATE FUNCTION slug(t text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT lower(t)';\n\
             CREATE DOMAIN public.email AS text CHECK (VALUE LIKE '%@%');\n\
             CREATE VIEW short AS SELECT slug(name) FROM users;\n",
        ),
        models(
            r#"
            #[derive(Table)]
            #[table(name = "users", index(columns("app.slug(name)")))]
            struct User {
                name: String,
                #[column(type = "email")]
                email: String,
            }"#,
        ),
    ]);
    assert!(dump.contains("CREATE FUNCTION app.slug(t text)"), "{dump}");
    assert!(dump.contains("CREATE VIEW public.names"), "{dump}");
    assert!(dump.contains("CREATE VIEW app.short"), "{dump}");
    assert!(dump.contains("USING btree (app.slug(name))"), "{dump}");
}

#[test]
fn what_the_server_refuses_points_into_the_rust_file() {
    insta::assert_snapshot!(refused(&[models(
        r#"
#[derive(Table)]
struct Item {
    #[column(type = "varchr(20)")]
    title: String,
}"#
    )]), @r#"
    error: the desired schema can't be built
      --> src/models.rs:4:22
       |
     4 |     #[column(type = "varchr(20)")]
       |                      ^^^^^^ type "varchr" does not exist [42704]
    hint: declare it in a schema file (`schema` in `[package.metadata.migrate]`), for example with `CREATE EXTENSION` or `CREATE TYPE`
    "#);
    insta::assert_snapshot!(refused(&[models(
        r#"
#[derive(Table)]
#[table(check("title <> '' AND lenght(title) > 0"))]
struct Item {
    title: String,
}"#
    )]), @r#"
    error: the desired schema can't be built
      --> src/models.rs:3:32
       |
     3 | #[table(check("title <> '' AND lenght(title) > 0"))]
       |                                ^^^^^^ function lenght(text) does not exist [42883]
    hint: No function matches the given name and argument types. You might need to add explicit type casts.
    hint: declare it in a schema file (`schema` in `[package.metadata.migrate]`), for example with `CREATE EXTENSION` or `CREATE TYPE`
    "#);
    insta::assert_snapshot!(refused(&[models(
        r#"
#[derive(Table)]
struct Item {
    #[column(references(usres.id))]
    owner: i64,
}"#
    )]), @r#"
    error: the desired schema can't be built
      --> src/models.rs:4:14
       |
     4 |     #[column(references(usres.id))]
       |              ^^^^^^^^^^ relation "usres" does not exist [42P01]
    hint: add the file that declares the table to `models` or `schema`
    "#);
    insta::assert_snapshot!(refused(&[models(
        r#"
#[derive(Table)]
struct Item {
    #[column(default = "'many'")]
    count: i64,
    #[column(default = "1 +")]
    other: i64,
}"#
    )]), @r#"
    error: the desired schema can't be built
      --> src/models.rs:6:25
       |
     6 |     #[column(default = "1 +")]
       |                         ^^^ syntax error at or near ")" [42601]
    "#);
}

#[test]
fn what_the_server_refuses_of_a_schema_file_points_into_it() {
    insta::assert_snapshot!(refused(&[schema(
        "CREATE TABLE a (id int);\n\n-- É\nCREATE VIEW é AS\n  SELECT id, nmae FROM a;\n"
    )]), @r#"
    error: the desired schema can't be built
      --> schema.sql:5:14
       |
     5 |   SELECT id, nmae FROM a;
       |              ^^^^ column "nmae" does not exist [42703]
    "#);
}
