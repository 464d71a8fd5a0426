//! One client's TCP connection: bytes in, requests to the city, replies out.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::io::ErrorKind;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use cluster_city::cluster::connection::Conn;
use cluster_city::cluster::id::HostId;
use cluster_city::cluster::reply::Reply;
use cluster_city::cluster::resp::{Parser, Protocol, encode};
use tokio::io::{AsyncRead, ReadBuf};
use tokio::net::TcpStream;
use tokio::net::tcp::ReadHalf;
use tokio::sync::Notify;

use super::city::City;

/// Beyond so many bytes of replies no further request is taken until the client reads: it waits for itself.
const ENOUGH: usize = 1024 * 1024;
/// Beyond so many bytes of what the client did not ask for it is cut off: `client-output-buffer-limit pubsub`.
const TOO_MUCH: usize = 32 * 1024 * 1024;
/// So many bytes of requests are kept while none is taken.
const KEPT: usize = 1024 * 1024;
/// Read at once.
const PIECE: usize = 64 * 1024;
/// So long a closing connection may take to deliver its last words.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// The city's side of a connection.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) conn: Conn,
    protocol: Cell<Protocol>,
    out: RefCell<Vec<u8>>,
    gone: Cell<bool>,
    bell: Notify,
}

impl Line {
    pub(crate) fn new(conn: Conn) -> Self {
        Self {
            conn,
            protocol: Cell::default(),
            out: RefCell::default(),
            gone: Cell::new(false),
            bell: Notify::new(),
        }
    }

    /// A reply to what the client asked.
    pub(crate) fn reply(&self, reply: &Reply) {
        encode(reply, self.protocol.get(), &mut self.out.borrow_mut());
    }

    /// Something unasked; `false` if the client is too slow and was cut off.
    pub(crate) fn push(&self, reply: &Reply) -> bool {
        if self.out.borrow().len() > TOO_MUCH {
            self.out.take();
            self.close();
            return false;
        }
        self.reply(reply);
        true
    }

    /// Replies are meant in this protocol from here on.
    pub(crate) fn speak(&self, protocol: Protocol) {
        self.protocol.set(protocol);
    }

    /// The node closed it.
    pub(crate) fn close(&self) {
        self.gone.set(true);
        self.ring();
    }

    /// There is something to do for the connection's task.
    pub(crate) fn ring(&self) {
        self.bell.notify_one();
    }

    pub(crate) fn is_gone(&self) -> bool {
        self.gone.get()
    }

    /// Whether another reply may be asked for.
    pub(crate) fn has_room(&self) -> bool {
        self.out.borrow().len() < ENOUGH
    }

    fn is_empty(&self) -> bool {
        self.out.borrow().is_empty()
    }
}

/// The TCP side.
struct Link {
    city: Rc<City>,
    stream: TcpStream,
    line: Rc<Line>,
    parser: Parser,
    /// Requests wait in the parser.
    full: bool,
    /// The client sends no RESP: what follows means nothing.
    broken: bool,
}

/// Serves a connection until one of its ends closes it.
pub(crate) async fn serve(city: Rc<City>, stream: TcpStream, host: HostId) {
    // Without it small replies would come late; a connection that refuses it works all the same.
    let _ = stream.set_nodelay(true);
    let Some(line) = city.dial(host) else {
        return;
    };
    let mut link = Link {
        city: city.clone(),
        stream,
        line: line.clone(),
        parser: Parser::default(),
        full: false,
        broken: false,
    };
    link.talk().await;
    // However it ended: the node hears of it. What the node closed itself is unknown by now.
    city.hang_up(&line);
}

impl Link {
    async fn talk(&mut self) {
        loop {
            self.ask();
            if !self.line.is_empty() {
                // First all who have said something are heard, then all are answered: whoever reads the answers is
                // woken once and not for each. Redis does so too, in `handleClientsWithPendingWrites`.
                tokio::task::yield_now().await;
            }
            if !self.write() {
                return;
            }
            if self.line.is_gone() || self.broken {
                return self.say_last_words().await;
            }
            if self.full && self.line.has_room() && !self.city.waits(&self.line) {
                // It is not starved: others have their turn, and then it goes on.
                tokio::task::yield_now().await;
                continue;
            }
            if !self.wait().await {
                return;
            }
        }
    }

    /// Sends what requests there are.
    fn ask(&mut self) {
        if self.broken || self.line.is_gone() {
            return;
        }
        let Self { city, line, parser, .. } = self;
        let mut error = None;
        self.full = city.ask(line, || match parser.next_request() {
            Ok(request) => request,
            Err(what) => {
                error = Some(what);
                None
            }
        });
        if let Some(error) = error {
            line.out.borrow_mut().extend_from_slice(error.reply());
            self.broken = true;
        }
    }

    /// Writes what the kernel takes; `false` if the client is gone.
    fn write(&self) -> bool {
        let mut out = self.line.out.borrow_mut();
        let mut written = 0;
        while written < out.len() {
            match self.stream.try_write(&out[written..]) {
                Ok(0) => return false,
                Ok(count) => written += count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return false,
            }
        }
        if written == out.len() {
            out.clear();
            // One large reply must not stay for as long as its client does.
            out.shrink_to(PIECE);
        } else {
            out.drain(..written);
        }
        true
    }

    /// Until there is something to do; `false` if the client is gone.
    async fn wait(&mut self) -> bool {
        let reads = !self.full || self.parser.waiting() < KEPT;
        let writes = !self.line.is_empty();
        let Self { city, stream, line, parser, .. } = self;
        let (mut reader, writer) = stream.split();
        tokio::select! {
            alive = poll_fn(|context| read(context, &mut reader, city, parser)), if reads => alive,
            ready = writer.writable(), if writes => ready.is_ok(),
            () = line.bell.notified() => true,
        }
    }

    /// The connection closes; what was answered before is still delivered to whoever reads it.
    async fn say_last_words(&self) {
        let rest = async {
            while self.write() && !self.line.is_empty() {
                if self.stream.writable().await.is_err() {
                    return;
                }
            }
        };
        // Whoever does not read in time does without.
        let _ = tokio::time::timeout(LAST_WORDS, rest).await;
    }
}

/// Reads a piece once there is one; `false` if the client is gone. `poll_read` knows that a piece which does not fill its room
/// was the last, where `try_read` would ask the kernel once more.
fn read(context: &mut Context<'_>, reader: &mut ReadHalf<'_>, city: &City, parser: &mut Parser) -> Poll<bool> {
    city.with_piece(PIECE, |piece| {
        let mut piece = ReadBuf::new(piece);
        let read = ready!(Pin::new(reader).poll_read(context, &mut piece));
        parser.feed(piece.filled());
        let alive = |()| !piece.filled().is_empty();
        Poll::Ready(read.map_or_else(|error| error.kind() == ErrorKind::Interrupted, alive))
    })
}
