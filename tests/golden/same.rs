//! What may differ between two runs of one dialogue, and the form in which replies are compared all the same.
//!
//! Everything not named here is compared byte by byte:
//! - node ids become `id-of-A` and so on, filled up to 40 signs; ports become 7101 to 7106 (bus: 17101 to 17106);
//! - a moment becomes `PING`, `PONG` or `T`, an offset `N` (0 stays 0, but for what a replica has confirmed: that is a
//!   matter of the moment), a history's id `ID`;
//! - what a bus link holds in its buffer, and whether it wants to write, becomes `N`;
//! - nodes are listed in the order of their names: Redis's order is that of a hash table with a random seed;
//! - counts of bus messages become `N`; MEETs are left out, for our cities open already acquainted, and UPDATEs, for
//!   whether one is needed is a matter of who speaks first, and messages just published, which may not have arrived;
//! - ids of connections become `N`: how many there were before depends on who looked; so do a connection's addresses,
//!   ages and bytes in memory.

use super::value::Value;
use super::{NODES, Names};

/// A reply to this request in the form for comparing.
pub(crate) fn in_form(request: &str, reply: Value, names: &Names) -> Value {
    let reply = named(reply, names);
    let request = request.to_uppercase();
    let is = |beginning: &str| request.starts_with(beginning);
    match () {
        () if is("CLUSTER NODES") => text(reply, nodes),
        () if is("CLUSTER REPLICAS") || is("CLUSTER SLAVES") => {
            each(reply, |line| text(line, |line| nodes(line).trim_end().to_owned()))
        }
        () if is("CLUSTER INFO") => text(reply, |info| lines(info, messages)),
        () if is("INFO REPLICATION") => text(reply, |info| lines(info, replication)),
        () if is("CLUSTER SHARDS") => sorted(field(reply, "replication-offset", number)),
        () if is("CLUSTER LINKS") => {
            let reply = field(reply, "create-time", moment);
            let waits = |reply| field(field(reply, "send-buffer-used", any), "events", any);
            sorted(field(waits(reply), "send-buffer-allocated", any))
        }
        () if is("ROLE") => role(reply),
        () if is("TIME") => each(reply, |_| Value::Bulk('$', Some(b"T".to_vec()))),
        () if is("CLIENT INFO") => text(reply, connection),
        () if is("CLIENT ID") => number(reply),
        () if is("HELLO") => field(reply, "id", number),
        () => reply,
    }
}

/// Ids and ports by their names.
fn named(value: Value, names: &Names) -> Value {
    let change = |bytes: Vec<u8>| {
        let Ok(mut text) = String::from_utf8(bytes.clone()) else {
            return bytes;
        };
        for (node, name) in NODES.iter().enumerate() {
            text = text.replace(&names.ids[node], &format!("{:-<40}", format!("id-of-{name}")));
            let (port, wanted) = (names.ports[node], 7101 + node);
            text = text.replace(
                &format!(":{port}@{}", u32::from(port) + 10_000),
                &format!(":{wanted}@{}", wanted + 10_000),
            );
            text = text.replace(&format!("127.0.0.1:{port}"), &format!("127.0.0.1:{wanted}"));
            text = text.replace(&format!("port={port},"), &format!("port={wanted},"));
            text = text.replace(&format!("master_port:{port}\r"), &format!("master_port:{wanted}\r"));
            if text == port.to_string() {
                text = wanted.to_string();
            }
        }
        text.into_bytes()
    };
    match value {
        Value::Line(sign, bytes) => Value::Line(sign, change(bytes)),
        Value::Bulk(sign, Some(bytes)) => Value::Bulk(sign, Some(change(bytes))),
        Value::Many(sign, Some(items)) => {
            Value::Many(sign, Some(items.into_iter().map(|item| named(item, names)).collect()))
        }
        none => none,
    }
}

/// Changes a text.
fn text(value: Value, change: impl Fn(&str) -> String) -> Value {
    match value {
        Value::Bulk(sign, Some(bytes)) => {
            Value::Bulk(sign, Some(change(&String::from_utf8_lossy(&bytes)).into_bytes()))
        }
        other => other,
    }
}

/// Changes every element.
fn each(value: Value, change: impl Fn(Value) -> Value) -> Value {
    match value {
        Value::Many(sign, Some(items)) => Value::Many(sign, Some(items.into_iter().map(change).collect())),
        other => other,
    }
}

/// Changes what follows a name, at any depth.
fn field(value: Value, name: &str, change: fn(Value) -> Value) -> Value {
    let Value::Many(sign, Some(items)) = value else {
        return value;
    };
    let mut follows = false;
    let items = items.into_iter().map(|item| {
        let changed = if std::mem::take(&mut follows) { change(item) } else { field(item, name, change) };
        follows = matches!(&changed, Value::Bulk('$', Some(bytes)) if bytes == name.as_bytes());
        changed
    });
    Value::Many(sign, Some(items.collect()))
}

fn number(value: Value) -> Value {
    placeholder(value, "N")
}

/// Whatever it is, even zero.
fn any(value: Value) -> Value {
    match value {
        Value::Line(kind, _) => Value::Line(kind, b"N".to_vec()),
        Value::Bulk(kind, Some(_)) => Value::Bulk(kind, Some(b"N".to_vec())),
        other => other,
    }
}

fn moment(value: Value) -> Value {
    placeholder(value, "T")
}

/// Anything but zero.
fn placeholder(value: Value, sign: &str) -> Value {
    match value {
        Value::Line(kind, bytes) if bytes != b"0" => Value::Line(kind, sign.into()),
        Value::Bulk(kind, Some(bytes)) if bytes != b"0" => Value::Bulk(kind, Some(sign.into())),
        other => other,
    }
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Many(sign, Some(mut items)) => {
            items.sort();
            Value::Many(sign, Some(items))
        }
        other => other,
    }
}

fn role(value: Value) -> Value {
    let Value::Many(sign, Some(mut items)) = value else {
        return value;
    };
    let is_master = items.first().is_some_and(|word| word.text() == "master");
    if is_master {
        items[1] = number(items[1].clone());
        items[2] = each(items[2].clone(), |replica| match replica {
            Value::Many(sign, Some(mut fields)) => {
                fields[2] = any(fields[2].clone());
                Value::Many(sign, Some(fields))
            }
            other => other,
        });
    } else if let Some(offset) = items.last_mut() {
        *offset = number(offset.clone());
    }
    Value::Many(sign, Some(items))
}

/// Lines of CLUSTER NODES: the fifth field is when a ping was sent, the sixth when a pong came.
fn nodes(table: &str) -> String {
    let mut rows: Vec<String> = table.lines().map(node).collect();
    rows.sort();
    rows.into_iter().map(|row| row + "\n").collect()
}

fn node(line: &str) -> String {
    let mut fields: Vec<&str> = line.split(' ').collect();
    let is_myself = fields.get(2).is_some_and(|flags| flags.contains("myself"));
    if fields.len() > 5 {
        // Whether a ping is under way is a matter of the moment.
        fields[4] = "PING";
        // A node has no pong of itself: what Redis prints there is when it wrote the line.
        if fields[5] != "0" || is_myself {
            fields[5] = "PONG";
        }
    }
    fields.join(" ")
}

/// `name:value` lines, each kept, changed or dropped.
fn lines(text: &str, change: fn(&str, &str) -> Option<String>) -> String {
    let changed = text.split_inclusive("\r\n").filter_map(|line| {
        let Some((name, value)) = line.trim_end().split_once(':') else {
            return Some(line.to_owned());
        };
        change(name, value).map(|value| format!("{name}:{value}\r\n"))
    });
    changed.collect()
}

/// The line of a connection: numbers of the kernel and of memory go.
fn connection(line: &str) -> String {
    const NUMBERS: [&str; 14] = [
        "id",
        "addr",
        "laddr",
        "fd",
        "age",
        "idle",
        "qbuf",
        "qbuf-free",
        "argv-mem",
        "multi-mem",
        "rbs",
        "rbp",
        "omem",
        "tot-mem",
    ];
    // RESP3 says before a text of what kind it is.
    let fields = line.split(' ').map(|field| match field.split_once('=') {
        Some((name, _)) if NUMBERS.contains(&name.trim_start_matches("txt:")) => format!("{name}=N"),
        _ => field.to_owned(),
    });
    fields.collect::<Vec<_>>().join(" ")
}

fn messages(name: &str, value: &str) -> Option<String> {
    let arriving = name.contains("_publish") && name.ends_with("_received");
    if name.contains("_meet_") || name.contains("_update_") || arriving {
        return None;
    }
    let counted = name.starts_with("cluster_stats_messages_");
    Some(if counted { "N" } else { value }.to_owned())
}

fn replication(name: &str, value: &str) -> Option<String> {
    const NUMBERS: [&str; 5] = [
        "master_repl_offset",
        "slave_repl_offset",
        "slave_read_repl_offset",
        "repl_backlog_first_byte_offset",
        "repl_backlog_histlen",
    ];
    let value = match name {
        "master_replid" => "ID".to_owned(),
        "master_last_io_seconds_ago" => "N".to_owned(),
        name if NUMBERS.contains(&name) && value != "0" => "N".to_owned(),
        name if name.starts_with("slave0") => {
            // ip=…,port=…,state=online,offset=4704458,lag=2
            let fields = value.split(',').map(|field| match field.split_once('=') {
                Some((name @ ("offset" | "lag"), _)) => format!("{name}=N"),
                _ => field.to_owned(),
            });
            fields.collect::<Vec<_>>().join(",")
        }
        _ => value.to_owned(),
    };
    Some(value)
}
