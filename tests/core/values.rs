//! What a differential test does not reach: replicas after random programs, scanning while keys come and go, eviction.

use std::collections::BTreeSet;

use cluster_city::cluster::fact::FactKind;
use cluster_city::cluster::id::{ClientId, HostId};
use cluster_city::cluster::rng::Rng;
use cluster_city::cluster::time::{MS, SECOND};
use cluster_city::cluster::world::World;

use crate::terminal::{Terminal, city, split};

/// Writes to `{user:123}` keys; `#` stands for a number by chance.
const WRITES: [&str; 30] = [
    "SET s# #",
    "SET s# # EX 1",
    "INCRBYFLOAT s# 0.#",
    "APPEND s# #",
    "SETBIT b# # 1",
    "SETRANGE s# 5 #",
    "GETEX s# PX #00",
    "GETDEL s#",
    "PSETEX s# #00 x",
    "BITFIELD b# INCRBY u8 # 200",
    "BITOP NOT b# b#",
    "RPUSH l# # # #",
    "LPOP l# 2",
    "LMOVE l# l# LEFT RIGHT",
    "LTRIM l# 0 3",
    "LREM l# 1 #",
    "BLPOP l# l# 0.01",
    "HSET h# # # # #",
    "HINCRBYFLOAT h# # 1.#",
    "HDEL h# #",
    "SADD e# # # # a",
    "SPOP e#",
    "SPOP e# 2",
    "SMOVE e# e# #",
    "SUNIONSTORE e# e# e#",
    "ZADD z# # # 1.# #",
    "ZADD z# GT CH # # -# x",
    "ZPOPMAX z#",
    "ZUNIONSTORE z# 2 z# e# WEIGHTS 0.3 2",
    "SORT l# ALPHA STORE l#",
];

fn write(rng: &mut Rng) -> String {
    let line = match rng.below(10) {
        0 => {
            ["RENAME s# s#", "COPY z# z# REPLACE", "EXPIRE h# 1", "PERSIST h#", "UNLINK l#"][rng.below(5) as usize]
        }
        _ => WRITES[rng.below(30) as usize],
    };
    let mut words = line.split(' ').map(|word| {
        // Keys: a letter and a number, told from words by their length.
        let is_key = word.len() == 2 && word.ends_with('#') && word.as_bytes()[0].is_ascii_lowercase();
        let number = rng.below(if is_key { 2 } else { 9 }).to_string();
        let word = word.replace('#', &number);
        if is_key { format!("{{user:123}}{word}") } else { word }
    });
    let mut line = words.next().unwrap_or_default();
    words.for_each(|word| line = format!("{line} {word}"));
    line
}

fn contents(world: &World, host: u16) -> Vec<String> {
    let store = &world.node(HostId(host)).expect("it runs").store;
    let one = |(key, entry): (_, &cluster_city::cluster::store::Entry)| {
        // A replica is told the outcome of INCRBYFLOAT by SET: the same bytes, kept in another way.
        let text = entry.value.text().map(|text| text.escape_ascii().to_string());
        let value = text.unwrap_or_else(|| format!("{:?}", entry.value));
        format!("{key:?} {value} {:?} {}", entry.deadline, entry.memory)
    };
    let mut all: Vec<String> = store.iter().map(one).collect();
    all.sort();
    all
}

#[test]
fn a_replica_is_what_its_master_is() {
    for seed in 0..20 {
        let mut rng = Rng::new(seed);
        let mut world = city();
        for _ in 0..200 {
            let line = write(&mut rng);
            world.submit(ClientId(0), None, split(&line)).expect("the client takes it");
            world.run_until(world.now() + u64::from(rng.below(30)) * MS);
        }
        world.run_until(world.now() + 5 * SECOND);
        let master = contents(&world, 2);
        assert!(master.len() > 3, "seed {seed}: {master:?}");
        assert_eq!(master, contents(&world, 5), "seed {seed}");
        let store = &world.node(HostId(2)).expect("it runs").store;
        let counted: u64 = store.iter().map(|(_, entry)| u64::from(entry.memory)).sum();
        assert_eq!(store.memory(), counted, "seed {seed}");
    }
}

/// Goes through everything with `command` (`SCAN` and the like); after each step `between` may change things.
fn scan(terminal: &mut Terminal, command: &str, mut between: impl FnMut(&mut Terminal, u32)) -> BTreeSet<String> {
    let (mut cursor, mut found, mut steps) = ("0".to_owned(), BTreeSet::new(), 0);
    loop {
        let answer = terminal.ask_at(&command.replace('?', &cursor), Some(HostId(2)));
        let mut quoted = answer.split('"').skip(1).step_by(2);
        cursor = quoted.next().expect("a cursor").to_owned();
        found.extend(quoted.map(str::to_owned));
        steps += 1;
        assert!(steps < 1000, "{command} does not end");
        if cursor == "0" {
            assert!(steps > 3, "{command} was over in {steps} steps");
            return found;
        }
        between(terminal, steps);
    }
}

#[test]
fn scanning_misses_nothing_that_is_there_all_the_time() {
    let mut terminal = Terminal::new();
    for number in 0..100 {
        terminal.ask(&format!("SET {{user:123}}keep{number} 1"));
        terminal.ask(&format!("SET {{user:123}}go{number} 1"));
        terminal.ask(&format!("SADD {{user:123}}set keep{number} go{number}"));
        terminal.ask(&format!("HSET {{user:123}}hash keep{number} 1 go{number} {}", "x".repeat(70)));
        terminal.ask(&format!("ZADD {{user:123}}zset {number} keep{number} 1 go{number}"));
    }
    for command in
        ["SCAN ? COUNT 7", "SSCAN {user:123}set ?", "HSCAN {user:123}hash ?", "ZSCAN {user:123}zset ? COUNT 8"]
    {
        let found = scan(&mut terminal, command, |terminal, step| {
            for number in step * 3..step * 3 + 3 {
                terminal.ask(&format!("DEL {{user:123}}go{number}"));
                terminal.ask(&format!("SREM {{user:123}}set go{number}"));
                terminal.ask(&format!("HDEL {{user:123}}hash go{number}"));
                terminal.ask(&format!("ZREM {{user:123}}zset go{number}"));
                terminal.ask(&format!("SET {{user:123}}new{number} 1"));
                terminal.ask(&format!("HSET {{user:123}}hash new{number} 1"));
            }
        });
        let kept =
            (0..100).filter(|number| found.iter().any(|name| name.ends_with(&format!("keep{number}")))).count();
        assert_eq!(kept, 100, "{command}");
    }
}

/// Fills a master beyond its bounds and tells what was evicted.
fn fill(policy: &str, prepare: &[&str]) -> (Terminal, Vec<String>) {
    let mut terminal = Terminal::new();
    let at = |terminal: &mut Terminal, line: &str| terminal.ask_at(line, Some(HostId(2)));
    at(&mut terminal, &format!("CONFIG SET maxmemory 12000 maxmemory-policy {policy}"));
    for number in 0..100 {
        at(&mut terminal, &format!("SET {{user:123}}{number} {}", "x".repeat(20)));
    }
    terminal.0.run_until(terminal.0.now() + 120 * SECOND);
    prepare.iter().for_each(|line| drop(at(&mut terminal, line)));
    let mut evicted = Vec::new();
    for number in 100..200 {
        terminal.0.take_facts();
        terminal
            .0
            .submit(ClientId(0), None, split(&format!("SET {{user:123}}{number} {}", "x".repeat(20))))
            .expect("taken");
        terminal.0.run_until(terminal.0.now() + 20 * MS);
        for fact in terminal.0.take_facts() {
            if let FactKind::Evicted { key, .. } = fact.kind {
                evicted.push(String::from_utf8_lossy(&key).replace("{user:123}", ""));
            }
        }
    }
    terminal.0.run_until(terminal.0.now() + SECOND);
    (terminal, evicted)
}

#[test]
fn what_is_used_least_goes_first() {
    let used: Vec<String> = (0..30).map(|number| format!("GET {{user:123}}{number}")).collect();
    let used: Vec<&str> = used.iter().map(String::as_str).collect();
    let (mut terminal, evicted) = fill("allkeys-lru", &used);
    let memory = terminal.0.node(HostId(2)).expect("it runs").store.memory();
    assert!(evicted.len() > 20 && memory <= 12_000 + 200, "{} evicted, {memory} bytes", evicted.len());
    // What was just read is the last to go.
    assert!(!evicted.iter().any(|key| key.parse::<u32>().is_ok_and(|key| key < 30)), "{evicted:?}");
    assert_eq!(contents(&terminal.0, 2), contents(&terminal.0, 5));
    assert_eq!(terminal.ask("GET {user:123}199"), format!("\"{}\"", "x".repeat(20)));
    // The master counts them; its replica was told to delete them.
    let counted = |terminal: &mut Terminal, host: u16| {
        let stats = terminal.ask_at("INFO stats", Some(HostId(host)));
        let count = stats.split("\\r\\n").find_map(|line| line.strip_prefix("evicted_keys:")).map(str::parse);
        count.expect("the field is there").unwrap_or(u32::MAX)
    };
    let count = counted(&mut terminal, 2);
    assert_eq!(count, 200 - terminal.0.node(HostId(2)).expect("it runs").store.len());
    assert_eq!(counted(&mut terminal, 5), 0);
    terminal.ask_at("CONFIG RESETSTAT", Some(HostId(2)));
    assert_eq!(counted(&mut terminal, 2), 0);
}

#[test]
fn without_a_candidate_writes_are_refused() {
    let oom = "(error) OOM command not allowed when used memory > 'maxmemory'.";
    for policy in ["noeviction", "volatile-lru", "volatile-ttl", "volatile-random"] {
        let (mut terminal, evicted) = fill(policy, &[]);
        assert_eq!(evicted, Vec::<String>::new(), "{policy}");
        assert_eq!(terminal.ask("SET {user:123}more 1"), oom, "{policy}");
        assert_eq!(terminal.ask("GET {user:123}1"), format!("\"{}\"", "x".repeat(20)));
        assert_eq!(terminal.ask("DEL {user:123}1"), "(integer) 1");
    }
}

#[test]
fn policies_for_keys_with_a_deadline_take_no_others() {
    let dated: Vec<String> =
        (0..60).map(|number| format!("EXPIRE {{user:123}}{number} {}", 100_000 - number)).collect();
    let dated: Vec<&str> = dated.iter().map(String::as_str).collect();
    for policy in ["volatile-ttl", "volatile-lfu", "volatile-lru", "volatile-random"] {
        let (_, evicted) = fill(policy, &dated);
        assert!(evicted.len() > 10, "{policy}: {evicted:?}");
        assert!(evicted.iter().all(|key| key.parse::<u32>().is_ok_and(|key| key < 60)), "{policy}: {evicted:?}");
    }
    let (_, evicted) = fill("volatile-ttl", &dated);
    let first: Vec<u32> = evicted[..10].iter().filter_map(|key| key.parse().ok()).collect();
    assert!(first.iter().all(|&key| key >= 25), "the nearest deadlines go first: {first:?}");
}
