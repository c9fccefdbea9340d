//! Roles that scripts speak of and a scratch server lacks.
//!
//! A role belongs to a server, not to a database: who migrates makes it elsewhere, so no revision does.
//! A throw-away server has none of them, and on it a role is nobody's.

use std::collections::BTreeSet;

use postgres::error::{DbError, SqlState};

use crate::server::Scratch;

/// What helps where the server is the user's, on which none is made.
pub const HINT: &str = "make the role on the scratch server, or leave out `--scratch-url`: a server that \
     is started for the purpose is given the roles that scripts speak of";

/// The role that a server says it hasn't.
#[must_use]
pub fn missing(error: &DbError) -> Option<&str> {
    missing_in(error.code().code(), error.message())
}

/// The same, by the code and the message of an error.
#[must_use]
pub fn missing_in<'a>(sqlstate: &str, message: &'a str) -> Option<&'a str> {
    let name = message.strip_prefix("role \"")?;
    let is_undefined = sqlstate == SqlState::UNDEFINED_OBJECT.code();
    name.strip_suffix("\" does not exist")
        .filter(|_| is_undefined)
}

/// Makes what is missing on a server of our own, each role once.
#[derive(Debug)]
pub struct Provider<'a> {
    scratch: &'a Scratch,
    made: BTreeSet<String>,
}

impl<'a> Provider<'a> {
    /// One that has made nothing yet.
    #[must_use]
    pub fn on(scratch: &'a Scratch) -> Self {
        Self {
            scratch,
            made: BTreeSet::new(),
        }
    }

    /// Whether an error was about a role that is there from now on.
    pub fn provides(&mut self, error: &DbError) -> bool {
        missing(error).is_some_and(|role| {
            self.made.insert(role.to_owned()) && self.scratch.provide_role(role)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_role_that_is_not_there_is_missing() {
        let role = "role \"a \"b\" c\" does not exist";
        assert_eq!(missing_in("42704", role), Some("a \"b\" c"));
        // `SET ROLE` needs more than a name: the rights that the role has.
        assert_eq!(missing_in("22023", role), None);
        assert_eq!(missing_in("42704", "type \"role\" does not exist"), None);
    }
}
