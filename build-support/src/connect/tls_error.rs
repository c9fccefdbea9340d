//! A failed handshake in words that name the setting to look at.

use rustls::{CertificateError, Error};

/// Says what a failure of rustls means; `None` when its own words are the best there are.
pub(super) fn explain(error: &Error) -> Option<String> {
    let Error::InvalidCertificate(problem) = error else {
        return None;
    };
    Some(match problem {
        // Of an authority that has the same name, but another key.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "no certificate of `sslrootcert` vouches for the server's certificate".to_owned()
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "the server's certificate has expired".to_owned()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "the server's certificate is not valid yet".to_owned()
        }
        CertificateError::Revoked => "the server's certificate is revoked".to_owned(),
        CertificateError::NotValidForName => {
            "the server's certificate is for another host".to_owned()
        }
        CertificateError::NotValidForNameContext {
            expected,
            presented,
        } => format!(
            "the server's certificate is for {}, not for `{}`",
            names(presented),
            expected.to_str()
        ),
        CertificateError::Other(other) if other.to_string() == "UnsupportedCertVersion" => {
            "the server's certificate is of X.509 version 1, which cannot be verified; issue it \
             with a subject alternative name"
                .to_owned()
        }
        _ => return None,
    })
}

/// `DnsName("db")` and the like, as the certificate's reader shows them.
fn names(presented: &[String]) -> String {
    if presented.is_empty() {
        return "no host (it has no subject alternative name)".to_owned();
    }
    let bare = |name: &String| match name.split_once('(') {
        Some((_, rest)) => format!("`{}`", rest.trim_end_matches(')').trim_matches('"')),
        None => format!("`{name}`"),
    };
    presented.iter().map(bare).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use rustls::pki_types::ServerName;

    use super::*;

    fn explained(problem: CertificateError) -> Option<String> {
        explain(&Error::InvalidCertificate(problem))
    }

    #[test]
    fn a_wrong_name_shows_both_names() {
        let expected = ServerName::try_from("db.internal").expect("a name");
        let wrong = |presented: &[&str]| CertificateError::NotValidForNameContext {
            expected: expected.clone(),
            presented: presented.iter().map(|name| (*name).to_owned()).collect(),
        };
        assert_eq!(
            explained(wrong(&["DnsName(\"other\")", "IpAddress(127.0.0.1)"])).as_deref(),
            Some("the server's certificate is for `other`, `127.0.0.1`, not for `db.internal`")
        );
        assert_eq!(
            explained(wrong(&[])).as_deref(),
            Some(
                "the server's certificate is for no host (it has no subject alternative name), \
                 not for `db.internal`"
            )
        );
    }

    #[test]
    fn what_has_no_better_words_keeps_its_own() {
        assert_eq!(explained(CertificateError::BadEncoding), None);
        assert_eq!(explain(&Error::DecryptError), None);
    }
}
