//! The `redis` crate's cluster client: the same load as `load.py` and `load.js`, run by this program as a process of its
//! own.

use std::io::BufRead;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use redis::cluster::{ClusterClient, ClusterConnection};
use redis::{Cmd, FromRedisValue, RedisResult, cmd};

use crate::process::{DEADLINE, PAUSE};

/// The variable with the port of any node.
pub(crate) const PORT: &str = "CLUSTER_CITY_CLIENT";

const KEYS: usize = 200;

/// Not a test: the program that the tests start, which is this one.
#[test]
#[ignore = "a client, which the tests start"]
fn load_here() {
    let port: u16 = std::env::var(PORT).ok().and_then(|port| port.parse().ok()).expect("the tests name a port");
    let stopped = Arc::new(AtomicBool::new(false));
    let heard = stopped.clone();
    std::thread::spawn(move || {
        // Whatever is said, or that nobody is there any more, means stop.
        let _ = std::io::stdin().lock().read_line(&mut String::new());
        heard.store(true, Ordering::Relaxed);
    });
    println!("\nbegun");
    let mut client = Client::new(port);
    let mut last = [0u64; KEYS];
    let mut count = 0;
    while !stopped.load(Ordering::Relaxed) {
        count += 1;
        for (key, last) in last.iter_mut().enumerate() {
            client.insist::<()>(cmd("SET").arg(format!("key:{key}")).arg(count));
            *last = count;
        }
        println!("round {count}");
    }
    let mut read = |key: usize| client.insist::<u64>(cmd("GET").arg(format!("key:{key}")));
    let wrong = last.iter().enumerate().filter(|(key, value)| read(*key) != **value).count();
    println!("checked {wrong}");
}

struct Client {
    client: ClusterClient,
    connection: Option<ClusterConnection>,
}

impl Client {
    fn new(port: u16) -> Self {
        let client = ClusterClient::builder([format!("redis://127.0.0.1:{port}")])
            .connection_timeout(Duration::from_secs(5))
            .response_timeout(Duration::from_secs(5))
            // Left to itself it waits up to eleven minutes before it tries again where the cluster is said to be down.
            .retries(4)
            .min_retry_wait(10)
            .max_retry_wait(200)
            .build()
            .expect("the address is one");
        Self { client, connection: None }
    }

    /// Failovers show as errors for a while; a client that means it tries again. It begins anew after an error: version
    /// 1.8 asks for the map of slots when it is redirected, but not when nobody is at a node's port any more.
    fn insist<T: FromRedisValue>(&mut self, command: &Cmd) -> T {
        let since = Instant::now();
        loop {
            match self.try_once(command) {
                Ok(done) => return done,
                Err(error) => assert!(since.elapsed() < DEADLINE, "gave up: {error}"),
            }
            self.connection = None;
            std::thread::sleep(PAUSE);
        }
    }

    fn try_once<T: FromRedisValue>(&mut self, command: &Cmd) -> RedisResult<T> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            none => none.insert(self.client.get_connection()?),
        };
        command.query(connection)
    }
}
