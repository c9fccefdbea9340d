//! From the driver's error to the obstacle that it means, with every password masked.

use std::error::Error as _;
use std::io;

use super::endpoint::Endpoint;
use super::error::{Attempt, Class};
use super::settings::Settings;

/// Says what an error of the driver means for one server.
pub(super) fn classify(
    settings: &Settings,
    endpoint: &Endpoint,
    error: &tokio_postgres::Error,
) -> Attempt {
    let redact = |text: &str| match &endpoint.password {
        Some(password) => password.redact(text, &[&settings.user, &settings.database]),
        None => text.to_owned(),
    };
    if let Some(answer) = error.as_db_error() {
        let code = answer.code().code();
        let attempt = Attempt::new(endpoint, of_sqlstate(code), redact(answer.message()));
        return Attempt {
            sqlstate: Some(code.to_owned()),
            ..attempt
        };
    }
    let (class, message) = of_driver(error);
    Attempt::new(endpoint, class, redact(&message))
}

/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>
fn of_sqlstate(code: &str) -> Class {
    match code {
        "28000" | "28P01" => Class::Authentication,
        "3D000" => Class::NoSuchDatabase,
        "53300" => Class::TooManyConnections,
        "57P01" | "57P02" | "57P03" => Class::NotReady,
        _ => Class::Other,
    }
}

/// The driver keeps the kind of its error private; its words are the only way to it.
fn of_driver(error: &tokio_postgres::Error) -> (Class, String) {
    let cause: Option<&io::Error> = error.source().and_then(|cause| cause.downcast_ref());
    if let Some(explained) = cause.and_then(of_tls) {
        return (Class::Tls, explained);
    }
    let message = error
        .source()
        .map_or_else(|| error.to_string(), ToString::to_string);
    let class = match error.to_string().as_str() {
        "error performing TLS handshake" if message == "server does not support TLS" => {
            Class::TlsNotOffered
        }
        "error performing TLS handshake" => Class::Tls,
        "invalid configuration" if message == "password missing" => Class::NoPassword,
        "authentication error" => Class::Authentication,
        "connection closed"
        | "unexpected message from server"
        | "error parsing response from server" => Class::Closed,
        _ => cause.map_or(Class::Other, of_io),
    };
    (class, said(class, message))
}

/// A failure of TLS may surface after the handshake too: that is when a server refuses our
/// certificate.
#[cfg(feature = "tls")]
fn of_tls(error: &io::Error) -> Option<String> {
    let inner: &rustls::Error = error.get_ref()?.downcast_ref()?;
    Some(super::tls_error::explain(inner).unwrap_or_else(|| inner.to_string()))
}

#[cfg(not(feature = "tls"))]
fn of_tls(_: &io::Error) -> Option<String> {
    None
}

fn of_io(error: &io::Error) -> Class {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Class::Refused,
        io::ErrorKind::NotFound => Class::NoSuchSocket,
        io::ErrorKind::TimedOut => Class::TimedOut,
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => Class::Unreachable,
        io::ErrorKind::UnexpectedEof
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::ConnectionAborted => Class::Closed,
        // The standard library has no kind of its own for a failed look-up.
        _ if error.to_string().contains("lookup address") => Class::NoSuchHost,
        _ => Class::Other,
    }
}

/// Puts the driver's words into a user's.
fn said(class: Class, message: String) -> String {
    match class {
        Class::NoPassword => "the server asks for a password and none was given".to_owned(),
        Class::TlsNotOffered => "the server does not offer TLS".to_owned(),
        Class::Refused => "connection refused".to_owned(),
        Class::NoSuchSocket => "no such socket".to_owned(),
        Class::NoSuchHost => "no such host".to_owned(),
        Class::Closed => format!("the server hung up ({message})"),
        Class::Authentication
        | Class::NoSuchDatabase
        | Class::NotReady
        | Class::Other
        | Class::TimedOut
        | Class::Tls
        | Class::TlsFiles
        | Class::TlsMissing
        | Class::TooManyConnections
        | Class::Unreachable
        | Class::WrongSession => message,
    }
}
