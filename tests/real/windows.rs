//! Windows in which a real cluster loses writes that it acknowledged, and ours does: each is the excuse of a checker of the
//! proof by simulation (docs/simulation.md), and is none unless Redis loses there too.

use cluster_city::cluster::time::SECOND;

use crate::golden::city::City;
use crate::golden::{Cluster, NODES, Names, ask_by_name, node_of, settle, until, words};
use crate::servers::Servers;

/// A dialogue: lines `CONNECTION> REQUEST`, and the replies in the form in which two clusters are compared.
pub(crate) fn ask_all(cluster: &mut dyn Cluster, names: &Names, dialogue: &str) -> Vec<String> {
    let mut seen = Vec::new();
    for line in dialogue.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (connection, request) = line.split_once("> ").expect("CONNECTION> REQUEST");
        seen.push(format!("{line} => {}", ask_by_name(cluster, names, connection, request)));
    }
    seen
}

pub(crate) fn replies(seen: &[String]) -> Vec<&str> {
    seen.iter().map(|line| line.split_once(" => ").expect("a reply").1).collect()
}

/// OpenSlot: the source of an open slot dies. Its replica does not know that the slot is open, answers for a key that is at
/// the target already, and takes writes for it: of the two copies one has to go.
#[test]
fn the_source_of_an_open_slot_is_replaced() {
    let ours = replace_a_source(&mut City::new(2 * SECOND));
    let real = replace_a_source(&mut Servers::start(2_000));
    assert_eq!(real, ours, "real, and ours");
    let last = replies(&real).last().copied();
    assert_eq!(last, Some(r"*2\r\n$1\r\na\r\n$1\r\nb\r\n"), "c was acknowledged, and is gone: {real:#?}");
}

fn replace_a_source(cluster: &mut dyn Cluster) -> Vec<String> {
    let names = Names::of(cluster);
    let mut seen = ask_all(
        cluster,
        &names,
        r#"
        A> RPUSH {t2}l a
        B> CLUSTER SETSLOT 4748 IMPORTING $A
        A> CLUSTER SETSLOT 4748 MIGRATING $B
        A> MIGRATE 127.0.0.1 $portB {t2}l 0 5000
        A> RPUSH {t2}l b
        B> ASKING
        B> RPUSH {t2}l b
        "#,
    );
    // An open slot is in one line only, so that the nodes do not tell the same.
    until(cluster, "the replica has heard", |cluster| cluster.ask("rA", &words("DBSIZE")).show() == r":0\r\n");
    cluster.kill(0);
    until(cluster, "A is replaced", |cluster| cluster.ask("rA", &words("EXISTS {t2}l")).show() == r":0\r\n");
    // A node that imports a slot does not hear that its owner was replaced, and is to be told.
    until(cluster, "B knows the new master", |cluster| {
        ask_by_name(cluster, &names, "B", "CLUSTER SETSLOT 4748 NODE $rA") == r"+OK\r\n"
    });
    until(cluster, "B serves", |cluster| cluster.ask("B", &words("EXISTS {t1}x")).show() == r":0\r\n");
    seen.extend(ask_all(
        cluster,
        &names,
        r#"
        rA> RPUSH {t2}l c
        B> LRANGE {t2}l 0 -1
        B> MIGRATE 127.0.0.1 $portrA {t2}l 0 5000
        B> MIGRATE 127.0.0.1 $portrA "" 0 5000 REPLACE KEYS {t2}l
        rA> LRANGE {t2}l 0 -1
        "#,
    ));
    seen
}

/// LastSlot: a master gives its last slot away while it imports another one. It follows who took the last one, and what it
/// had taken in with ASKING goes with its old data.
#[test]
fn the_last_slot_of_a_target_leaves() {
    let ours = empty_a_target(&mut City::new(2 * SECOND));
    let real = empty_a_target(&mut Servers::start(2_000));
    assert_eq!(real, ours, "real, and ours");
    let last = replies(&real).last().copied();
    assert_eq!(last, Some(r"$-1\r\n"), "it was acknowledged, and is gone: {real:#?}");
}

fn empty_a_target(cluster: &mut dyn Cluster) -> Vec<String> {
    let names = Names::of(cluster);
    let dialogue = "
        A> CLUSTER DELSLOTSRANGE 1 5460
        B> CLUSTER DELSLOTSRANGE 1 5460
        B> CLUSTER ADDSLOTSRANGE 1 5460
        B> CLUSTER BUMPEPOCH
        ";
    let mut seen = ask_all(cluster, &names, dialogue);
    settle(cluster, &names);
    seen.extend(ask_all(
        cluster,
        &names,
        "
        A> CLUSTER SETSLOT 8943 IMPORTING $B
        B> CLUSTER SETSLOT 8943 MIGRATING $A
        A> ASKING
        A> SET {t1}new 1
        B> CLUSTER SETSLOT 0 IMPORTING $A
        A> CLUSTER SETSLOT 0 MIGRATING $B
        B> CLUSTER SETSLOT 0 NODE $B
        ",
    ));
    until(cluster, "A follows B", |cluster| cluster.ask("A", &words("ROLE")).show().contains("slave"));
    seen.extend(ask_all(cluster, &names, "B> CLUSTER SETSLOT 8943 STABLE"));
    settle(cluster, &names);
    for node in NODES {
        seen.extend(ask_all(cluster, &names, &format!("{node}> DBSIZE")));
    }
    seen.extend(ask_all(cluster, &names, "B> GET {t1}new"));
    seen
}

/// Unsynced: a replica that was told to follow another master, which dies with its own replica before the copy comes, is elected
/// in its place, and what another replica had confirmed is gone.
#[test]
fn a_replica_without_its_new_masters_data_replaces_it() {
    let ours = replace_before_the_copy(&mut City::new(2 * SECOND));
    let real = replace_before_the_copy(&mut Servers::start(2_000));
    assert_eq!(real, ours, "real, and ours");
    let told = replies(&real);
    assert_eq!(told[2], r":1\r\n", "a replica confirmed it");
    assert_eq!(told.last(), Some(&r"$-1\r\n"), "and it is gone: {real:#?}");
}

fn replace_before_the_copy(cluster: &mut dyn Cluster) -> Vec<String> {
    let names = Names::of(cluster);
    let mut seen = ask_all(
        cluster,
        &names,
        "
        B> CONFIG SET repl-diskless-sync-delay 3600
        B> SET {t1}x 1
        B> WAIT 1 0
        rC> CLUSTER REPLICATE $B
        ",
    );
    for node in NODES {
        until(cluster, "all know whom rC follows", |cluster| {
            row_of(cluster, &names, node, "rC").contains(&names.ids[node_of("B")])
        });
    }
    for node in ["rB", "B"] {
        cluster.kill(node_of(node));
    }
    until(cluster, "rC takes over", |cluster| ask_by_name(cluster, &names, "rC", "SET {t1}later 1") == r"+OK\r\n");
    seen.extend(ask_all(cluster, &names, "rC> GET {t1}x"));
    seen
}

/// The line of `of` in what a node tells of the cluster.
pub(crate) fn row_of(cluster: &mut dyn Cluster, names: &Names, node: &str, of: &str) -> String {
    let table = cluster.ask(&format!("{node} watch"), &words("CLUSTER NODES")).text();
    let row = table.lines().find(|line| line.starts_with(&names.ids[node_of(of)]));
    row.unwrap_or_default().to_owned()
}

/// OldWin: a winner that is demoted again claims its old votes when it is asked once more, takes writes for a moment (some 50 ms
/// on a quiet machine), and hears of the newer owner then. Each shard is one try: of three at least one must be met in time.
#[test]
fn old_votes_count_for_a_winner_that_was_demoted() {
    let mut servers = Servers::start(2_000);
    let tries = [("A", "rA", "{t2}x"), ("B", "rB", "{t1}x"), ("C", "rC", "user:123")];
    let taken = tries.map(|(master, replica, key)| writes_by_old_votes(&mut servers, master, replica, key));
    assert!(taken.contains(&true), "no write was taken by old votes: {taken:?}");
}

/// Whether a replica that took over and gave way took a write by its old votes. If so, it is gone in the end.
fn writes_by_old_votes(servers: &mut Servers, master: &str, replica: &str, key: &str) -> bool {
    let names = Names::of(servers);
    for (next, other) in [(replica, master), (master, replica)] {
        assert_eq!(servers.tell(next, "CLUSTER FAILOVER"), "OK");
        until(servers, &format!("{next} takes over"), |servers| {
            servers.ask(next, &words("ROLE")).show().contains("master")
        });
        // Before they have heard so on the bus, the master takes no word of a handover from it, and the others do not vote for it.
        until(servers, &format!("all know that {other} follows {next}"), |servers| {
            let connected = servers.ask(other, &words("ROLE")).show().contains("connected");
            let follows = |servers: &mut dyn Cluster, node| {
                row_of(servers, &names, node, other).contains(&format!("slave {}", names.ids[node_of(next)]))
            };
            connected && NODES.iter().all(|node| follows(servers, node))
        });
    }
    assert_eq!(servers.tell(replica, "CLUSTER FAILOVER"), "OK");
    let write = words(&format!("SET {key} by-old-votes"));
    // Its votes are good for two node timeouts after they were asked for: some thousand tries are all of that.
    let taken = (0..20_000).any(|_| servers.ask(replica, &write).show() == r"+OK\r\n");
    settle(servers, &names);
    assert!(row_of(servers, &names, "rA", master).contains(" master "), "{master} is master again");
    if taken {
        let there = servers.ask(master, &words(&format!("EXISTS {key}"))).show();
        assert_eq!(there, r":0\r\n", "it was acknowledged, and is gone");
    }
    taken
}

/// LateClaim: a slot arrived, and its old owner, which stood still, takes a newer epoch for another slot before it hears of that:
/// it claims the slot once more, and what the new owner took in is gone.
#[test]
fn a_slot_that_left_is_claimed_once_more() {
    let mut servers = Servers::start(15_000);
    let names = Names::of(&mut servers);
    // B has the newest epoch already, and takes none for the slot that arrives.
    assert_eq!(servers.tell("B", "CLUSTER BUMPEPOCH"), "BUMPED 7");
    settle(&mut servers, &names);
    ask_all(
        &mut servers,
        &names,
        "
        B> CLUSTER SETSLOT 4748 IMPORTING $A
        A> CLUSTER SETSLOT 4748 MIGRATING $B
        A> CLUSTER SETSLOT 8943 IMPORTING $B
        B> CLUSTER SETSLOT 8943 MIGRATING $A
        A again> PING
        ",
    );
    servers.freeze("A");
    // The first thing that it finds when it goes on.
    let own = format!("CLUSTER SETSLOT 8943 NODE {}", names.ids[node_of("A")]);
    servers.say("A again", &words(&own)).expect("it can be sent");
    let dialogue = "
        B> CLUSTER SETSLOT 4748 NODE $B
        B> SET {t2}x 1
        ";
    let seen = ask_all(&mut servers, &names, dialogue);
    assert_eq!(replies(&seen), [r"+OK\r\n", r"+OK\r\n"]);
    servers.thaw("A");
    assert_eq!(servers.hear("A again").expect("it answers").show(), r"+OK\r\n");
    assert_eq!(servers.tell("A", "CLUSTER SETSLOT 4748 STABLE"), "OK");
    assert_eq!(servers.tell("B", "CLUSTER SETSLOT 8943 STABLE"), "OK");
    settle(&mut servers, &names);
    assert_eq!(servers.ask("A", &words("EXISTS {t2}x")).show(), r":0\r\n", "it was acknowledged, and is gone");
}

/// StalePause: a replica is asked to take over, and stands still; its master waits for it, gives up after 5 s, and takes a
/// great write. The replica, which was asked again meanwhile, goes on: it hears of the pause that is over, has what its
/// master had then, for of the write only a part has come, and takes over without it.
#[test]
fn a_replica_that_was_asked_again_hears_of_a_pause_that_is_over() {
    let mut servers = Servers::start(15_000);
    // PINGs of the stream would move the offset on, and so would SELECT, which goes before the first write.
    assert_eq!(servers.tell("A", "CONFIG SET repl-ping-replica-period 3600"), "OK");
    assert_eq!(servers.tell("A", "SET {t2}small 1"), "OK");
    settle_offsets(&mut servers);
    servers.freeze("A");
    assert_eq!(servers.tell("rA", "CLUSTER FAILOVER"), "OK");
    // What it has to send to others it has sent when it answers twice more.
    for connection in ["rA", "rA again"] {
        assert_eq!(servers.tell(connection, "PING"), "PONG");
    }
    servers.freeze("rA");
    servers.say("rA again", &words("CLUSTER FAILOVER")).expect("it can be sent");
    servers.thaw("A");
    // Kept until the pause is over, and acknowledged then.
    let great = [b"SET".to_vec(), b"{t2}great".to_vec(), vec![b'x'; 100 << 20]];
    assert_eq!(servers.ask("A write", &great).show(), r"+OK\r\n");
    servers.thaw("rA");
    assert_eq!(servers.hear("rA again").expect("it answers").show(), r"+OK\r\n");
    until(&mut servers, "rA takes over", |servers| servers.ask("rA", &words("ROLE")).show().contains("master"));
    let lost = servers.ask("rA", &words("EXISTS {t2}great")).show();
    assert_eq!(lost, r":0\r\n", "it was acknowledged, and is gone");
}

/// Collision: a master stands still and is replaced. When it goes on, it takes a newer epoch first, without asking: the very one
/// that its successor won. Of two with one epoch the one with the smaller name takes a newer one still, and with it all slots:
/// where that is the old master, what its successor took is gone.
#[test]
fn a_deposed_master_takes_its_slots_back() {
    let mut servers = Servers::start(2_000);
    let names = Names::of(&mut servers);
    settle(&mut servers, &names);
    assert_eq!(servers.tell("A again", "PING"), "PONG");
    servers.freeze("A");
    // The first thing that it finds when it goes on.
    servers.say("A again", &words("CLUSTER BUMPEPOCH")).expect("it can be sent");
    until(&mut servers, "rA takes over", |servers| servers.ask("rA", &words("SET {t2}x 1")).show() == r"+OK\r\n");
    servers.thaw("A");
    assert_eq!(servers.hear("A again").expect("it answers").show(), r"+BUMPED 7\r\n");
    settle(&mut servers, &names);
    let old_wins = names.ids[0] < names.ids[3];
    let (owner, lost) = if old_wins { ("A", r":0\r\n") } else { ("rA", r":1\r\n") };
    assert_eq!(servers.ask(owner, &words("EXISTS {t2}x")).show(), lost, "{owner} has the smaller name");
}

/// Waits until the replica has all that its master has.
fn settle_offsets(servers: &mut Servers) {
    let names = Names::of(servers);
    settle(servers, &names);
}

/// LateClaim, by an older epoch: the new owner had noted that the owner before claimed the slot no more, and that note outlives
/// SETSLOT NODE, so that the slot goes to whoever claims it next. What it took in is gone.
#[test]
fn a_slot_goes_to_an_older_epoch_once_its_owner_let_go_of_it() {
    let mut servers = Servers::start(5_000);
    let names = Names::of(&mut servers);
    assert_eq!(servers.tell("B", "CLUSTER BUMPEPOCH"), "BUMPED 7");
    settle(&mut servers, &names);
    // A field of B's line of another node: 4 is when it sent the PING that waits, 5 when the last PONG came.
    let field = |servers: &mut dyn Cluster, of: &str, nth: usize| -> u64 {
        let row = row_of(servers, &names, "B", of);
        row.split(' ').nth(nth).expect("such a field").parse().expect("a number")
    };
    assert_eq!(ask_by_name(&mut servers, &names, "A", "CLUSTER SETSLOT 4748 NODE $C"), r"+OK\r\n");
    let told = field(&mut servers, "A", 5);
    // Twice what lies between two PINGs.
    until(&mut servers, "B has heard A since", |servers| field(servers, "A", 5) > told + 5_000);
    assert_eq!(servers.tell("C again", "PING"), "PONG");
    servers.freeze("C");
    // The first thing that it finds when it goes on; then a PING, which it answers with its claim; then the word of B's.
    let own = format!("CLUSTER SETSLOT 4748 NODE {}", names.ids[node_of("C")]);
    servers.say("C again", &words(&own)).expect("it can be sent");
    until(&mut servers, "B has pinged C", |servers| field(servers, "C", 4) > 0);
    let dialogue = "
        B> CLUSTER SETSLOT 4748 IMPORTING $A
        B> CLUSTER SETSLOT 4748 NODE $B
        B> SET {t2}x 1
        ";
    let seen = ask_all(&mut servers, &names, dialogue);
    assert_eq!(replies(&seen), [r"+OK\r\n"; 3]);
    servers.thaw("C");
    assert_eq!(servers.hear("C again").expect("it answers").show(), r"+OK\r\n");
    until(&mut servers, "B gives it up", |servers| {
        servers.ask("B", &words("EXISTS {t2}x")).show().contains("MOVED")
    });
    assert_eq!([field(&mut servers, "C", 6), field(&mut servers, "B", 6)], [3, 7], "by an older epoch");
    assert_eq!(servers.ask("B", &words("DBSIZE")).show(), r":0\r\n", "it was acknowledged, and is gone");
}
