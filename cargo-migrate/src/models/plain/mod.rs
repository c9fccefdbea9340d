//! Reads plain structs with `#[derive(Table)]` and enums with `#[derive(Enum)]`.

mod column;
mod constraint;
mod enums;
mod table;

pub(crate) use self::{enums::read_enum, table::read_struct};
