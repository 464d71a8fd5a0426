//! A real redis-server of its own for each test: one node with all slots, on loopback, ended with its owner.

use std::io::{BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command as Process, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::answer::Answer;
use crate::program::{self, Command};

/// A running server and a connection to it.
pub(crate) struct Server {
    process: Child,
    folder: PathBuf,
    stream: BufReader<TcpStream>,
}

/// The longest a server may take to serve its slots.
const PATIENCE: Duration = Duration::from_secs(60);

impl Server {
    /// Starts one, and waits until it serves its slots.
    pub(crate) fn start() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder =
            std::env::temp_dir().join(format!("cluster-city-differential-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder for the server can be made");
        let port = free_port();
        let process = Process::new("redis-server")
            .args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--cluster-enabled", "yes"])
            .args(["--cluster-port", &free_port().to_string(), "--save", "", "--dir"])
            .arg(&folder)
            .stdout(Stdio::null())
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
            std::thread::yield_now();
        };
        stream.set_read_timeout(Some(PATIENCE)).expect("a time limit can be set");
        stream.set_nodelay(true).expect("small packets can be sent at once");
        let mut server = Self { process, folder, stream: BufReader::new(stream) };
        if let Err(error) = server.try_ask(&[program::read("CLUSTER ADDSLOTSRANGE 0 16383")]) {
            // It ended while it came up, as when somebody took its ports: another one gets others.
            eprintln!("redis-server on port {port} ended at once ({error}); another is tried.");
            static TRIES: AtomicU32 = AtomicU32::new(0);
            assert!(TRIES.fetch_add(1, Ordering::Relaxed) < 10, "redis-server does not stay up: {error}");
            return Self::start();
        }
        while server.ask(&[program::read("GET x")]) != [Answer::Null] {
            assert!(since.elapsed() < PATIENCE, "redis-server does not serve its slots");
            std::thread::yield_now();
        }
        server
    }

    /// Sends commands together, and reads their answers.
    pub(crate) fn ask(&mut self, commands: &[Command]) -> Vec<Answer> {
        self.try_ask(commands).expect("the server answers")
    }

    fn try_ask(&mut self, commands: &[Command]) -> std::io::Result<Vec<Answer>> {
        let mut bytes = Vec::new();
        for command in commands {
            bytes.extend(format!("*{}\r\n", command.len()).bytes());
            for word in command {
                bytes.extend(format!("${}\r\n", word.len()).bytes());
                bytes.extend_from_slice(word);
                bytes.extend(b"\r\n");
            }
        }
        self.stream.get_mut().write_all(&bytes)?;
        commands.iter().map(|_| Answer::read(&mut self.stream)).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; there is nobody left to tell.
        _ = self.process.kill();
        _ = self.process.wait();
        _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A free port below those that kernels give out: between looking and listening nobody else should get it.
fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = 12_000 + ((std::process::id() * 97 + number) % 18_000) as u16;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
