//! A machine that stood still and then lost its power, beside a real cluster. The story of ours is the script
//! `lost_its_power_with_a_long_timeout` of tests/proof/found.
//!
//! A process that is killed is no machine without power: its kernel closes what it had. So the bus of one node lies at the end of
//! a road, which takes the others' connections, and keeps them when the process has gone, as their kernels would. What comes on
//! such a one is answered by its end, as by a machine that is back and knows nothing of it.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::golden::value::Value;
use crate::golden::{Cluster, Names, until, words};
use crate::servers::Servers;
use crate::windows::{ask_all, replies, row_of};

/// It had taken the others' last PINGs, so that nothing more is said on their links, and they are not dropped while its own PINGs
/// come oftener than half a node timeout: of three nodes it is held for failed until somebody speaks.
#[test]
fn who_stood_still_and_lost_its_power_is_failed_until_somebody_speaks() {
    let servers = &mut Servers::blank(15_000);
    let road = Road::to(servers.ports[0] + 10_000);
    servers.kill(0);
    servers.announced_bus = Some(road.port);
    servers.restart(0);
    let names = Names::of(servers);
    join_three(servers, &names, road.port);
    let rows = |servers: &mut dyn Cluster| ["B", "C"].map(|node| row_of(servers, &names, node, "A"));
    let are_failed = |rows: &[String]| rows.iter().all(|row| row.contains("master,fail "));

    servers.freeze("A");
    until(servers, "it has failed", |servers| are_failed(&rows(servers)));
    road.without_power.store(true, Ordering::SeqCst);
    servers.kill(0);
    until(servers, "it has forgotten all connections", |_| road.open.load(Ordering::SeqCst) == 0);
    road.without_power.store(false, Ordering::SeqCst);
    servers.restart(0);
    until(servers, "it hears all others", |servers| {
        servers.ask("A", &words("CLUSTER INFO")).text().contains("cluster_state:ok")
    });

    // Longer than the timeout: any link is old enough then to be dropped.
    let back = clock(servers);
    until(servers, "some time has passed", |servers| {
        let rows = rows(servers);
        assert!(are_failed(&rows), "it is heard, and all the same {rows:#?}");
        clock(servers) > back + 20
    });
    let told = ask_all(servers, &names, "B> PUBLISH news hello\nC> PUBLISH news hello");
    assert_eq!(replies(&told), [r":0\r\n"; 2]);
    until(servers, "it is well", |servers| rows(servers).iter().all(|row| !row.contains("fail")));
}

/// A, B and C become one cluster, in which A has no slots: so its FAIL would be taken back at once, and nobody has an UPDATE for
/// it, which is a word too.
fn join_three(servers: &mut Servers, names: &Names, bus: u16) {
    let seen = ask_all(
        servers,
        names,
        "
        B> CLUSTER ADDSLOTSRANGE 0 8191
        C> CLUSTER ADDSLOTSRANGE 8192 16383
        A> CLUSTER SET-CONFIG-EPOCH 1
        B> CLUSTER SET-CONFIG-EPOCH 2
        C> CLUSTER SET-CONFIG-EPOCH 3
        A> CLUSTER MEET 127.0.0.1 $portB
        A> CLUSTER MEET 127.0.0.1 $portC
        ",
    );
    assert_eq!(replies(&seen), [r"+OK\r\n"; 7]);
    for node in ["A", "B", "C"] {
        until(servers, "all are known", |servers| {
            let table = servers.ask(node, &words("CLUSTER NODES")).text();
            let is_known = ["0-8191", "8192-16383", &format!("@{bus} ")].iter().all(|words| table.contains(words));
            is_known && !table.contains("handshake") && !table.contains("disconnected")
        });
    }
}

/// Seconds by the clock of a node.
fn clock(servers: &mut dyn Cluster) -> u64 {
    let Value::Many(_, Some(now)) = servers.ask("B", &words("TIME")) else { panic!("the time") };
    now[0].text().parse().expect("seconds")
}

/// The only way to a node's bus.
struct Road {
    port: u16,
    /// Who ends now does not say so.
    without_power: Arc<AtomicBool>,
    /// How many connections lead to the process.
    open: Arc<AtomicUsize>,
}

impl Road {
    /// A road to that port of the loopback; it is there as long as this program.
    fn to(bus: u16) -> Self {
        let door = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = door.local_addr().expect("it has an address").port();
        let road = Self { port, without_power: Arc::default(), open: Arc::default() };
        let (without_power, open) = (road.without_power.clone(), road.open.clone());
        std::thread::spawn(move || {
            for caller in door.incoming().map_while(Result::ok) {
                // Where nobody listens the caller is sent away.
                if let Ok(node) = TcpStream::connect(("127.0.0.1", bus)) {
                    open.fetch_add(1, Ordering::SeqCst);
                    lead(caller, node, without_power.clone(), open.clone());
                }
            }
        });
        road
    }
}

/// Passes on what a caller and a node say, until one of them ends.
fn lead(caller: TcpStream, node: TcpStream, without_power: Arc<AtomicBool>, open: Arc<AtomicUsize>) {
    let is_forgotten = Arc::new(AtomicBool::new(false));
    let both = || (caller.try_clone().expect("its double"), node.try_clone().expect("its double"));
    let ((mut to, mut from), forgets) = (both(), is_forgotten.clone());
    std::thread::spawn(move || {
        pass(&mut from, &mut to, || true);
        forgets.store(true, Ordering::SeqCst);
        if !without_power.load(Ordering::SeqCst) {
            // Either end may have gone by itself.
            let _ = to.shutdown(Shutdown::Both);
        }
        open.fetch_sub(1, Ordering::SeqCst);
    });
    let (mut from, mut to) = both();
    std::thread::spawn(move || {
        pass(&mut from, &mut to, || !is_forgotten.load(Ordering::SeqCst));
        let _ = from.shutdown(Shutdown::Both);
        let _ = to.shutdown(Shutdown::Both);
    });
}

/// Passes on what comes, until nothing more does or it may not be.
fn pass(from: &mut TcpStream, to: &mut TcpStream, may: impl Fn() -> bool) {
    let mut piece = [0; 16 * 1024];
    while let Ok(count) = from.read(&mut piece) {
        if count == 0 || !may() || to.write_all(&piece[..count]).is_err() {
            return;
        }
    }
}
