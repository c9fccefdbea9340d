//! Each `sslmode` against each kind of server.

use build_support::connect::Class;

use super::authority::{Authority, self_signed};
use super::secured::{NAME, Secured, shared};
use super::{encrypted, message, refused};

#[test]
fn every_mode_but_the_strict_ones_connects_without_a_root_certificate() {
    let (_, server) = shared();
    for (mode, tls) in [
        ("disable", false),
        ("allow", false),
        ("prefer", true),
        ("require", true),
    ] {
        let text = server.with_password("app", &format!("sslmode={mode}"));
        assert_eq!(encrypted(&text), tls, "{mode}");
    }
    for mode in ["verify-ca", "verify-full"] {
        let error = refused(&server.with_password("app", &format!("sslmode={mode}")));
        assert_eq!(error.class(), Class::TlsFiles);
        assert!(
            message(&error).contains("needs a root certificate"),
            "{error}"
        );
    }
}

#[test]
fn the_right_authority_satisfies_every_mode() {
    let (authority, server) = shared();
    for mode in ["require", "verify-ca", "verify-full"] {
        let rest = format!("sslmode={mode} sslrootcert={}", authority.root());
        assert!(encrypted(&server.with_password("app", &rest)), "{mode}");
    }
}

#[test]
fn the_wrong_authority_is_refused_also_by_require() {
    let (_, server) = shared();
    let other = Authority::new();
    for mode in ["require", "verify-ca", "verify-full"] {
        let rest = format!("sslmode={mode} sslrootcert={}", other.root());
        let error = refused(&server.with_password("app", &rest));
        assert_eq!(error.class(), Class::Tls, "{mode}");
        assert_eq!(
            message(&error),
            "no certificate of `sslrootcert` vouches for the server's certificate"
        );
    }
    let system = refused(&server.with_password("app", "sslrootcert=system"));
    assert!(
        matches!(system.class(), Class::Tls | Class::TlsFiles),
        "{system}"
    );
}

#[test]
fn the_name_counts_for_verify_full_only() {
    let (authority, server) = shared();
    let other_name = |mode: &str| {
        let rest = format!("sslmode={mode} sslrootcert={}", authority.root());
        server
            .with_password("app", &rest)
            .replace(NAME, "other.test")
    };
    assert!(encrypted(&other_name("require")));
    assert!(encrypted(&other_name("verify-ca")));
    let error = refused(&other_name("verify-full"));
    assert_eq!(error.class(), Class::Tls);
    assert_eq!(
        message(&error),
        "the server's certificate is for `db.test`, not for `other.test`"
    );
    let unnamed = other_name("verify-full").replace("host=other.test ", "");
    assert_eq!(
        message(&refused(&unnamed)),
        "`sslmode=verify-full` needs a host name, not only an address"
    );
}

#[test]
fn an_expired_certificate_is_refused() {
    let authority = Authority::new();
    let server = Secured::with_tls(&authority.issue_expired(NAME), &authority);
    let rest = format!("sslmode=verify-ca sslrootcert={}", authority.root());
    let error = refused(&server.with_password("app", &rest));
    assert_eq!(message(&error), "the server's certificate has expired");
    assert!(encrypted(&server.with_password("app", "sslmode=require")));
}

#[test]
fn a_revoked_certificate_is_refused() {
    let (_, server) = shared();
    let (authority, _) = shared();
    let rest = format!(
        "sslmode=verify-full sslrootcert={} sslcrl={}",
        authority.root(),
        authority.revoke_all()
    );
    let error = refused(&server.with_password("app", &rest));
    assert_eq!(message(&error), "the server's certificate is revoked");
}

#[test]
fn a_self_signed_certificate_is_trusted_when_it_is_the_root_file() {
    let authority = Authority::new();
    let identity = self_signed(NAME);
    let server = Secured::with_tls(&identity, &authority);
    let root = authority.write("self.crt", &identity.certificate);
    let rest = format!("sslmode=verify-full sslrootcert={root}");
    let text = server.with_password("app", &rest);
    assert!(encrypted(&text));
    let error = refused(&text.replace(NAME, "other.test"));
    assert_eq!(error.class(), Class::Tls);
    let other = Authority::new();
    let rest = format!("sslmode=verify-ca sslrootcert={}", other.root());
    assert_eq!(
        refused(&server.with_password("app", &rest)).class(),
        Class::Tls
    );
}

#[test]
fn a_server_without_tls_is_refused_by_the_modes_that_need_it() {
    let (authority, _) = shared();
    let server = Secured::plain();
    for mode in ["disable", "allow", "prefer"] {
        assert!(
            !encrypted(&server.with_password("app", &format!("sslmode={mode}"))),
            "{mode}"
        );
    }
    for mode in ["require", "verify-ca", "verify-full"] {
        let rest = format!("sslmode={mode} sslrootcert={}", authority.root());
        let error = refused(&server.with_password("app", &rest));
        assert_eq!(error.class(), Class::TlsNotOffered, "{mode}");
        assert_eq!(message(&error), "the server does not offer TLS");
    }
    let error = refused(&server.with_password("with_tls", "sslmode=allow"));
    assert_eq!(error.sqlstate(), Some("28000"));
    assert!(
        message(&error).ends_with("; with TLS: the server does not offer TLS"),
        "{error}"
    );
}

#[test]
fn the_servers_rules_decide_where_the_mode_leaves_a_choice() {
    let (_, server) = shared();
    for (role, mode, tls) in [
        ("with_tls", "allow", true),
        ("with_tls", "prefer", true),
        ("without_tls", "allow", false),
        ("without_tls", "prefer", false),
    ] {
        let text = server.with_password(role, &format!("sslmode={mode}"));
        assert_eq!(encrypted(&text), tls, "{role} {mode}");
    }
    for (role, mode) in [("with_tls", "disable"), ("without_tls", "require")] {
        let error = refused(&server.with_password(role, &format!("sslmode={mode}")));
        assert_eq!(error.sqlstate(), Some("28000"), "{error}");
    }
}

#[test]
fn a_client_certificate_opens_the_door() {
    let (authority, server) = shared();
    let identity = authority.issue("by_certificate");
    let certificate = authority.write("client.crt", &identity.certificate);
    let key = authority.write("client.key", &identity.key);
    let rest = format!(
        "sslmode=verify-full sslrootcert={} sslcert={certificate} sslkey={key}",
        authority.root()
    );
    assert!(encrypted(&server.by("by_certificate", &rest)));
    let without = refused(&server.by("by_certificate", "sslmode=require"));
    assert_eq!(without.sqlstate(), Some("28000"), "{without}");
    let withheld = refused(&server.by("by_certificate", &format!("{rest} sslcertmode=disable")));
    assert_eq!(withheld.sqlstate(), Some("28000"), "{withheld}");
}

#[test]
fn a_client_certificate_of_a_foreign_authority_is_refused_by_the_server() {
    let (authority, server) = shared();
    let foreign = Authority::new();
    let identity = foreign.issue("by_certificate");
    let certificate = foreign.write("client.crt", &identity.certificate);
    let key = foreign.write("client.key", &identity.key);
    let rest = format!(
        "sslmode=verify-full sslrootcert={} sslcert={certificate} sslkey={key}",
        authority.root()
    );
    let error = refused(&server.by("by_certificate", &rest));
    assert_eq!(error.class(), Class::Tls, "{error}");
}

#[test]
fn files_that_cannot_be_used_are_named() {
    use std::os::unix::fs::PermissionsExt as _;

    let (authority, server) = shared();
    let identity = authority.issue("app");
    let certificate = authority.write("named.crt", &identity.certificate);
    let key = authority.write("named.key", &identity.key);
    let empty = authority.write("empty.crt", "");
    for (rest, expected) in [
        (
            "sslmode=require sslrootcert=/nowhere/root.crt".to_owned(),
            "cannot read `sslrootcert` /nowhere/root.crt: ".to_owned(),
        ),
        (
            format!("sslmode=require sslrootcert={empty}"),
            format!("`sslrootcert` {empty} holds no certificate in PEM form"),
        ),
        (
            format!("sslmode=require sslcert={certificate} sslkey=/nowhere/key"),
            "cannot read `sslkey` /nowhere/key: ".to_owned(),
        ),
    ] {
        let error = refused(&server.with_password("app", &rest));
        assert_eq!(error.class(), Class::TlsFiles, "{error}");
        assert!(message(&error).starts_with(&expected), "{error}");
    }
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).expect("opened");
    let rest = format!("sslmode=require sslcert={certificate} sslkey={key}");
    let error = refused(&server.with_password("app", &rest));
    assert_eq!(
        message(&error),
        format!(
            "the private key {key} is not used: its group or others may access it; \
             run `chmod 600` on it"
        )
    );
}

#[test]
fn channel_binding_needs_tls() {
    let (_, server) = shared();
    let text = |mode: &str| {
        server.with_password("app", &format!("channel_binding=require sslmode={mode}"))
    };
    assert!(encrypted(&text("require")));
    let error = refused(&text("disable"));
    assert_eq!(error.class(), Class::Authentication, "{error}");
}

#[test]
fn versions_of_tls_can_be_narrowed() {
    let (_, server) = shared();
    for (keyword, version) in [
        ("ssl_max_protocol_version=TLSv1.2", "TLSv1.2"),
        ("ssl_min_protocol_version=TLSv1.3", "TLSv1.3"),
        ("ssl_min_protocol_version=TLSv1", "TLSv1.3"),
    ] {
        let text = server.with_password("app", &format!("sslmode=require {keyword}"));
        let mut client = super::settings(&text).connect().expect("connected");
        let question =
            "SELECT version FROM pg_catalog.pg_stat_ssl WHERE pid = pg_catalog.pg_backend_pid()";
        let found: String = client.query_one(question, &[]).expect("an answer").get(0);
        assert_eq!(found, version, "{keyword}");
    }
}
