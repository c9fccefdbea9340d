//! The models of the blog, as they were at first.

use std::time::SystemTime;

use build_support::Table;

/// People who write.
#[derive(Debug, Table)]
#[table(name = "users")]
pub struct User {
    #[column(primary_key, identity)]
    pub id: i64,
    #[column(type = "varchar(255)", unique)]
    pub email: String,
    pub name: Option<String>,
    #[column(default = "now()")]
    pub created_at: SystemTime,
}
