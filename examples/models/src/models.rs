//! The models of the blog. `history/` has what they were when each revision was generated.

use std::time::SystemTime;

use build_support::{Enum, Table};

/// People who write.
#[derive(Debug, Table)]
#[table(name = "users")]
pub struct User {
    #[column(primary_key, identity)]
    pub id: i64,
    #[column(unique)]
    pub email: String,
    #[column(was = "name")]
    pub full_name: Option<String>,
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
    Suspended,
}

#[derive(Debug, Table)]
#[table(
    name = "posts",
    check(name = "posts_title_not_empty", expression = "title <> ''"),
    index(name = "posts_tags", columns(tags), method = "gin")
)]
pub struct Post {
    #[column(primary_key, identity)]
    pub id: i64,
    #[column(references(users.id), on_delete = "cascade", index)]
    pub author_id: i64,
    pub title: String,
    pub body: String,
    #[column(default = "'{}'")]
    pub tags: Vec<String>,
}

/// What readers say.
#[derive(Debug, Table)]
#[table(name = "comments", unique(post_id, position))]
pub struct Comment {
    #[column(primary_key, identity)]
    pub id: i64,
    #[column(references(posts.id), on_delete = "cascade")]
    pub post_id: i64,
    #[column(check = "position > 0")]
    pub position: i32,
    pub text: String,
}
