//! Reads Diesel's declarations: `table!`, `joinable!`, SQL types with `#[diesel(postgres_type)]`,
//! enums with `diesel_derive_enum::DbEnum`.

mod enums;
mod sql_type;
mod table;

pub(crate) use self::{
    enums::read_db_enum,
    sql_type::read_sql_type,
    table::{Joinable, read_joinable, read_table},
};
