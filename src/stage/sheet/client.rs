//! You and your keys: how your client fares and what it knows, and where the last typed key is.

use super::{Button, Item, Known, Press, Sheet, Whose, roads, row};
use crate::cluster::id::Place;
use crate::cluster::reply;
use crate::cluster::snapshot::Role;
use crate::narrate;
use crate::stage::words;

/// The most runs of the client's map that are listed.
const MOST: usize = 40;

/// The learner's client.
pub(super) fn client(known: Known<'_>) -> Vec<Item> {
    let snapshot = known.snapshot;
    let Some(client) = snapshot.clients.first() else { return Vec::new() };
    let mut items = vec![
        row("Served", client.served.to_string()),
        row("Sent on", client.sent_on.to_string()),
        row("Turned away", client.turned_away.to_string()),
        row("Waiting", client.waiting.to_string()),
    ];
    let eyes =
        Button::stay("eyes", "See through its eyes", known.whose == Whose::Client, Press::View(Whose::Client));
    let mut buttons = vec![eyes];
    buttons.extend(known.key.map(|_| Button::show("key", "The key you typed", Sheet::Key)));
    let all = snapshot.nodes.iter().map(|node| Place::Node(node.host));
    let switches = roads::switches(known, vec![Place::Client(client.id)], all.collect());
    items.extend([Item::Buttons(buttons), Item::Heading("Its roads"), Item::Buttons(switches)]);
    items.push(Item::Heading("What its copy says"));
    items.extend(client.map.iter().take(MOST).map(|(range, host)| {
        let owner = words::entry(snapshot, range.start).and_then(|entry| entry.owner);
        let name = words::name_of(snapshot, *host, known.voice);
        let name = if owner == Some(*host) { name } else { format!("{name}: out of date") };
        row(&words::slots(*range), name)
    }));
    items
}

/// The key that was typed last: its slot, its value's type, who holds it, and commands about it.
pub(super) fn key(known: Known<'_>) -> Vec<Item> {
    let (snapshot, Some(last)) = (known.snapshot, known.key) else {
        return vec![Item::Note("No key was typed yet.".to_owned())];
    };
    let name: &str = &last.key;
    let mut items = vec![row("Key", name.to_owned())];
    items.extend(last.tag.as_ref().map(|tag| row("Hash tag", tag.to_string())));
    items.push(row("CRC16 mod 16384", last.slot.to_string()));
    let owner = words::entry(snapshot, last.slot).and_then(|entry| entry.owner);
    let owner = owner.map_or_else(|| "nobody".to_owned(), |host| words::name_of(snapshot, host, known.voice));
    items.push(row("Owner of the slot", owner));
    items.push(Item::Heading("Who has it"));
    let before = items.len();
    for node in &snapshot.nodes {
        let held = known.world.node(node.host).and_then(|node| node.store.raw(name.as_bytes()));
        items.extend(held.map(|entry| {
            let left = entry.deadline.map_or_else(String::new, |at| match known.world.until(at) {
                0 => ", its time is over".to_owned(),
                left => format!(", {} left", narrate::span(left)),
            });
            let copy = if node.role == Role::Master { "" } else { ", a copy" };
            let name = words::name_of(snapshot, node.host, known.voice);
            row(&name, format!("{}{copy}{left}", entry.value.type_name()))
        }));
    }
    let held = (items.len() - before) as u32;
    let where_it_is = format!("In {}.", known.voice.nodes(held));
    items.push(Item::Note(where_it_is));
    let kind = known.snapshot.nodes.iter().find_map(|node| {
        let entry = known.world.node(node.host)?.store.raw(name.as_bytes())?;
        Some(entry.value.type_name())
    });
    let name = typed(name.as_bytes());
    let lines = [
        ("read-key", read_it(kind.unwrap_or("string"), &name)),
        ("ttl-key", format!("TTL {name}")),
        ("expire-key", format!("EXPIRE {name} 60")),
        ("persist-key", format!("PERSIST {name}")),
        ("del-key", format!("DEL {name}")),
    ];
    let button = |(act, line): (&'static str, String)| {
        let label = line.split(' ').next().unwrap_or_default().to_owned();
        Button { press: Press::Type(line.into()), ..Button::act(act, label, Vec::new()) }
    };
    items.extend([Item::Heading("Into the command line"), Item::Buttons(lines.into_iter().map(button).collect())]);
    items.push(Item::Buttons(vec![Button::show("lens", "Its slot among the others", Sheet::Lens)]));
    items
}

/// A key as a person would have to type it.
pub(super) fn typed(key: &[u8]) -> String {
    let plain = |byte: &u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'\\');
    match std::str::from_utf8(key) {
        Ok(text) if !key.is_empty() && key.iter().all(plain) => text.to_owned(),
        _ => reply::quoted(key),
    }
}

/// The line that reads a value of this type.
pub(super) fn read_it(kind: &str, key: &str) -> String {
    match kind {
        "list" => format!("LRANGE {key} 0 -1"),
        "hash" => format!("HGETALL {key}"),
        "set" => format!("SMEMBERS {key}"),
        "zset" => format!("ZRANGE {key} 0 -1 WITHSCORES"),
        _ => format!("GET {key}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::id::ClientId;
    use crate::cluster::time::SECOND;
    use crate::sim::Action;
    use crate::sim::{Scenario, Session};
    use crate::stage::transcript::LastKey;

    #[test]
    fn a_key_is_shown_where_it_is() {
        let mut session = Session::new(&Scenario::first_city(), 1).expect("it can be built");
        let line = "SET user:123 Ada EX 100".into();
        session.act(Action::Command { client: ClientId(0), target: None, line }).expect("the client takes it");
        session.advance_to(5 * SECOND);
        let now = session.snapshot();
        let last = LastKey { key: "user:123".into(), tag: None, slot: 12_893 };
        let items = key(Known { key: Some(&last), ..Known::of(&now, session.world()) });
        let told = format!("{items:?}");
        for part in [
            "\"12893\"",
            "\"Shop 3\", \"string, 1 min 3",
            "\"Backup 3\", \"string, a copy, 1 min 3",
            "In 2 shops.",
            "Type(\"EXPIRE user:123 60\")",
        ] {
            assert!(told.contains(part), "{part} in {told}");
        }
    }

    #[test]
    fn what_a_person_would_have_to_quote_is_quoted() {
        assert_eq!(
            (typed(b"user:123"), typed(b"a b"), typed(b"\xff")),
            ("user:123".into(), "\"a b\"".into(), "\"\\xff\"".into())
        );
        assert_eq!(read_it("hash", "h"), "HGETALL h");
    }

    #[test]
    fn a_client_is_shown_with_its_copy_and_can_be_cut_off() {
        let mut session = Session::new(&Scenario::first_city(), 1).expect("it can be built");
        let shown = |session: &Session| {
            let now = session.snapshot();
            client(Known::of(&now, session.world()))
        };
        let items = shown(&session);
        assert!(items.contains(&Item::Row("10923–16383".into(), "Shop 3".to_owned())), "{items:#?}");
        let Some(Item::Buttons(roads)) = items.iter().rfind(|item| matches!(item, Item::Buttons(_))) else {
            panic!()
        };
        let Press::Do(acts) = roads[0].press.clone() else { panic!("it shows a sheet") };
        acts.into_iter().for_each(|act| session.act(act).expect("it makes sense"));
        assert_eq!(session.snapshot().cuts.len(), 12, "both ways to six");
    }
}
