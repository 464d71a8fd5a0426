//! A dialogue with a cluster of three masters and three replicas, and what redis-server 7.0.15 answered.
//!
//! Shared by `tests/core` (our nodes answer the same) and `tests/real` (a real cluster still does, and records it).

pub(crate) mod city;
pub(crate) mod create;
pub(crate) mod same;
pub(crate) mod value;

use value::Value;

/// The dialogue with its replies. Rewritten by `UPDATE_EXPECT=1 cargo test --test real golden`.
pub(crate) const GOLDEN: &str = include_str!("../data/golden.txt");

/// The nodes as the dialogue names them: masters A, B and C, and the replica of each. In the order of their ports.
pub(crate) const NODES: [&str; 6] = ["A", "B", "C", "rA", "rB", "rC"];

/// A cluster that can be talked to and acted upon.
#[allow(dead_code, reason = "the test targets that share this use different parts")]
pub(crate) trait Cluster {
    /// Sends a request on a connection of this name (`A`, `A sub`, …), opened at first use, and gives one reply.
    /// `None` if nobody answers.
    fn try_ask(&mut self, connection: &str, request: &[Vec<u8>]) -> Option<Value>;
    /// The client port of a node.
    fn port(&self, node: usize) -> u16;
    /// Lets a little time pass.
    fn breathe(&mut self);
    /// Ends a node's process at once, and with it all connections to it.
    fn kill(&mut self, node: usize);
    /// Starts it again.
    fn restart(&mut self, node: usize);
    /// Stops a node's process in its tracks.
    fn freeze(&mut self, node: &str);
    /// Lets it go on.
    fn thaw(&mut self, node: &str);

    /// The same as `try_ask`, where somebody must answer.
    fn ask(&mut self, connection: &str, request: &[Vec<u8>]) -> Value {
        self.try_ask(connection, request).unwrap_or_else(|| panic!("no answer on {connection}"))
    }
}

/// The node that a connection of this name leads to.
pub(crate) fn node_of(connection: &str) -> usize {
    let name = connection.split(' ').next().expect("a name");
    NODES.iter().position(|node| *node == name).expect("a node")
}

/// Looks again and again until it is so.
pub(crate) fn until(cluster: &mut dyn Cluster, what: &str, mut is_so: impl FnMut(&mut dyn Cluster) -> bool) {
    for _ in 0..3_000 {
        if is_so(cluster) {
            return;
        }
        cluster.breathe();
    }
    panic!("it does not come about that {what}");
}

/// What the nodes are called here and there.
pub(crate) struct Names {
    pub(crate) ids: Vec<String>,
    pub(crate) ports: Vec<u16>,
}

impl Names {
    pub(crate) fn of(cluster: &mut dyn Cluster) -> Self {
        let ids = NODES.iter().map(|node| cluster.ask(node, &words("CLUSTER MYID")).text()).collect();
        Self { ids, ports: (0..NODES.len()).map(|node| cluster.port(node)).collect() }
    }

    /// `$A` is a node's id, `$portA` its port.
    pub(crate) fn fill(&self, word: Vec<u8>) -> Vec<u8> {
        let text = String::from_utf8_lossy(&word).into_owned();
        for (node, name) in NODES.iter().enumerate() {
            if text == format!("${name}") {
                return self.ids[node].clone().into_bytes();
            }
            if text == format!("$port{name}") {
                return self.ports[node].to_string().into_bytes();
            }
        }
        word
    }
}

/// A line of the dialogue.
pub(crate) enum Line<'a> {
    /// Kept as it is: a comment, or nothing.
    Text(&'a str),
    /// Wait until all nodes see the same cluster, and replicas have everything.
    Settle,
    /// A request on a connection, and the reply that was recorded.
    Pair { connection: &'a str, request: &'a str, recorded: Option<&'a str> },
}

/// Reads the dialogue.
pub(crate) fn lines(script: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    for line in script.lines() {
        if line == "settle" {
            lines.push(Line::Settle);
        } else if let Some(reply) = line.strip_prefix("    ") {
            let Some(Line::Pair { recorded, .. }) = lines.last_mut() else {
                panic!("a reply without a request: {line}");
            };
            *recorded = Some(reply);
        } else if let Some((connection, request)) = line.split_once("> ").filter(|_| !line.starts_with('#')) {
            lines.push(Line::Pair { connection, request, recorded: None });
        } else {
            lines.push(Line::Text(line));
        }
    }
    lines
}

/// Talks the whole dialogue; gives the reply to each pair, in the form in which it is compared and kept.
pub(crate) fn replay(cluster: &mut dyn Cluster, script: &str) -> Vec<String> {
    let names = Names::of(cluster);
    let mut replies = Vec::new();
    for line in lines(script) {
        match line {
            Line::Text(_) => {}
            Line::Settle => settle(cluster, &names),
            Line::Pair { connection, request, .. } => {
                replies.push(ask_by_name(cluster, &names, connection, request));
            }
        }
    }
    replies
}

/// Sends a request of a story, in which nodes have names; gives its reply in the form in which it is compared.
pub(crate) fn ask_by_name(cluster: &mut dyn Cluster, names: &Names, connection: &str, request: &str) -> String {
    let filled: Vec<Vec<u8>> = words(request).into_iter().map(|word| names.fill(word)).collect();
    let reply = cluster.ask(connection, &filled);
    same::in_form(request, reply, names).show()
}

/// Waits until every node tells the same of all: slots, epochs, roles, states; and every replica has everything.
pub(crate) fn settle(cluster: &mut dyn Cluster, names: &Names) {
    until(cluster, "all nodes agree", |cluster| is_settled(cluster, names));
}

fn is_settled(cluster: &mut dyn Cluster, names: &Names) -> bool {
    let mut views: Vec<String> = Vec::new();
    let mut offsets: Vec<(bool, String, String)> = Vec::new();
    for node in NODES {
        let watch = format!("{node} watch");
        let mut ask = |line: &str| cluster.ask(&watch, &words(line));
        let table = same::in_form("CLUSTER NODES", ask("CLUSTER NODES"), names).text();
        let is_well = ask("CLUSTER INFO").text().contains("cluster_state:ok");
        let slots = ask("CLUSTER SLOTS").show();
        let info = ask("INFO replication").text();
        // An offset of 0 is told until the first byte of the stream is known of.
        let unheard = ask("CLUSTER SHARDS").show().contains(r"replication-offset\r\n:0\r\n");
        let field = |name: &str| info.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("").to_owned();
        if !is_well || unheard || ["fail", "handshake", "disconnected"].iter().any(|word| table.contains(word)) {
            return false;
        }
        if !names.ids.iter().all(|id| slots.contains(id)) || field("master_link_status:") == "down" {
            return false;
        }
        let is_replica = field("role:") == "slave";
        offsets.push((is_replica, field("master_port:"), field("master_repl_offset:")));
        // Who is myself, and whether somebody was heard, differs.
        views.push(table.replace("myself,", "").replace(" PONG ", " 0 "));
    }
    let caught_up = offsets.iter().filter(|(is_replica, ..)| *is_replica).all(|(_, port, offset)| {
        let master = names.ports.iter().position(|own| own.to_string() == *port);
        master.is_some_and(|master| offsets[master].2 == *offset)
    });
    caught_up && views.iter().all(|view| *view == views[0])
}

/// A line as words, with redis-cli's quoting.
pub(crate) fn words(line: &str) -> Vec<Vec<u8>> {
    let words = cluster_city::cluster::command::line::split(line).expect("the line can be read");
    words.into_iter().map(|word| word.to_vec()).collect()
}
