//! What can be known of SQL without a server: its tokens, its statements, what kind they are, and
//! how to quote. It never parses DDL: PostgreSQL is the only parser that is right about it.

mod batch;
mod batch_reader;
mod classify;
mod concurrently;
mod index;
mod lexer;
mod name;
mod quote;
mod settings;
mod split;

pub(crate) use self::split::split_begun;
pub use self::{
    batch::{Batchable, NotBatchable, Part, batchable},
    classify::{Ending, Kind},
    concurrently::{Concurrently, Reindexed, concurrently},
    index::{ConcurrentIndex, concurrent_index},
    lexer::{Lexer, Token, TokenKind, Unterminated},
    name::{QualifiedName, read_name},
    quote::{Identifier, Literal, quote_identifier, quote_literal},
    settings::{ChangedSettings, changed_settings, sets_session},
    split::{Comment, Split, Statement, significant, split, split_with},
};
