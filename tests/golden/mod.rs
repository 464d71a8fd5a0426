//! A dialogue with a cluster of three masters and three replicas, and what redis-server 7.0.15 answered.
//!
//! Shared by `tests/core` (our nodes answer the same) and `tests/real` (a real cluster still does, and records it).

pub(crate) mod same;
pub(crate) mod value;

use value::Value;

/// The dialogue with its replies. Rewritten by `UPDATE_EXPECT=1 cargo test --test real golden`.
pub(crate) const GOLDEN: &str = include_str!("../data/golden.txt");

/// The nodes as the dialogue names them: masters A, B and C, and the replica of each. In the order of their ports.
pub(crate) const NODES: [&str; 6] = ["A", "B", "C", "rA", "rB", "rC"];

/// A cluster that can be talked to.
pub(crate) trait Cluster {
    /// Sends a request on a connection of this name (`A`, `A sub`, …), opened at first use, and gives one reply.
    fn ask(&mut self, connection: &str, request: &[Vec<u8>]) -> Value;
    /// The client port of a node.
    fn port(&self, node: usize) -> u16;
    /// Lets a little time pass.
    fn breathe(&mut self);
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
    fn fill(&self, word: Vec<u8>) -> Vec<u8> {
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
                let filled: Vec<Vec<u8>> = words(request).into_iter().map(|word| names.fill(word)).collect();
                let reply = cluster.ask(connection, &filled);
                replies.push(same::in_form(request, reply, &names).show());
            }
        }
    }
    replies
}

/// Waits until every node tells the same of all: slots, epochs, roles, states; and every replica is in the stream.
pub(crate) fn settle(cluster: &mut dyn Cluster, names: &Names) {
    for _ in 0..3_000 {
        if is_settled(cluster, names) {
            return;
        }
        cluster.breathe();
    }
    panic!("the cluster does not settle");
}

fn is_settled(cluster: &mut dyn Cluster, names: &Names) -> bool {
    let mut views: Vec<String> = Vec::new();
    for node in NODES {
        let ask = |cluster: &mut dyn Cluster, line: &str| cluster.ask(&format!("{node} watch"), &words(line));
        let table = same::in_form("CLUSTER NODES", ask(cluster, "CLUSTER NODES"), names).text();
        if !ask(cluster, "CLUSTER INFO").text().contains("cluster_state:ok") || table.contains("fail") {
            return false;
        }
        // Who is myself, and whether somebody was heard, differs.
        views.push(table.replace("myself,", "").replace(" PONG ", " 0 "));
        if node.starts_with('r') && !ask(cluster, "INFO replication").text().contains("master_link_status:up") {
            return false;
        }
    }
    let offset = |cluster: &mut dyn Cluster, node: &str| {
        let info = cluster.ask(&format!("{node} watch"), &words("INFO replication")).text();
        info.split("master_repl_offset:").nth(1).and_then(|rest| rest.lines().next()).map(str::to_owned)
    };
    let caught_up = (0..3).all(|shard| offset(cluster, NODES[shard]) == offset(cluster, NODES[shard + 3]));
    let sees_replicas = (0..3).all(|shard| {
        let slots = cluster.ask(&format!("{} watch", NODES[shard]), &words("CLUSTER SLOTS")).show();
        (3..6).all(|replica| slots.contains(&names.ids[replica]))
    });
    caught_up && sees_replicas && views.iter().all(|view| *view == views[0])
}

/// A line as words, with redis-cli's quoting.
pub(crate) fn words(line: &str) -> Vec<Vec<u8>> {
    let words = cluster_city::cluster::command::line::split(line).expect("the line can be read");
    words.into_iter().map(|word| word.to_vec()).collect()
}
