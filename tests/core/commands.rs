//! Commands one by one, as a plain client of the master that serves the key sees them. Expected replies: Redis 7.0.15.

use cluster_city::cluster::command::{help, line, manual};
use cluster_city::cluster::id::HostId;
use cluster_city::cluster::slot::key_slot;

use crate::terminal::{Terminal, check};

#[test]
fn strings() {
    check(
        r#"
        GET a => (nil)
        SET a 1 => OK
        GET a => "1"
        SET a 2 NX => (nil)
        SET a 2 XX => OK
        SET b 2 XX => (nil)
        SET a 3 GET => "2"
        SET c 3 GET => (nil)
        SET c 4 NX GET => "3"
        GET c => "3"
        APPEND a bc => (integer) 3
        GET a => "3bc"
        STRLEN a => (integer) 3
        STRLEN nothing => (integer) 0
        SET e "\xff\x00" => OK
        GET e => "\xff\x00"
        "#,
    );
    let mut terminal = Terminal::new();
    assert_eq!(terminal.ask(r#"SET d "two words\n""#), "OK");
    assert_eq!(terminal.ask("GET d"), r#""two words\n""#);
}

#[test]
fn set_refuses_what_makes_no_sense() {
    check(
        "
        SET a 1 EX 10 PX 10 => (error) ERR syntax error
        SET a 1 NX XX => (error) ERR syntax error
        SET a 1 EX => (error) ERR syntax error
        SET a 1 EX 10 KEEPTTL => (error) ERR syntax error
        SET a 1 WHAT => (error) ERR syntax error
        SET a 1 EX ten => (error) ERR value is not an integer or out of range
        SET a 1 EX 0 => (error) ERR invalid expire time in 'set' command
        SET a 1 PX -5 => (error) ERR invalid expire time in 'set' command
        SET a 1 EX 9223372036854775807 => (error) ERR invalid expire time in 'set' command
        EXISTS a => (integer) 0
        ",
    );
}

#[test]
fn deadlines() {
    check(
        "
        SET a 1 EX 100 => OK
        TTL a => (integer) 100
        SET a 2 KEEPTTL => OK
        TTL a => (integer) 100
        SET a 2 => OK
        TTL a => (integer) -1
        PERSIST a => (integer) 0
        EXPIRE a 50 => (integer) 1
        EXPIRE a 60 NX => (integer) 0
        EXPIRE a 40 GT => (integer) 0
        EXPIRE a 60 GT => (integer) 1
        EXPIRE a 20 LT => (integer) 1
        TTL a => (integer) 20
        PERSIST a => (integer) 1
        EXPIRE a 10 XX => (integer) 0
        EXPIRE a 10 NX XX => (error) ERR NX and XX, GT or LT options at the same time are not compatible
        EXPIRE a 10 WHEN => (error) ERR Unsupported option WHEN
        EXPIRE a 9223372036854775807 => (error) ERR invalid expire time in 'expire' command
        EXPIRE a -1 => (integer) 1
        EXISTS a => (integer) 0
        TTL a => (integer) -2
        PTTL a => (integer) -2
        EXPIRE a 10 => (integer) 0
        ",
    );
}

#[test]
fn counters() {
    check(
        "
        INCR n => (integer) 1
        INCRBY n 41 => (integer) 42
        DECR n => (integer) 41
        DECRBY n 50 => (integer) -9
        INCRBY n x => (error) ERR value is not an integer or out of range
        SET n 9223372036854775807 => OK
        INCR n => (error) ERR increment or decrement would overflow
        DECRBY n -9223372036854775808 => (error) ERR decrement would overflow
        SET n 01 => OK
        INCR n => (error) ERR value is not an integer or out of range
        SET n ' 1' => OK
        INCR n => (error) ERR value is not an integer or out of range
        ",
    );
}

#[test]
fn keys_of_any_type() {
    check(
        r#"
        MSET {t}a 1 {t}b 2 => OK
        MGET {t}a {t}b {t}c => 1) "1"\n2) "2"\n3) (nil)
        MSET {t}a => (error) ERR wrong number of arguments for 'mset' command
        MSET {t}a 1 {t}b => (error) ERR wrong number of arguments for 'mset' command
        EXISTS {t}a {t}a {t}c => (integer) 2
        DEL {t}a {t}a {t}c => (integer) 1
        TYPE {t}b => string
        TYPE {t}a => none
        RPUSH {t}l a b c => (integer) 3
        TYPE {t}l => list
        LRANGE {t}l 0 -1 => 1) "a"\n2) "b"\n3) "c"
        LRANGE {t}l 5 9 => (empty array)
        MGET {t}l {t}b => 1) (nil)\n2) "2"
        "#,
    );
}

#[test]
fn errors_are_redis_own() {
    check(
        "
        LPUSH l 1 => (integer) 1
        GET l => (error) WRONGTYPE Operation against a key holding the wrong kind of value
        INCR l => (error) WRONGTYPE Operation against a key holding the wrong kind of value
        APPEND l x => (error) WRONGTYPE Operation against a key holding the wrong kind of value
        SET l 1 GET => (error) WRONGTYPE Operation against a key holding the wrong kind of value
        GET => (error) ERR wrong number of arguments for 'get' command
        GET a b => (error) ERR wrong number of arguments for 'get' command
        PING a b => (error) ERR wrong number of arguments for 'ping' command
        CLUSTER KEYSLOT => (error) ERR wrong number of arguments for 'cluster|keyslot' command
        CLUSTER => (error) ERR wrong number of arguments for 'cluster' command
        CLUSTER NOSUCH => (error) ERR unknown subcommand 'NOSUCH'. Try CLUSTER HELP.
        MGET user:1 user:2 => (error) CROSSSLOT Keys in request don't hash to the same slot
        CLUSTER COUNTKEYSINSLOT 99999 => (error) ERR Invalid slot
        CLUSTER COUNTKEYSINSLOT x => (error) ERR value is not an integer or out of range
        CLUSTER GETKEYSINSLOT 1 -1 => (error) ERR Invalid slot or number of keys
        ",
    );
    let mut terminal = Terminal::new();
    let unknown = "(error) ERR unknown command 'NOSUCHCMD', with args beginning with: 'x' 'y' ";
    assert_eq!(terminal.ask("NOSUCHCMD x y"), unknown);
}

#[test]
fn connection_and_server() {
    check(
        r#"
        PING => PONG
        ping hi => "hi"
        ECHO x => "x"
        DBSIZE => (integer) 0
        KEYS * => (empty array)
        CLUSTER KEYSLOT user:123 => (integer) 12893
        SELECT 0 => OK
        SELECT 1 => (error) ERR SELECT is not allowed in cluster mode
        SELECT x => (error) ERR value is not an integer or out of range
        SET k 1 => OK
        DBSIZE => (integer) 1
        FLUSHALL NOW => (error) ERR syntax error
        FLUSHALL => OK
        DBSIZE => (integer) 0
        "#,
    );
}

#[test]
fn help_and_what_is_missing() {
    let mut terminal = Terminal::new();
    let printed = terminal.ask("CLUSTER HELP");
    assert!(printed.contains("CLUSTER <subcommand>") && printed.contains("KEYSLOT <key>"), "{printed}");
    assert!(terminal.ask("CONFIG HELP").contains("SET <directive> <value>"));
    let missing = |typed: &str| help::missing_here(&line::split(typed).expect("a line"));
    assert_eq!(missing("xadd s * f v"), Some("Redis has XADD; this city does not have it yet.".to_owned()));
    let question = "Did you mean XADD? Redis has XADD; this city does not have it yet.";
    assert_eq!((missing("xaddd s f v").as_deref(), missing("get a")), (Some(question), None));
    assert_eq!(
        missing("Memory Doctor").as_deref(),
        Some("Redis has MEMORY DOCTOR; this city does not have it yet.")
    );
    assert_eq!((missing("memory nonsense"), missing("acl whoami")), (None, None));
    assert_eq!(missing("hgte h f").as_deref(), Some("Did you mean HGET?"));
    // What is here is not called missing.
    for spec in help::all() {
        let name = spec.name.split('|').next().unwrap_or_default();
        assert_eq!(missing(name), None, "{name}");
    }
}

#[test]
fn keys_matches_globs() {
    let mut terminal = Terminal::new();
    for key in ["{t}one", "{t}two", "{t}three", "{t}[x]"] {
        terminal.ask(&format!("SET {key} 1"));
    }
    let home = HostId(key_slot(b"{t}") / 5462);
    let mut matching = |pattern: &str| {
        let printed = terminal.ask_at(&format!("KEYS {pattern}"), Some(home));
        printed.lines().filter(|line| line.contains('{')).count()
    };
    let found = ["*", "{t}t*", "{t}t?o", "{t}[ot]*", "{t}[^t]*", "{t}\\[*", "*e", "none*"].map(&mut matching);
    assert_eq!(found, [4, 2, 1, 3, 2, 1, 2, 0]);
    // A pattern of many stars takes no longer than others: this one would hang a naive matcher.
    assert_eq!(matching(&"*a".repeat(40)), 0);
}

#[test]
fn introspection_has_redis_form() {
    let mut terminal = Terminal::new();
    let nodes = terminal.ask_at("CLUSTER NODES", Some(HostId(0)));
    let lines: Vec<&str> = nodes.trim_matches('"').split("\\n").filter(|line| !line.is_empty()).collect();
    assert_eq!(lines.len(), 6);
    let own: Vec<&str> = lines[0].split(' ').collect();
    assert_eq!(
        (own[1], own[2], own[3], own[6], own[7], own[8]),
        ("10.0.1.1:6379@16379", "myself,master", "-", "1", "connected", "0-5460")
    );
    assert_eq!(own[0].len(), 40);
    let info = terminal.ask_at("CLUSTER INFO", Some(HostId(0)));
    for part in [
        "cluster_state:ok\\r\\n",
        "cluster_slots_assigned:16384\\r\\n",
        "cluster_known_nodes:6\\r\\n",
        "cluster_size:3\\r\\n",
        "cluster_current_epoch:6\\r\\n",
        "cluster_my_epoch:1\\r\\n",
    ] {
        assert!(info.contains(part), "{part} in {info}");
    }
    let id = terminal.ask_at("CLUSTER MYID", Some(HostId(0)));
    assert_eq!(id.trim_matches('"'), own[0]);
}

#[test]
fn every_row_of_the_table_is_whole() {
    let mut names: Vec<&str> = help::all().map(|spec| spec.name).collect();
    names.sort_unstable();
    assert!(names.is_sorted_by(|one, other| one < other), "a name stands twice in the table");
    // Redis 7.0 tells too little of the first ones, nothing of DEBUG, and has words without a value in the others.
    let loose =
        ["command|getkeys", "command|getkeysandflags", "debug|sleep", "replicaof", "slaveof", "cluster|setslot"];
    let mut unlike: Vec<(&str, String)> = Vec::new();
    for spec in help::all() {
        assert!(spec.name.chars().all(|sign| sign.is_ascii_lowercase() || "|-_".contains(sign)), "{}", spec.name);
        let least = spec.arity.unsigned_abs() as usize - spec.name.split('|').count();
        let mut depth = 0;
        let outside = |word: &&str| {
            let before = depth;
            depth = depth + word.matches('[').count() - word.matches(']').count();
            before == 0 && !word.starts_with('[')
        };
        let syntax = help::syntax(spec);
        let mandatory = syntax.split_whitespace().filter(outside).count();
        if least != mandatory && !loose.contains(&spec.name) {
            unlike.push((spec.name, syntax));
        }
    }
    assert_eq!(unlike, []);
    assert_eq!(
        manual::hint("SET a").as_deref(),
        Some(
            "value [NX|XX] [GET] [EX seconds|PX milliseconds|EXAT unix-time-seconds|PXAT unix-time-milliseconds|KEEPTTL]"
        )
    );
    assert_eq!(manual::hint("cluster keyslot").as_deref(), Some("key"));
    assert_eq!(manual::hint("nonsense"), None);
}

/// What docs/fidelity.md says of the number of commands is what the core says.
#[test]
fn the_number_of_commands_is_told_as_it_is() {
    let told = include_str!("../../docs/fidelity.md");
    let told = told.lines().find_map(|line| line.strip_prefix("| COMMAND COUNT | ")).expect("a row of its own");
    let number = told.split(' ').next().expect("a number");
    check(&format!("COMMAND COUNT => (integer) {number}"));
}
