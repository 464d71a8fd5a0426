//! Real redis-server processes that form a cluster: started on free ports, in a folder of their own, and ended with
//! their owner, whatever happens.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::golden::create::create;
use crate::golden::value::Value;
use crate::golden::{Cluster, NODES, node_of, until, words};
use crate::ports;

/// How long anything may take.
pub(crate) const DEADLINE: Duration = Duration::from_secs(30);
/// How long to wait before looking again.
const PAUSE: Duration = Duration::from_millis(10);

/// Six servers.
pub(crate) struct Servers {
    pub(crate) ports: Vec<u16>,
    _claim: ports::Claim,
    children: Vec<Option<Child>>,
    folder: PathBuf,
    timeout_ms: u32,
    /// The bus port that A tells the others in place of its own, from its next start on.
    pub(crate) announced_bus: Option<u16>,
    connections: BTreeMap<String, TcpStream>,
}

impl Servers {
    /// Starts six servers and makes one cluster of them.
    pub(crate) fn start(timeout_ms: u32) -> Self {
        let mut servers = Self::blank(timeout_ms);
        let seen = create(&mut servers);
        assert!(seen.iter().all(|line| line.ends_with(r" => +OK\r\n")), "{seen:#?}");
        servers.connections.clear();
        servers
    }

    /// Starts six servers that know nobody.
    pub(crate) fn blank(timeout_ms: u32) -> Self {
        let found = Command::new("redis-server").arg("--version").stdout(Stdio::null()).status();
        assert!(found.is_ok(), "`redis-server` is not on the PATH: `apt-get install redis-server` gets it.");
        let claim = ports::claim(NODES.len() as u16, true);
        let ports: Vec<u16> = (claim.port..).take(NODES.len()).collect();
        let folder = std::env::temp_dir().join(format!("cluster-city-real-{}-{}", std::process::id(), ports[0]));
        let children = NODES.iter().map(|_| None).collect();
        let (announced_bus, connections) = (None, BTreeMap::new());
        let mut servers = Self { ports, _claim: claim, children, folder, timeout_ms, announced_bus, connections };
        for node in 0..NODES.len() {
            servers.launch(node);
        }
        servers
    }

    /// Starts the process of a node, in its folder: what it wrote there it reads again.
    pub(crate) fn launch(&mut self, node: usize) {
        let folder = self.folder.join(NODES[node]);
        std::fs::create_dir_all(&folder).expect("a folder in the temporary one");
        let timeout = self.timeout_ms.to_string();
        let port = self.ports[node].to_string();
        let announced_bus = self.announced_bus.filter(|_| node == 0);
        let announced = announced_bus.map(|bus| ["--cluster-announce-bus-port".to_owned(), bus.to_string()]);
        let child = Command::new("redis-server")
            .args(["--port", &port, "--bind", "127.0.0.1", "--dir", &path(&folder), "--save", ""])
            .args(["--cluster-enabled", "yes", "--cluster-node-timeout", &timeout])
            .args(["--repl-diskless-sync-delay", "0", "--enable-debug-command", "yes"])
            // On a busy machine a PSYNC may take longer than the 10 ms that make it slow.
            .args(["--slowlog-log-slower-than", "-1"])
            .args(["--repl-ping-replica-period", "1"])
            .args(announced.into_iter().flatten())
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server can be started");
        self.children[node] = Some(child);
        let watch = format!("{} watch", NODES[node]);
        until(self, "it listens", |servers| servers.try_ask(&watch, &words("PING")).is_some());
    }

    /// Asks and gives the text of the answer.
    pub(crate) fn tell(&mut self, connection: &str, line: &str) -> String {
        self.ask(connection, &words(line)).text()
    }

    fn process(&self, node: &str) -> u32 {
        self.children[node_of(node)].as_ref().expect("it runs").id()
    }

    fn signal(&self, node: &str, signal: &str) {
        let status = Command::new("kill").args([signal, &self.process(node).to_string()]).status();
        assert!(status.is_ok_and(|status| status.success()), "{signal} to {node}");
    }

    /// Sends a request, and leaves its reply for later.
    pub(crate) fn say(&mut self, connection: &str, request: &[Vec<u8>]) -> std::io::Result<()> {
        if !self.connections.contains_key(connection) {
            let node = node_of(connection);
            let stream = TcpStream::connect(("127.0.0.1", self.ports[node]))?;
            stream.set_read_timeout(Some(DEADLINE))?;
            stream.set_nodelay(true)?;
            self.connections.insert(connection.to_owned(), stream);
        }
        let stream = self.connections.get_mut(connection).expect("it is there");
        let words = request.iter().map(|word| Value::Bulk('$', Some(word.clone()))).collect();
        stream.write_all(&Value::Many('*', Some(words)).bytes())
    }

    /// The reply to the last request on a connection.
    pub(crate) fn hear(&mut self, connection: &str) -> std::io::Result<Value> {
        let stream = self.connections.get_mut(connection).ok_or(ErrorKind::NotConnected)?;
        let mut bytes = Vec::new();
        let mut piece = [0; 64 * 1024];
        loop {
            let count = stream.read(&mut piece)?;
            if count == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            bytes.extend_from_slice(&piece[..count]);
            if let Some((value, rest)) = Value::read(&bytes) {
                assert!(rest.is_empty(), "more than one reply on {connection}");
                return Ok(value);
            }
        }
    }
}

impl Cluster for Servers {
    fn try_ask(&mut self, connection: &str, request: &[Vec<u8>]) -> Option<Value> {
        let reply = self.say(connection, request).and_then(|()| self.hear(connection));
        if reply.is_err() {
            self.connections.remove(connection);
        }
        reply.ok()
    }

    fn port(&self, node: usize) -> u16 {
        self.ports[node]
    }

    fn breathe(&mut self) {
        std::thread::sleep(PAUSE);
    }

    fn kill(&mut self, node: usize) {
        if let Some(mut child) = self.children[node].take() {
            child.kill().expect("it can be killed");
            child.wait().expect("it ends");
        }
        self.connections.retain(|connection, _| node_of(connection) != node);
    }

    fn restart(&mut self, node: usize) {
        self.launch(node);
    }

    fn freeze(&mut self, node: &str) {
        self.signal(node, "-STOP");
        let stat = format!("/proc/{}/stat", self.process(node));
        let stopped = || std::fs::read_to_string(&stat).is_ok_and(|stat| stat.contains(") T "));
        until(self, "it stands still", |_| stopped());
    }

    fn thaw(&mut self, node: &str) {
        self.signal(node, "-CONT");
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        for child in self.children.iter_mut().flatten() {
            // It may have ended by itself; then there is nothing to end.
            let _ = child.kill();
            let _ = child.wait();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn path(path: &Path) -> String {
    path.to_str().expect("a path that is text").to_owned()
}
