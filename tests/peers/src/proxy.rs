//! A relay between a client and the server's socket that counts flights: bursts from the client
//! that come after something from the server.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

use crate::tools::Outcome;

pub struct Proxy {
    port: u16,
    flights: Arc<AtomicUsize>,
}

impl Proxy {
    /// Relays to the server whose socket is somewhere in this folder.
    pub fn start(folder: &Path) -> Outcome<Self> {
        let socket = find_socket(folder).ok_or("the server has a socket")?;
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let flights = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&flights);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if let Ok(server) = UnixStream::connect(&socket) {
                    relay(client, server, &counter);
                }
            }
        });
        Ok(Self { port, flights })
    }

    pub fn flights(&self) -> usize {
        self.flights.load(Ordering::SeqCst)
    }

    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}?sslmode=disable", self.port)
    }
}

fn find_socket(folder: &Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).ok()?;
    let mut folders = Vec::new();
    for entry in entries.flatten() {
        let path = entry.path();
        if entry.file_name().to_string_lossy() == ".s.PGSQL.5432" {
            return Some(path);
        }
        if path.is_dir() {
            folders.push(path);
        }
    }
    folders.iter().find_map(|folder| find_socket(folder))
}

fn relay(client: TcpStream, server: UnixStream, flights: &Arc<AtomicUsize>) {
    let _ = client.set_nodelay(true);
    let answered = Arc::new(AtomicBool::new(true));
    let (Ok(from_client), Ok(to_server)) = (client.try_clone(), server.try_clone()) else { return };
    let (counter, seen) = (Arc::clone(flights), Arc::clone(&answered));
    thread::spawn(move || {
        pump(from_client, &to_server, |_| {
            if seen.swap(false, Ordering::SeqCst) {
                counter.fetch_add(1, Ordering::SeqCst);
            }
        });
        let _ = to_server.shutdown(Shutdown::Both);
    });
    thread::spawn(move || {
        pump(server, &client, |_| answered.store(true, Ordering::SeqCst));
        let _ = client.shutdown(Shutdown::Both);
    });
}

fn pump<W>(mut from: impl Read, to: &W, seen: impl Fn(usize))
where
    for<'w> &'w W: Write,
{
    let mut buffer = [0; 64 * 1024];
    while let Ok(count) = from.read(&mut buffer) {
        seen(count);
        let mut writer = to;
        if count == 0 || writer.write_all(&buffer[..count]).is_err() {
            return;
        }
    }
}
