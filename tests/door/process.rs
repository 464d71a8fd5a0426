//! The door as a process of its own: started on free ports, given orders, and ended with its owner.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use crate::ports;

/// The variable with the words of the command line.
pub(crate) const WORDS: &str = "CLUSTER_CITY_DOOR";
/// How long anything may take.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60);

/// How long to wait before looking again.
pub(crate) const PAUSE: Duration = Duration::from_millis(10);

/// A running door.
pub(crate) struct Door {
    /// The first node's port.
    pub(crate) port: u16,
    _claim: ports::Claim,
    child: Child,
    orders: ChildStdin,
    lines: Receiver<String>,
}

impl Door {
    /// Starts one with so many nodes and waits until all its ports accept.
    pub(crate) fn open(words: &str, nodes: u16) -> Self {
        let claim = ports::claim(nodes, false);
        let port = claim.port;
        let program = std::env::current_exe().expect("this program has a path");
        let mut child = Command::new(program)
            .args(["--exact", "serve_here", "--ignored", "--nocapture"])
            .env(WORDS, format!("--port {port} {words}"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program can be started again");
        let orders = child.stdin.take().expect("its input is ours");
        let output = child.stdout.take().expect("its output is ours");
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            BufReader::new(output).lines().map_while(Result::ok).all(|line| sender.send(line).is_ok())
        });
        let mut door = Self { port, _claim: claim, child, orders, lines };
        door.await_line("ready");
        door
    }

    /// Three masters with a replica each, and a short node timeout.
    pub(crate) fn small() -> Self {
        Self::open("--masters 3 --replicas 1 --node-timeout-ms 1000", 6)
    }

    /// The port of the nth node.
    pub(crate) fn nth(&self, nth: u16) -> u16 {
        self.port + nth
    }

    /// Gives an order and waits until it is done.
    pub(crate) fn order(&mut self, order: &str) {
        assert_eq!(self.answer(order), "ok", "{order}");
    }

    /// Gives an order; says what was answered.
    pub(crate) fn answer(&mut self, order: &str) -> String {
        writeln!(self.orders, "{order}").expect("the door listens to orders");
        self.lines.recv_timeout(DEADLINE).expect("the door answers every order")
    }

    /// Says `quit`; whether it ends as it should.
    pub(crate) fn quit(mut self) -> bool {
        writeln!(self.orders, "quit").expect("the door listens to orders");
        let mut status = None;
        until("it ends", || {
            status = self.child.try_wait().expect("it can be waited for");
            status.is_some()
        });
        status.is_some_and(|status| status.success())
    }

    /// Connects to the nth node.
    pub(crate) fn connect(&self, nth: u16) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.nth(nth))).expect("the port accepts");
        stream.set_read_timeout(Some(DEADLINE)).expect("a time limit can be set");
        stream
    }

    fn await_line(&mut self, wanted: &str) {
        let since = Instant::now();
        loop {
            let left = DEADLINE.saturating_sub(since.elapsed());
            let line = self.lines.recv_timeout(left).unwrap_or_else(|_| panic!("the door never said {wanted}"));
            if line == wanted {
                return;
            }
        }
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Looks again and again until something is so.
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let since = Instant::now();
    while !is_so() {
        assert!(since.elapsed() < DEADLINE, "not in time: {what}");
        std::thread::sleep(PAUSE);
    }
}
