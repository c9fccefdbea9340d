//! Reads SeaORM 2 entities: `DeriveEntityModel`, `Relation` enums, `DeriveActiveEnum`,
//! `DeriveValueType`. Names and types come out as SeaORM's own schema statements write them.

mod column_type;
mod entity;
mod enums;
mod relation;

pub(crate) use self::{
    entity::read_entity,
    enums::{ActiveEnum, read_active_enum, read_value_type},
    relation::read_relations,
};
