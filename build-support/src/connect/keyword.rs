//! The table of libpq's connection keywords: name, environment variable, what becomes of each.
//!
//! The [manual](https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS)
//! is the source. A keyword that is not here is an error with the nearest name as suggestion.

/// What becomes of a keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Treatment {
    /// It has its effect.
    Used,
    /// It has none here, on purpose: nothing that it could ask for would be missed.
    Ignored,
    /// It asks for a protection or a protocol that this driver does not have; only the values
    /// listed, which ask for nothing, are accepted.
    Refused(&'static [&'static str]),
}

/// Declares the keywords once, for every use.
macro_rules! keywords {
    ($( $variant:ident $name:literal $variable:literal $treatment:expr; )*) => {
        /// A connection keyword of libpq.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum Keyword { $( $variant, )* }

        impl Keyword {
            /// All keywords, in the order of the table.
            pub(super) const ALL: &'static [Self] = &[$( Self::$variant, )*];

            /// The spelling in a connection string.
            pub(super) fn name(self) -> &'static str {
                match self { $( Self::$variant => $name, )* }
            }

            /// The environment variable, where there is one.
            pub(super) fn variable(self) -> Option<&'static str> {
                let variable = match self { $( Self::$variant => $variable, )* };
                (!variable.is_empty()).then_some(variable)
            }

            /// What becomes of it.
            pub(super) fn treatment(self) -> Treatment {
                use Treatment::{Ignored, Refused, Used};
                match self { $( Self::$variant => $treatment, )* }
            }
        }
    };
}

keywords! {
    Service "service" "PGSERVICE" Used;
    ServiceFile "servicefile" "PGSERVICEFILE" Used;
    Host "host" "PGHOST" Used;
    HostAddr "hostaddr" "PGHOSTADDR" Used;
    Port "port" "PGPORT" Used;
    DbName "dbname" "PGDATABASE" Used;
    User "user" "PGUSER" Used;
    Password "password" "PGPASSWORD" Used;
    PassFile "passfile" "PGPASSFILE" Used;
    ChannelBinding "channel_binding" "PGCHANNELBINDING" Used;
    ConnectTimeout "connect_timeout" "PGCONNECT_TIMEOUT" Used;
    Options "options" "PGOPTIONS" Used;
    ApplicationName "application_name" "PGAPPNAME" Used;
    FallbackApplicationName "fallback_application_name" "" Used;
    Keepalives "keepalives" "" Used;
    KeepalivesIdle "keepalives_idle" "" Used;
    KeepalivesInterval "keepalives_interval" "" Used;
    KeepalivesCount "keepalives_count" "" Used;
    TcpUserTimeout "tcp_user_timeout" "" Used;
    SslMode "sslmode" "PGSSLMODE" Used;
    SslNegotiation "sslnegotiation" "PGSSLNEGOTIATION" Used;
    SslCert "sslcert" "PGSSLCERT" Used;
    SslKey "sslkey" "PGSSLKEY" Used;
    SslCertMode "sslcertmode" "PGSSLCERTMODE" Used;
    SslRootCert "sslrootcert" "PGSSLROOTCERT" Used;
    SslCrl "sslcrl" "PGSSLCRL" Used;
    SslSni "sslsni" "PGSSLSNI" Used;
    SslMinProtocolVersion "ssl_min_protocol_version" "PGSSLMINPROTOCOLVERSION" Used;
    SslMaxProtocolVersion "ssl_max_protocol_version" "PGSSLMAXPROTOCOLVERSION" Used;
    TargetSessionAttrs "target_session_attrs" "PGTARGETSESSIONATTRS" Used;
    LoadBalanceHosts "load_balance_hosts" "PGLOADBALANCEHOSTS" Used;

    // The driver always speaks UTF-8 and protocol 3.0, which every server has.
    ClientEncoding "client_encoding" "PGCLIENTENCODING" Ignored;
    MinProtocolVersion "min_protocol_version" "PGMINPROTOCOLVERSION" Refused(&["3.0"]);
    MaxProtocolVersion "max_protocol_version" "PGMAXPROTOCOLVERSION" Ignored;
    // TLS compression is off in every server; the key log is a debugging aid.
    SslCompression "sslcompression" "PGSSLCOMPRESSION" Ignored;
    SslKeyLogFile "sslkeylogfile" "" Ignored;
    RequireSsl "requiressl" "PGREQUIRESSL" Refused(&["0"]);
    // Without them these methods are not tried, and a server that insists says so itself.
    KrbSrvName "krbsrvname" "PGKRBSRVNAME" Ignored;
    GssLib "gsslib" "PGGSSLIB" Ignored;
    GssDelegation "gssdelegation" "PGGSSDELEGATION" Ignored;
    OauthIssuer "oauth_issuer" "" Ignored;
    OauthClientId "oauth_client_id" "" Ignored;
    OauthClientSecret "oauth_client_secret" "" Ignored;
    OauthScope "oauth_scope" "" Ignored;
    // Relics that libpq itself ignores.
    Tty "tty" "" Ignored;
    AuthType "authtype" "" Ignored;

    GssEncMode "gssencmode" "PGGSSENCMODE" Refused(&["disable", "prefer"]);
    SslPassword "sslpassword" "" Refused(&[]);
    SslCrlDir "sslcrldir" "PGSSLCRLDIR" Refused(&[]);
    RequirePeer "requirepeer" "PGREQUIREPEER" Refused(&[]);
    RequireAuth "require_auth" "PGREQUIREAUTH" Refused(&[]);
    ScramClientKey "scram_client_key" "" Refused(&[]);
    ScramServerKey "scram_server_key" "" Refused(&[]);
    Replication "replication" "" Refused(&["0", "off", "no", "false"]);
}

/// Spellings of sqlx's and tokio-postgres's connection strings, so that a URL written for them works here.
const ALIASES: &[(&str, Keyword)] = &[
    ("ssl-mode", Keyword::SslMode),
    ("ssl-root-cert", Keyword::SslRootCert),
    ("ssl-ca", Keyword::SslRootCert),
    ("ssl-cert", Keyword::SslCert),
    ("ssl-key", Keyword::SslKey),
    ("keepalives_retries", Keyword::KeepalivesCount),
];

/// Parameters of other drivers that say nothing about where to connect to.
const FOREIGN: &[&str] = &["statement-cache-capacity"];

/// Names that are meant often and are far from the keyword by letters.
const MEANT: &[(&str, &str)] = &[
    ("database", "dbname"),
    ("username", "user"),
    ("hostname", "host"),
    ("timeout", "connect_timeout"),
];

/// What a name in a connection string stands for.
pub(super) enum Named {
    /// A keyword.
    Keyword(Keyword),
    /// Another driver's parameter, without effect.
    Foreign,
    /// Nothing known; the nearest keyword's name when there is one.
    Unknown(Option<&'static str>),
}

impl Keyword {
    /// Looks a name up.
    pub(super) fn find(name: &str) -> Named {
        let listed = Self::ALL
            .iter()
            .copied()
            .find(|keyword| keyword.name() == name);
        let alias = || {
            ALIASES
                .iter()
                .find(|(alias, _)| *alias == name)
                .map(|(_, keyword)| *keyword)
        };
        match listed.or_else(alias) {
            Some(keyword) => Named::Keyword(keyword),
            None if FOREIGN.contains(&name) => Named::Foreign,
            None => Named::Unknown(nearest(name)),
        }
    }

    /// Returns whether its value must never be printed.
    pub(super) fn is_secret(self) -> bool {
        matches!(
            self,
            Self::Password
                | Self::SslPassword
                | Self::OauthClientSecret
                | Self::ScramClientKey
                | Self::ScramServerKey
        )
    }
}

/// Finds the keyword that a misspelt name is most likely meant to be.
fn nearest(name: &str) -> Option<&'static str> {
    if let Some((_, keyword)) = MEANT.iter().find(|(meant, _)| *meant == name) {
        return Some(keyword);
    }
    let plain = |text: &str| text.to_lowercase().replace(['-', '_'], "");
    Keyword::ALL
        .iter()
        .map(|keyword| {
            (
                distance(&plain(keyword.name()), &plain(name)),
                keyword.name(),
            )
        })
        .min()
        .filter(|(distance, keyword)| *distance <= 1 + keyword.len() / 5)
        .map(|(_, keyword)| keyword)
}

/// The number of letters to add, drop or change between two words; letters that only changed
/// places count as one.
fn distance(left: &str, right: &str) -> usize {
    if sorted(left) == sorted(right) {
        return usize::from(left != right);
    }
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (line, from) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, to) in right.iter().enumerate() {
            let change = diagonal + usize::from(from != *to);
            diagonal = row[column + 1];
            row[column + 1] = change.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}

fn sorted(word: &str) -> Vec<char> {
    let mut letters: Vec<char> = word.chars().collect();
    letters.sort_unstable();
    letters
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suggestion(name: &str) -> Option<&'static str> {
        match Keyword::find(name) {
            Named::Unknown(near) => near,
            Named::Keyword(_) | Named::Foreign => panic!("`{name}` is known"),
        }
    }

    #[test]
    fn a_misspelt_keyword_gets_the_near_one() {
        for (typed, meant) in [
            ("pasword", "password"),
            ("sslmod", "sslmode"),
            ("database", "dbname"),
            ("Host", "host"),
            ("target-session-attr", "target_session_attrs"),
        ] {
            assert_eq!(suggestion(typed), Some(meant), "{typed}");
        }
        assert_eq!(suggestion("pool_size"), None);
    }

    #[test]
    fn other_drivers_spellings_are_understood() {
        assert!(matches!(
            Keyword::find("ssl-root-cert"),
            Named::Keyword(Keyword::SslRootCert)
        ));
        assert!(matches!(
            Keyword::find("statement-cache-capacity"),
            Named::Foreign
        ));
    }

    #[test]
    fn names_and_variables_are_unique() {
        let mut names: Vec<_> = Keyword::ALL.iter().map(|keyword| keyword.name()).collect();
        names.extend(Keyword::ALL.iter().filter_map(|keyword| keyword.variable()));
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
