//! A small static file server on a free loopback port, which can hold files back to see what the page does then.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::{fs, thread};

use super::failure::{Failure, Outcome};

/// A folder on the web, for as long as this lives.
pub(crate) struct Site {
    address: SocketAddr,
    closing: Arc<AtomicBool>,
}

impl Site {
    /// The page that trunk built into `dist/`.
    pub(crate) fn built() -> Outcome<Self> {
        Self::built_without("")
    }

    /// The built page, but every file whose name has this ending is answered 404 (an empty ending: none).
    pub(crate) fn built_without(ending: &'static str) -> Outcome<Self> {
        let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("dist");
        if !dist.join("index.html").is_file() {
            return Err(Failure::new(
                "dist/ holds no built page: run `cargo xtask test`, or `cargo xtask dist` before `cargo test --test e2e`.",
            ));
        }
        Self::of(dist, ending)
    }

    /// Any folder.
    pub(crate) fn of(folder: PathBuf, held_back: &'static str) -> Outcome<Self> {
        let no_port = |error| Failure::new(format!("no loopback port for the page: {error}"));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(no_port)?;
        let address = listener.local_addr().map_err(no_port)?;
        let closing = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&closing);
        let folder = Arc::new(folder);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if told.load(Ordering::Relaxed) {
                    return;
                }
                let folder = Arc::clone(&folder);
                // A browser that hangs up early is its own affair.
                thread::spawn(move || answer(stream, &folder, held_back).unwrap_or_default());
            }
        });
        Ok(Self { address, closing })
    }

    /// The address of a path on this site.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.closing.store(true, Ordering::Relaxed);
        // Wakes the listener, so that it sees that it is told to close.
        let _ = TcpStream::connect(self.address);
    }
}

/// Answers one request and hangs up.
fn answer(mut stream: TcpStream, folder: &Path, held_back: &str) -> io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    // The headers say nothing this server needs, but must be read before the answer.
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let path = request.split_whitespace().nth(1).unwrap_or("/");
    let path = path.split(['?', '#']).next().unwrap_or_default().trim_start_matches('/');
    let name = if path.is_empty() { "index.html" } else { path };
    let held_back = !held_back.is_empty() && name.ends_with(held_back);
    let allowed = !held_back && !name.split('/').any(|part| part == "..");
    match fs::read(folder.join(name)).ok().filter(|_| allowed) {
        Some(body) => send(&mut stream, "200 OK", mime(name), &body),
        None => send(&mut stream, "404 Not Found", "text/plain", b"not here"),
    }
}

fn send(stream: &mut TcpStream, status: &str, mime: &str, body: &[u8]) -> io::Result<()> {
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {mime}\r\nContent-Length: {length}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
    )?;
    stream.write_all(body)?;
    stream.flush()
}

fn mime(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("json" | "webmanifest") => "application/json",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}
