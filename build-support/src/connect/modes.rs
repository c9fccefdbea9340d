//! The keywords whose values are a closed list, with libpq's spelling and meaning.

use std::fmt;

/// Declares an enum whose variants have one spelling in connection strings.
macro_rules! choices {
    (
        $(#[$enum_doc:meta])*
        $name:ident { $( $(#[$doc:meta])* $variant:ident = $text:literal, )* }
    ) => {
        $(#[$enum_doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
        pub enum $name { $( $(#[$doc])* $variant, )* }

        impl $name {
            /// All values, as they are written in a connection string.
            pub(super) const TEXTS: &'static [&'static str] = &[$($text),*];

            /// Reads a value as it is written in a connection string.
            pub fn parse(text: &str) -> Option<Self> {
                match text {
                    $( $text => Some(Self::$variant), )*
                    _ => None,
                }
            }

            /// Returns the value as it is written in a connection string.
            pub fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $text, )* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(self.as_str())
            }
        }
    };
}

choices! {
    /// How much TLS a connection must have, from none to all
    /// ([manual](https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION)).
    /// None of them concerns a Unix socket.
    SslMode {
        /// Never TLS.
        Disable = "disable",
        /// TLS only when the server insists; nothing is verified.
        Allow = "allow",
        /// TLS when the server has it; nothing is verified.
        #[default]
        Prefer = "prefer",
        /// Always TLS; the certificate is verified only where a root certificate file exists.
        Require = "require",
        /// Always TLS; the certificate must come from a trusted authority.
        VerifyCa = "verify-ca",
        /// Always TLS; trusted authority, and the certificate names the host.
        VerifyFull = "verify-full",
    }
}

choices! {
    /// How TLS begins.
    SslNegotiation {
        /// The client asks for TLS in PostgreSQL's own protocol first.
        #[default]
        Postgres = "postgres",
        /// TLS from the first byte (PostgreSQL 17 and newer); needs `sslmode=require` or stronger.
        Direct = "direct",
    }
}

choices! {
    /// Whether SCRAM is tied to the TLS channel.
    ChannelBinding {
        /// Never.
        Disable = "disable",
        /// When the server offers it.
        #[default]
        Prefer = "prefer",
        /// The connection fails without it.
        Require = "require",
    }
}

choices! {
    /// Which of several servers will do.
    TargetSessionAttrs {
        /// The first that answers.
        #[default]
        Any = "any",
        /// One that takes writes by default.
        ReadWrite = "read-write",
        /// One that does not take writes by default.
        ReadOnly = "read-only",
        /// One that is not a standby.
        Primary = "primary",
        /// A standby.
        Standby = "standby",
        /// A standby, or else the first that answers.
        PreferStandby = "prefer-standby",
    }
}

choices! {
    /// In which order several hosts are tried.
    LoadBalanceHosts {
        /// As written.
        #[default]
        Disable = "disable",
        /// At random.
        Random = "random",
    }
}

impl SslMode {
    /// Returns whether a connection without TLS is out of the question.
    pub fn needs_tls(self) -> bool {
        self >= Self::Require
    }

    /// Returns whether the server's certificate must be verified.
    pub fn verifies(self) -> bool {
        self >= Self::VerifyCa
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_read_back() {
        for text in SslMode::TEXTS {
            assert_eq!(SslMode::parse(text).map(SslMode::as_str), Some(*text));
        }
        assert_eq!(SslMode::parse("verify"), None);
    }

    #[test]
    fn modes_are_ordered_by_strength() {
        assert!(!SslMode::Prefer.needs_tls());
        assert!(SslMode::Require.needs_tls() && !SslMode::Require.verifies());
        assert!(SslMode::VerifyCa.verifies() && SslMode::VerifyFull.verifies());
    }
}
