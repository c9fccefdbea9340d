//! Several servers, servers that do not answer, and callers inside a runtime.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use build_support::connect::Class;

use super::secured::{CANARY, Secured, shared};
use super::{refused, settings};

/// A port at which nothing listens: it was free a moment ago.
fn closed_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its address").port()
}

#[test]
fn the_first_host_that_answers_is_taken() {
    let (_, server) = shared();
    let (closed, address) = (closed_port(), &server.address);
    let text = format!(
        "host=127.0.0.1,{address} port={closed},5432 user=app dbname=postgres password='{CANARY}'"
    );
    assert!(settings(&text).connect().is_ok());
    let error = refused(&text.replace(",5432", &format!(",{closed}")));
    assert_eq!(error.class(), Class::Refused);
    assert_eq!(error.attempts().len(), 2);
    assert_eq!(
        error.to_string(),
        format!(
            "cannot connect to database `postgres` as `app`\n  \
             at 127.0.0.1:{closed}: connection refused\n  \
             at {address}:{closed}: connection refused"
        )
    );
}

#[test]
fn a_host_that_answers_and_refuses_ends_the_search() {
    let (_, server) = shared();
    let text = format!(
        "host={0},{0} user=app dbname=none password='{CANARY}'",
        server.address
    );
    assert_eq!(refused(&text).attempts().len(), 1);
}

#[test]
fn target_session_attrs_choose_among_servers() {
    let (_, writable) = shared();
    let frozen = Secured::plain();
    let statement = "ALTER ROLE app SET default_transaction_read_only = on";
    frozen
        .cluster
        .client()
        .batch_execute(statement)
        .expect("set");
    let chosen = |wanted: &str| {
        let text = format!(
            "host={},{} user=app dbname=postgres password='{CANARY}' target_session_attrs={wanted}",
            frozen.address, writable.address
        );
        let mut client = settings(&text).connect().expect("connected");
        let row = client.query_one("SELECT pg_catalog.host(pg_catalog.inet_server_addr())", &[]);
        row.expect("an answer").get::<_, String>(0)
    };
    for (wanted, address) in [
        ("any", &frozen.address),
        ("primary", &frozen.address),
        ("read-only", &frozen.address),
        ("read-write", &writable.address),
        ("prefer-standby", &frozen.address),
    ] {
        assert_eq!(&chosen(wanted), address, "{wanted}");
    }
    let text = writable.with_password("app", "target_session_attrs=standby");
    let error = refused(&text);
    assert_eq!(error.class(), Class::WrongSession);
    assert_eq!(super::message(&error), "the server is not a standby");
}

#[test]
fn a_server_that_never_answers_is_given_up_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its address").port();
    let text = format!("host=127.0.0.1 port={port} user=app password='{CANARY}' connect_timeout=2");
    let started = Instant::now();
    let error = refused(&text);
    assert_eq!(error.class(), Class::TimedOut);
    assert!(error.may_pass());
    assert!(
        started.elapsed() < Duration::from_secs(4),
        "{:?}",
        started.elapsed()
    );
}

#[test]
fn a_peer_that_is_no_postgresql_server_is_told_apart() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its address").port();
    std::thread::spawn(move || listener.incoming().take(4).for_each(drop));
    let error = refused(&format!(
        "host=127.0.0.1 port={port} user=app password='{CANARY}'"
    ));
    assert_eq!(error.class(), Class::Closed, "{error}");
}

#[test]
fn names_without_address_and_sockets_that_are_not_there_are_told_apart() {
    let error = refused(&format!(
        "host=nowhere.invalid user=app password='{CANARY}'"
    ));
    assert_eq!(error.class(), Class::NoSuchHost, "{error}");
    let error = refused(&format!("host=/nowhere user=app password='{CANARY}'"));
    assert_eq!(error.class(), Class::NoSuchSocket, "{error}");
    assert_eq!(
        error.to_string(),
        "cannot connect to database `app` as `app` at /nowhere/.s.PGSQL.5432: no such socket"
    );
}

#[test]
fn a_socket_needs_no_tls_whatever_the_mode() {
    let (_, server) = shared();
    let url = server.cluster.database();
    assert!(
        settings(&format!("{url}?sslmode=verify-full"))
            .connect()
            .is_ok()
    );
}

#[test]
fn the_application_is_named_to_the_server() {
    let (_, server) = shared();
    let text = server.with_password("app", "fallback_application_name=fallback");
    let name = |settings: build_support::connect::Settings| {
        let mut client = settings.connect().expect("connected");
        client
            .query_one("SHOW application_name", &[])
            .expect("an answer")
            .get::<_, String>(0)
    };
    assert_eq!(name(settings(&text)), "fallback");
    assert_eq!(
        name(settings(&text).with_application_name("shop 1.2")),
        "shop 1.2"
    );
}

#[test]
fn a_blocking_connection_can_be_opened_inside_a_runtime() {
    let (_, server) = shared();
    let settings = settings(&server.with_password("app", "target_session_attrs=read-write"));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let answer = runtime.block_on(async {
        settings.with_client(|client| {
            client
                .query_one("SELECT 7", &[])
                .map(|row| row.get::<_, i32>(0))
        })
    });
    assert_eq!(answer.expect("connected").expect("an answer"), 7_i32);
}

#[test]
fn the_asynchronous_connection_behaves_alike() {
    let (authority, server) = shared();
    let rest = format!("sslmode=verify-full sslrootcert={}", authority.root());
    let good = settings(&server.with_password("app", &rest));
    let wrong = settings(&server.with_password("forgetful", &rest));
    let unfit = settings(&server.with_password("app", "target_session_attrs=standby"));
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its address").port();
    let silent = settings(&format!(
        "host=127.0.0.1 port={port} user=app connect_timeout=2"
    ));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(async {
        let client = good.connect_async().await.expect("connected");
        let row = client.query_one("SELECT 7", &[]).await.expect("an answer");
        assert_eq!(row.get::<_, i32>(0), 7);
        for (settings, class) in [
            (wrong, Class::Authentication),
            (unfit, Class::WrongSession),
            (silent, Class::TimedOut),
        ] {
            let error = settings.connect_async().await.expect_err("refused");
            assert_eq!(error.class(), class, "{error}");
            assert!(!format!("{error:?}").contains(CANARY));
        }
    });
}
