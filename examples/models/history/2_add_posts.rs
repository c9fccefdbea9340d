//! The models of the blog, with posts and the state of a user.

use std::time::SystemTime;

use build_support::{Enum, Table};

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
    #[column(default = "'pending'")]
    pub status: UserStatus,
}

/// Whether somebody may write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum UserStatus {
    Pending,
    Active,
}

#[derive(Debug, Table)]
#[table(name = "posts")]
pub struct Post {
    #[column(primary_key, identity)]
    pub id: i64,
    #[column(references(users.id), on_delete = "cascade", index)]
    pub author_id: i64,
    pub title: String,
    pub body: String,
}
