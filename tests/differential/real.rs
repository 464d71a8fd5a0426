//! A real redis-server of its own for each test: one node with all slots, on loopback, ended with its owner.

use std::fs::File;
use std::io::{BufReader, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command as Process};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::answer::Answer;
use crate::ports;
use crate::program::{self, Command};

/// A running server and a connection to it.
pub(crate) struct Server {
    process: Child,
    folder: PathBuf,
    stream: BufReader<TcpStream>,
    _claim: ports::Claim,
}

/// The longest a server may take to serve its slots.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long to wait before looking again.
const PAUSE: Duration = Duration::from_millis(5);

impl Server {
    /// Starts one, and waits until it serves its slots.
    pub(crate) fn start() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder =
            std::env::temp_dir().join(format!("cluster-city-differential-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder for the server can be made");
        let claim = ports::claim(1, true);
        let port = claim.port;
        let log = File::create(folder.join("log")).expect("a file in a new folder");
        let process = Process::new("redis-server")
            .args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--cluster-enabled", "yes"])
            .args(["--save", "", "--dir"])
            .arg(&folder)
            .stdout(log)
            .spawn()
            .expect("redis-server 7.0 is on PATH: `cargo xtask setup` installs it");
        let since = Instant::now();
        let stream = loop {
            match TcpStream::connect(("127.0.0.1", port)) {
                // A connection to a port that nobody listens on yet may by chance meet itself.
                Ok(stream) if stream.local_addr().ok() == stream.peer_addr().ok() => {}
                Ok(stream) => break stream,
                Err(error) => assert!(since.elapsed() < PATIENCE, "redis-server does not answer: {error}"),
            }
            std::thread::sleep(PAUSE);
        };
        stream.set_read_timeout(Some(PATIENCE)).expect("a time limit can be set");
        stream.set_nodelay(true).expect("small packets can be sent at once");
        let mut server = Self { process, folder, stream: BufReader::new(stream), _claim: claim };
        if server.try_ask(&[program::read("CLUSTER ADDSLOTSRANGE 0 16383")]).is_err() {
            // A program that knows nothing of our claims may have taken its ports: another one gets others.
            eprintln!(
                "redis-server on port {port} ended at once, and another is tried. It said:\n{}",
                server.log()
            );
            assert!(COUNT.load(Ordering::Relaxed) < 10, "redis-server does not stay up");
            return Self::start();
        }
        while server.ask(&[program::read("GET x")]) != [Answer::Null] {
            assert!(since.elapsed() < PATIENCE, "redis-server does not serve its slots");
            std::thread::sleep(PAUSE);
        }
        server
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    /// One more connection.
    pub(crate) fn connect(&self) -> BufReader<TcpStream> {
        let stream = TcpStream::connect(("127.0.0.1", self._claim.port)).expect("the server takes connections");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time limit can be set");
        stream.set_nodelay(true).expect("small packets can be sent at once");
        BufReader::new(stream)
    }

    /// Sends commands together, and reads their answers.
    pub(crate) fn ask(&mut self, commands: &[Command]) -> Vec<Answer> {
        self.try_ask(commands).expect("the server answers")
    }

    fn try_ask(&mut self, commands: &[Command]) -> std::io::Result<Vec<Answer>> {
        self.stream.get_mut().write_all(&bytes_of(commands))?;
        commands.iter().map(|_| Answer::read(&mut self.stream)).collect()
    }
}

/// Commands as clients send them.
pub(crate) fn bytes_of(commands: &[Command]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for command in commands {
        bytes.extend(format!("*{}\r\n", command.len()).bytes());
        for word in command {
            bytes.extend(format!("${}\r\n", word.len()).bytes());
            bytes.extend_from_slice(word);
            bytes.extend(b"\r\n");
        }
    }
    bytes
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; there is nobody left to tell.
        _ = self.process.kill();
        _ = self.process.wait();
        _ = std::fs::remove_dir_all(&self.folder);
    }
}
