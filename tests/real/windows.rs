//! Windows in which a real cluster loses writes that it acknowledged, and ours does: each is the excuse of a checker of the
//! proof by simulation (docs/simulation.md), and is none unless Redis loses there too.

use cluster_city::cluster::time::SECOND;

use crate::golden::city::City;
use crate::golden::{Cluster, NODES, Names, same, settle, until, words};
use crate::servers::Servers;

/// A dialogue: lines `CONNECTION> REQUEST`, and the replies in the form in which two clusters are compared.
fn ask_all(cluster: &mut dyn Cluster, names: &Names, dialogue: &str) -> Vec<String> {
    let mut seen = Vec::new();
    for line in dialogue.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (connection, request) = line.split_once("> ").expect("CONNECTION> REQUEST");
        let filled: Vec<Vec<u8>> = words(request).into_iter().map(|word| names.fill(word)).collect();
        let reply = cluster.ask(connection, &filled);
        seen.push(format!("{line} => {}", same::in_form(request, reply, names).show()));
    }
    seen
}

fn replies(seen: &[String]) -> Vec<&str> {
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
    let told: Vec<Vec<u8>> =
        words("CLUSTER SETSLOT 4748 NODE $rA").into_iter().map(|word| names.fill(word)).collect();
    until(cluster, "B knows the new master", |cluster| cluster.ask("B", &told).show() == r"+OK\r\n");
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
