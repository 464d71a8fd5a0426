//! The same acts on a real cluster and on ours; what clients see of both is compared line by line.

use cluster_city::cluster::time::SECOND;

use crate::golden::city::City;
use crate::golden::create::create;
use crate::golden::{Cluster, NODES, Names, ask_by_name, node_of, same, settle, until, words};
use crate::servers::Servers;

/// A story that is told to a cluster, and what was seen.
struct Story<'a> {
    cluster: &'a mut dyn Cluster,
    names: Names,
    seen: Vec<String>,
}

#[test]
fn clients_see_the_same_of_both() {
    let ours = tell(&mut City::blank(2 * SECOND));
    let real = tell(&mut Servers::blank(2_000));
    for (line, (real, ours)) in real.iter().zip(&ours).enumerate() {
        assert_eq!(real, ours, "line {line}: real, and ours");
    }
    assert_eq!(real.len(), ours.len());
}

fn tell(cluster: &mut dyn Cluster) -> Vec<String> {
    let seen = create(cluster);
    let names = Names::of(cluster);
    let mut story = Story { cluster, names, seen };
    story.write();
    story.move_a_slot();
    story.queue_across_a_move();
    story.lose_a_master();
    story.get_it_back();
    story.hand_over();
    story.lose_a_shard();
    story.take_over_by_force();
    story.seen
}

impl Story<'_> {
    /// A request and its reply.
    fn ask(&mut self, connection: &str, request: &str) -> String {
        let shown = ask_by_name(self.cluster, &self.names, connection, request);
        self.seen.push(format!("{connection}> {request} => {shown}"));
        shown
    }

    fn ask_all(&mut self, dialogue: &str) {
        for line in dialogue.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (connection, request) = line.split_once("> ").expect("CONNECTION> REQUEST");
            self.ask(connection, request);
        }
    }

    /// Waits until all agree, and notes what every node tells then.
    fn look(&mut self, title: &str) {
        settle(self.cluster, &self.names);
        self.seen.push(format!("-- {title}"));
        for node in NODES {
            let watch = format!("{node} watch");
            let table = self.cluster.ask(&watch, &words("CLUSTER NODES"));
            let table = same::in_form("CLUSTER NODES", table, &self.names).text();
            self.seen.push(format!("{node} sees\n{}", ranked(&table)));
            for request in ["CLUSTER SLOTS", "CLUSTER SHARDS", "CLUSTER LINKS", "ROLE", "DBSIZE"] {
                let reply = self.cluster.ask(&watch, &words(request));
                let shown = same::in_form(request, reply, &self.names).show();
                self.seen.push(format!("{node} {request} => {shown}"));
            }
            // How many elections and messages there were is a matter of chance.
            let info = self.cluster.ask(&watch, &words("CLUSTER INFO")).text();
            let lasting = info.lines().filter(|line| !line.contains("_epoch:") && !line.contains("_messages_"));
            self.seen.push(format!("{node} CLUSTER INFO => {}", lasting.collect::<Vec<_>>().join(", ")));
        }
    }

    /// What one asks again and again answers in turn, each answer once, until it answers `last`.
    fn watch(&mut self, connection: &str, request: &str, last: &str) {
        let mut answers: Vec<String> = Vec::new();
        let names = &self.names;
        until(self.cluster, &format!("{connection} answers {last}"), |cluster| {
            let reply = cluster.try_ask(connection, &words(request));
            let shown = reply.map_or("nobody".to_owned(), |reply| same::in_form(request, reply, names).show());
            if answers.last() != Some(&shown) {
                answers.push(shown.clone());
            }
            shown == last
        });
        self.seen.push(format!("{connection}> {request} => {}", answers.join(", then ")));
    }

    /// The same where the moment decides what is answered before: only the last answer counts.
    fn arrive(&mut self, connection: &str, request: &str, last: &str) {
        self.watch(connection, request, last);
        self.seen.pop();
        self.seen.push(format!("{connection}> {request} => in the end {last}"));
    }

    fn write(&mut self) {
        for node in NODES {
            self.ask(node, "CONFIG SET repl-diskless-sync-delay 0");
        }
        for key in ["a", "b", "c", "user:123", "{t2}x", "{t2}y", "{t1}x"] {
            for node in ["A", "B", "C", "rB"] {
                self.ask(node, &format!("SET {key} 1"));
            }
        }
        self.look("written");
        for node in NODES {
            self.ask(node, "READONLY");
            self.ask(node, "GET {t1}x");
            self.ask(node, "READWRITE");
        }
    }

    fn move_a_slot(&mut self) {
        self.ask_all(
            r#"
            B> CLUSTER SETSLOT 4748 IMPORTING $A
            A> CLUSTER SETSLOT 4748 MIGRATING $B
            A> GET {t2}x
            A> SET {t2}new 1
            A> MGET {t2}x {t2}new
            A> MIGRATE 127.0.0.1 $portB "" 0 5000 KEYS {t2}x
            A> GET {t2}x
            A> MGET {t2}x {t2}y
            B> GET {t2}x
            B> ASKING
            B> GET {t2}x
            B> ASKING
            B> MGET {t2}x {t2}y
            C> GET {t2}x
            A> CLUSTER SETSLOT 4748 NODE $B
            A> CLUSTER COUNTKEYSINSLOT 4748
            A> CLUSTER GETKEYSINSLOT 4748 10
            A> MIGRATE 127.0.0.1 $portB {t2}y 0 5000
            B> CLUSTER SETSLOT 4748 NODE $B
            A> CLUSTER SETSLOT 4748 NODE $B
            A> GET {t2}x
            B> MGET {t2}x {t2}y
            "#,
        );
        self.look("a slot moved");
        self.ask("C", "GET {t2}x");
    }

    /// A transaction that is open while its slot goes away.
    fn queue_across_a_move(&mut self) {
        self.ask_all(
            r#"
            B tx> MULTI
            B tx> INCR {t2}n
            A> CLUSTER SETSLOT 4748 IMPORTING $B
            B> CLUSTER SETSLOT 4748 MIGRATING $A
            B> MIGRATE 127.0.0.1 $portA {t2}x 0 5000
            B> MIGRATE 127.0.0.1 $portA {t2}y 0 5000
            B tx> EXEC
            B tx> MULTI
            B> SET {t2}torn 1
            B tx> APPEND {t2}x !
            B tx> DISCARD
            B tx> ASKING
            B tx> MULTI
            B tx> GET {t2}n
            A tx> ASKING
            A tx> MULTI
            A tx> GET {t2}x
            A tx> GET {t2}y
            A> CLUSTER SETSLOT 4748 NODE $A
            B> CLUSTER SETSLOT 4748 NODE $A
            B tx> EXEC
            A tx> EXEC
            A tx> MULTI
            A tx> APPEND {t2}x !
            A tx> APPEND {t2}y !
            "#,
        );
        settle(self.cluster, &self.names);
        self.ask_all(
            r#"
            B> CLUSTER SETSLOT 4748 IMPORTING $A
            A> CLUSTER SETSLOT 4748 MIGRATING $B
            A> MIGRATE 127.0.0.1 $portB {t2}x 0 5000
            A tx> EXEC
            B> ASKING
            B> GET {t2}x
            A> GET {t2}y
            A tx> WATCH {t2}y
            A tx> MULTI
            A tx> GET {t2}y
            A> MIGRATE 127.0.0.1 $portB {t2}y 0 5000
            A tx> EXEC
            B> CLUSTER SETSLOT 4748 NODE $B
            A> CLUSTER SETSLOT 4748 NODE $B
            A tx> EXEC
            B> GET {t2}x
            "#,
        );
        settle(self.cluster, &self.names);
        self.ask_all(
            r#"
            A> CLUSTER SETSLOT 4748 IMPORTING $B
            B> CLUSTER SETSLOT 4748 MIGRATING $A
            B> MIGRATE 127.0.0.1 $portA "" 0 5000 KEYS {t2}x {t2}y
            A> CLUSTER SETSLOT 4748 NODE $A
            B> CLUSTER SETSLOT 4748 NODE $A
            B tx> MULTI
            B tx> GET {t2}x
            B tx> EXEC
            "#,
        );
        self.look("and back");
    }

    fn lose_a_master(&mut self) {
        self.cluster.kill(node_of("B"));
        self.seen.push("-- B is killed".to_owned());
        self.watch("rB", "GET {t1}x", "$1\\r\\n1\\r\\n");
        self.arrive("A", "GET {t1}x", "-MOVED 8943 127.0.0.1:7105\\r\\n");
        self.arrive("A", "GET {t2}x", "$1\\r\\n1\\r\\n");
        self.ask("rB", "SET {t1}later 1");
        let table = self.cluster.ask("A", &words("CLUSTER NODES"));
        let table = same::in_form("CLUSTER NODES", table, &self.names).text();
        self.seen.push(format!("A sees\n{}", ranked(&table)));
    }

    fn get_it_back(&mut self) {
        self.cluster.restart(node_of("B"));
        self.look("B is back");
        self.ask_all(
            "
            B> GET {t1}x
            B> READONLY
            B> MGET {t1}x {t1}later
            B> SET {t1}x 1
            ",
        );
    }

    fn hand_over(&mut self) {
        self.ask_all(
            "
            rB tx> MULTI
            rB tx> SET {t1}queued 1
            ",
        );
        self.ask("rB", "CLUSTER FAILOVER");
        self.ask("B", "CLUSTER FAILOVER");
        self.arrive("B", "SET {t1}x 2", "+OK\\r\\n");
        self.arrive("rB", "GET {t1}x", "-MOVED 8943 127.0.0.1:7102\\r\\n");
        self.ask("rB tx", "EXEC");
        self.ask("B", "GET {t1}queued");
        self.look("handed over");
        self.ask("B", "GET {t1}later");
        self.ask("rB", "GET {t1}later");
        self.ask("B", "CLUSTER BUMPEPOCH");
    }

    /// Master and replica go: the whole cluster is down, until the master is back with nothing.
    fn lose_a_shard(&mut self) {
        self.cluster.kill(node_of("rC"));
        self.cluster.kill(node_of("C"));
        self.watch("A", "GET {t2}x", "-CLUSTERDOWN The cluster is down\\r\\n");
        self.ask("A", "CONFIG SET cluster-require-full-coverage no");
        self.arrive("A", "GET {t2}x", "$1\\r\\n1\\r\\n");
        self.ask("A", "GET user:123");
        self.cluster.restart(node_of("C"));
        self.watch("C", "GET user:123", "$-1\\r\\n");
        self.arrive("B", "GET {t1}x", "$1\\r\\n2\\r\\n");
        self.ask("A", "CONFIG SET cluster-require-full-coverage yes");
        self.cluster.restart(node_of("rC"));
        self.look("all are back");
    }

    /// A replica takes over from a master that lives, by vote and then without one; and from one that stands still.
    fn take_over_by_force(&mut self) {
        self.ask_all(
            "
            A> CLUSTER FAILOVER FORCE
            A> CLUSTER FAILOVER TAKEOVER
            rA> CLUSTER FAILOVER FORCE TAKEOVER
            rA> CLUSTER FAILOVER FORCE
            ",
        );
        self.arrive("rA", "SET {t2}x 2", "+OK\\r\\n");
        self.arrive("A", "GET {t2}x", "-MOVED 4748 127.0.0.1:7104\\r\\n");
        self.look("taken over by vote");
        self.ask("A", "CLUSTER FAILOVER TAKEOVER");
        self.arrive("A", "SET {t2}x 3", "+OK\\r\\n");
        self.arrive("rA", "GET {t2}x", "-MOVED 4748 127.0.0.1:7101\\r\\n");
        self.look("taken over without one");
        self.cluster.freeze("C");
        self.ask("rC", "CLUSTER FAILOVER FORCE");
        self.arrive("rC", "SET user:123 3", "+OK\\r\\n");
        self.cluster.thaw("C");
        self.arrive("C", "GET user:123", "-MOVED 12893 127.0.0.1:7106\\r\\n");
        self.look("taken over from one that stood still");
        self.ask_all(
            "
            rA> READONLY
            rA> GET {t2}x
            C> READONLY
            C> GET user:123
            ",
        );
    }
}

/// Epochs by their order: how many elections were tried is a matter of chance, who is newer is not.
fn ranked(table: &str) -> String {
    let epoch = |line: &str| line.split(' ').nth(6).and_then(|epoch| epoch.parse::<u64>().ok()).unwrap_or(0);
    let mut epochs: Vec<u64> = table.lines().map(epoch).collect();
    epochs.sort_unstable();
    epochs.dedup();
    let line = |line: &str| {
        let rank = epochs.iter().position(|&other| other == epoch(line)).unwrap_or(0);
        let mut fields: Vec<String> = line.split(' ').map(str::to_owned).collect();
        if let Some(field) = fields.get_mut(6) {
            *field = format!("epoch#{rank}");
        }
        fields.join(" ") + "\n"
    };
    table.lines().map(line).collect()
}
