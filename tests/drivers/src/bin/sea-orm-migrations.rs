//! A project's `migration` crate, with SeaORM's own command line: what `import --convert` runs.
//!
//! `MIGRATIONS` chooses the project: `shop`, `odd` or `broken`.
#![expect(
    elided_lifetimes_in_paths,
    reason = "the macro of an async trait wants a method as it is declared"
)]

use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbErr};

/// The migrations of the project that was chosen.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        match std::env::var("MIGRATIONS").as_deref() {
            Ok("odd") => vec![
                Box::new(Ladder(1, "levels")),
                Box::new(Levels),
                Box::new(Ladder(2, "steps")),
                Box::new(Forgetful),
                Box::new(Concurrent),
            ],
            Ok("broken") => vec![Box::new(CreateUsers), Box::new(Broken)],
            _ => vec![
                Box::new(CreateUsers),
                Box::new(AddPhone),
                Box::new(FillUsers),
            ],
        }
    }
}

struct CreateUsers;

impl MigrationName for CreateUsers {
    fn name(&self) -> &str {
        "m20260101_000001_create_users"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for CreateUsers {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("users")
            .if_not_exists()
            .col(pk_auto("id"))
            .col(string_len("name", 40).unique_key())
            .col(integer_null("age"))
            .col(boolean("active").default(true))
            .to_owned();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("users").to_owned())
            .await
    }
}

struct AddPhone;

impl MigrationName for AddPhone {
    fn name(&self) -> &str {
        "m20260102_000001_add_phone"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for AddPhone {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if !manager.has_column("users", "phone").await? {
            let column = Table::alter()
                .table("users")
                .add_column(string_len_null("phone", 20))
                .to_owned();
            manager.alter_table(column).await?;
        }
        let index = Index::create()
            .name("users_phone_idx")
            .table("users")
            .col("phone")
            .to_owned();
        manager.create_index(index).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_index(Index::drop().name("users_phone_idx").to_owned())
            .await?;
        let column = Table::alter()
            .table("users")
            .drop_column("phone")
            .to_owned();
        manager.alter_table(column).await
    }
}

struct FillUsers;

impl MigrationName for FillUsers {
    fn name(&self) -> &str {
        "m20260103_000001_fill_users"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for FillUsers {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let rows = Query::insert()
            .into_table("users")
            .columns(["name", "age", "phone"])
            .values_panic(["it's; $1".into(), 41.into(), Option::<String>::None.into()])
            .values_panic(["a\\b\n\tc".into(), Option::<i32>::None.into(), "5".into()])
            .to_owned();
        manager.execute(rows).await?;
        let update = Query::update()
            .table("users")
            .value("active", false)
            .and_where(Expr::col("age").gt(40))
            .to_owned();
        manager.execute(update).await?;
        manager
            .get_connection()
            .execute_unprepared(
                "-- Nobody is without one.\nUPDATE users SET phone = '0' WHERE phone IS NULL;\nSELECT setval('users_id_seq', 100);",
            )
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .execute(Query::delete().from_table("users").to_owned())
            .await
    }
}

/// A table of a name; two of these have one number.
struct Ladder(u8, &'static str);

impl MigrationName for Ladder {
    fn name(&self) -> &str {
        match self.0 {
            1 => "m20260101_000001_levels",
            _ => "m20260101_000001_steps",
        }
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Ladder {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create().table(self.1).col(pk_auto("id")).to_owned();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table(self.1).to_owned())
            .await
    }
}

/// Reads rows to decide what to do, and has no way down.
struct Levels;

impl MigrationName for Levels {
    fn name(&self) -> &str {
        "m20260101_000002_raise"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Levels {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let select = Query::select().column("id").from("levels").to_owned();
        for row in connection.query_all(&select).await? {
            let id: i32 = row.try_get("", "id")?;
            let change = Query::update()
                .table("levels")
                .value("id", id + 1)
                .and_where(Expr::col("id").eq(id))
                .to_owned();
            manager.execute(change).await?;
        }
        connection
            .execute_unprepared("ALTER TABLE levels ADD COLUMN height int")
            .await?;
        Ok(())
    }

    async fn down(&self, _manager: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("what was raised stays raised".to_owned()))
    }
}

/// Reverts nothing.
struct Forgetful;

impl MigrationName for Forgetful {
    fn name(&self) -> &str {
        "m20260102_000001_forget"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Forgetful {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statement = "ALTER TABLE steps ADD COLUMN width int";
        manager
            .get_connection()
            .execute_unprepared(statement)
            .await?;
        Ok(())
    }

    async fn down(&self, _manager: &SchemaManager) -> Result<(), DbErr> {
        Ok(())
    }
}

/// Runs outside of a transaction.
struct Concurrent;

impl MigrationName for Concurrent {
    fn name(&self) -> &str {
        "m20260103_000001_index"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Concurrent {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statement = "CREATE INDEX CONCURRENTLY steps_width_idx ON steps (width)";
        manager
            .get_connection()
            .execute_unprepared(statement)
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statement = "DROP INDEX CONCURRENTLY steps_width_idx";
        manager
            .get_connection()
            .execute_unprepared(statement)
            .await?;
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(false)
    }
}

/// Needs a table that nobody makes.
struct Broken;

impl MigrationName for Broken {
    fn name(&self) -> &str {
        "m20260102_000001_broken"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Broken {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .get_connection()
            .execute_unprepared("ALTER TABLE orders ADD COLUMN note text")
            .await?;
        Ok(())
    }
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(cli::run_cli(Migrator));
}
