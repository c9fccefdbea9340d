//! A wire between a client and a server that can be cut at a chosen message.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

/// Where the wire is cut, counted in messages of the simple protocol (`Query`) over all connections
/// through this wire, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Never.
    Nowhere,
    /// The message with this number does not reach the server.
    BeforeQuery(usize),
    /// The message with this number is answered, but the answer does not reach the client.
    BeforeAnswer(usize),
}

/// A wire to a server behind a Unix socket. It cuts once; later connections are left alone.
#[derive(Debug)]
pub struct Wire {
    port: u16,
    queries: Arc<AtomicUsize>,
    round_trips: Arc<AtomicUsize>,
}

impl Wire {
    /// Lays a wire to the socket in `folder`.
    #[must_use]
    pub fn to(folder: &Path, cut: Cut) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        let queries = Arc::new(AtomicUsize::new(0));
        let round_trips = Arc::new(AtomicUsize::new(0));
        let counters = (Arc::clone(&queries), Arc::clone(&round_trips));
        let socket = folder.join(".s.PGSQL.5432");
        thread::spawn(move || serve(&listener, &socket, cut, &counters));
        Self {
            port,
            queries,
            round_trips,
        }
    }

    /// The URL of a database at the other end.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        let port = self.port;
        format!("postgres://postgres@127.0.0.1:{port}/{database}?sslmode=disable")
    }

    /// How many messages were sent so far.
    #[must_use]
    pub fn queries(&self) -> usize {
        self.queries.load(Ordering::SeqCst)
    }

    /// How often an answer was asked for so far, in either protocol: by `Query` or by `Sync`.
    #[must_use]
    pub fn round_trips(&self) -> usize {
        self.round_trips.load(Ordering::SeqCst)
    }
}

fn serve(
    listener: &TcpListener,
    socket: &Path,
    cut: Cut,
    (queries, round_trips): &(Arc<AtomicUsize>, Arc<AtomicUsize>),
) {
    for client in listener.incoming() {
        let (Ok(client), Ok(server)) = (client, UnixStream::connect(socket)) else {
            continue;
        };
        let connection = Connection {
            client,
            server,
            cut,
            queries: Arc::clone(queries),
            round_trips: Arc::clone(round_trips),
        };
        thread::spawn(move || connection.run());
    }
}

struct Connection {
    client: TcpStream,
    server: UnixStream,
    cut: Cut,
    queries: Arc<AtomicUsize>,
    round_trips: Arc<AtomicUsize>,
}

impl Connection {
    /// Passes messages on until an end hangs up or the wire is cut; a cut closes both ends.
    fn run(mut self) {
        let (Ok(from), Ok(to)) = (self.server.try_clone(), self.client.try_clone()) else {
            return;
        };
        let withheld = Arc::new(AtomicBool::new(false));
        let watched = Arc::clone(&withheld);
        let back = thread::spawn(move || pass_back(from, to, &watched));
        // What ends it is told to both sides by closing them; a withheld answer is waited for.
        let _ = self.forward(&withheld);
        if withheld.load(Ordering::SeqCst) {
            let _ = back.join();
        }
        let _ = self.client.shutdown(Shutdown::Both);
        let _ = self.server.shutdown(Shutdown::Both);
    }

    fn forward(&mut self, withheld: &AtomicBool) -> io::Result<()> {
        // The first message has no type.
        let start = read_body(&mut self.client)?;
        self.server.write_all(&start)?;
        loop {
            let mut kind = [0];
            self.client.read_exact(&mut kind)?;
            let body = read_body(&mut self.client)?;
            if matches!(kind[0], b'Q' | b'S') {
                self.round_trips.fetch_add(1, Ordering::SeqCst);
            }
            let number = match kind[0] {
                b'Q' => Some(self.queries.fetch_add(1, Ordering::SeqCst)),
                _ => None,
            };
            if number.is_some_and(|number| self.cut == Cut::BeforeQuery(number)) {
                return Ok(());
            }
            let last = number.is_some_and(|number| self.cut == Cut::BeforeAnswer(number));
            withheld.fetch_or(last, Ordering::SeqCst);
            self.server.write_all(&kind)?;
            self.server.write_all(&body)?;
            if last {
                return Ok(());
            }
        }
    }
}

/// Passes answers on; one that is withheld is read to its end and dropped.
fn pass_back(mut from: UnixStream, mut to: TcpStream, withheld: &AtomicBool) {
    let mut buffer = [0; 16 * 1024];
    let mut tail = Vec::new();
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        let answer = &buffer[..length];
        if withheld.load(Ordering::SeqCst) {
            tail.extend_from_slice(answer);
            if ends_with_ready(&tail) {
                break;
            }
            tail.drain(..tail.len().saturating_sub(6));
        } else if to.write_all(answer).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
    let _ = from.shutdown(Shutdown::Both);
}

/// `ReadyForQuery` without the state: type and length.
const READY: &[u8] = &[b'Z', 0, 0, 0, 5];

/// Whether an answer is complete.
fn ends_with_ready(answer: &[u8]) -> bool {
    answer.len() >= 6 && answer[answer.len() - 6..].starts_with(READY)
}

/// Reads a message's length and what it covers.
fn read_body(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let rest = u32::from_be_bytes(length).saturating_sub(4);
    let mut body = length.to_vec();
    from.take(u64::from(rest)).read_to_end(&mut body)?;
    Ok(body)
}

/// The folder of the socket in the URL of a private server.
#[must_use]
pub fn socket_folder(url: &str) -> PathBuf {
    let host = url
        .split('@')
        .nth(1)
        .and_then(|rest| rest.split([':', '/']).next());
    let host = host.expect("the URL of a private server has a host");
    PathBuf::from(host.replace("%2F", "/").replace("%2f", "/"))
}
