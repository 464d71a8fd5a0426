//! The directory seen closely, and one slot of it: who has it, what is in it, where it can go.

use std::rc::Rc;

use super::city::{hindrance, mend_slots, serves};
use super::client::{read_it, typed};
use super::{Button, Choice, Item, Known, Press, by_name, masters, row};
use crate::cluster::id::{ClientId, HostId, NodeId};
use crate::cluster::operator::Task;
use crate::cluster::slot::Slot;
use crate::sim::Action;
use crate::stage::lens::{Lens, MOST_ZOOM};
use crate::stage::words;

/// The most runs that are listed.
const MOST_RUNS: usize = 100;
/// The most keys of a slot that are named.
const MOST_KEYS: usize = 12;

/// The directory's lens: the grid, the slot that is read, and its runs as a table.
pub(super) fn lens(known: Known<'_>) -> Vec<Item> {
    let snapshot = known.snapshot;
    let lens =
        Rc::new(Lens::of(snapshot, known.world.keys_per_slot(&snapshot.directory), known.key.map(|key| key.slot)));
    let (at, zoom) = (known.lens_at, known.closer.zoom);
    let read = lens.read(snapshot, at, known.voice);
    let compared = lens.compared(known.voice);
    let nearer = Button { press: Press::Zoom(zoom + 1), ..Button::act("zoom-in", "Closer", Vec::new()) };
    let farther =
        Button { press: Press::Zoom(zoom.saturating_sub(1)), ..Button::act("zoom-out", "Farther", Vec::new()) };
    let buttons = vec![
        nearer.unless(zoom >= MOST_ZOOM, "This is as close as it gets."),
        farther.unless(zoom == 0, "All slots are in view."),
    ];
    let mut items = vec![
        Item::Grid(lens, at, known.closer),
        Item::Buttons(buttons),
        Item::Live(read),
        Item::Find("Slot or key"),
    ];
    items.extend(known.unfound.map(|answer| Item::Live(answer.to_owned())));
    items.extend(slot(known, at));
    items.push(Item::Note(compared));
    items.push(Item::Note(
        "Each cell is a slot, 128 to a row; its hue, and where there is room a pattern and a number, tell whose it is: of the \
         others read it here, or look closer. Dots are keys; striped cells are on the move; \
         crossed ones, with a line around them, your client has wrong. Point, or go with the arrow keys; + and − or the wheel look closer."
            .to_owned(),
    ));
    let runs = snapshot.directory.iter().take(MOST_RUNS).map(|entry| {
        let owner =
            entry.owner.map_or_else(|| "nobody".to_owned(), |host| words::name_of(snapshot, host, known.voice));
        let trouble = || words::trouble(snapshot, entry);
        row(&words::slots(entry.range), if entry.served { owner } else { format!("{owner}, {}", trouble()) })
    });
    items.push(Item::Heading("Who serves what"));
    items.extend(runs);
    items
}

/// One slot: how open it is, its keys, and what can be done with it.
fn slot(known: Known<'_>, at: Slot) -> Vec<Item> {
    let owner = words::entry(known.snapshot, at).and_then(|entry| entry.owner);
    let open = doors(known, at);
    let mut items: Vec<Item> = open.iter().map(|(_, name, state)| row(name, state.clone())).collect();
    let mut asked: Vec<HostId> = owner.into_iter().chain(open.iter().map(|(host, ..)| *host)).collect();
    asked.sort_unstable();
    asked.dedup();
    for host in asked {
        items.extend(keys(known, at, host));
    }
    let Some(owner) = owner else { return items };
    let others = || masters(known, Some(owner));
    if others().next().is_some() {
        let there = |to| Press::Do(vec![Action::Operate(Task::Slot { slot: at, to })]);
        let all = by_name(known, others(), there);
        items.push(Choice::one("move-slot", "Move the slot", "to", all).held_by(hindrance(known.world)));
    }
    let say = |host: HostId, words: String| Action::Command {
        client: ClientId(0),
        target: Some(host),
        line: format!("CLUSTER SETSLOT {at} {words}").into(),
    };
    let id = |host: HostId| words::node(known.snapshot, host).map_or(NodeId(0), |node| node.id);
    if open.is_empty() {
        let halfway = |to| {
            Press::Do(vec![
                say(to, format!("IMPORTING {}", id(owner))),
                say(owner, format!("MIGRATING {}", id(to))),
            ])
        };
        let able = words::node(known.snapshot, owner).is_some_and(|node| serves(node) && node.running);
        let all = by_name(known, others(), halfway);
        items.push(Choice::one("open-slot", "Only open it", "to", all).unless(!able, "Its owner does not run."));
    } else {
        let shut = open.iter().map(|(host, ..)| say(*host, "STABLE".to_owned())).collect();
        let mend = mend_slots(known.world.operator().is_some());
        items.push(Item::Buttons(vec![Button::act("close-slot", "Close it again", shut), mend]));
        items.push(Item::Note(
            "What has left its owner is answered with ASK, until the slot is given over.".to_owned(),
        ));
    }
    items
}

/// Where the slot is open: at whom, and as what.
fn doors(known: Known<'_>, at: Slot) -> Vec<(HostId, String, String)> {
    let name = |host: HostId| words::name_of(known.snapshot, host, known.voice);
    let called = |id: NodeId| {
        let node = known.snapshot.nodes.iter().find(|node| node.id == id);
        node.map_or_else(|| "somebody".to_owned(), |node| name(node.host))
    };
    let mut found = Vec::new();
    for host in known.snapshot.nodes.iter().map(|node| node.host) {
        let Some(node) = known.world.node(host) else { continue };
        let leaving = node.leaving().filter(|(slot, _)| *slot == at);
        found.extend(leaving.map(|(_, to)| (host, name(host), format!("MIGRATING to {}", called(to)))));
        let coming = node.coming().filter(|(slot, _)| *slot == at);
        found.extend(coming.map(|(_, from)| (host, name(host), format!("IMPORTING from {}", called(from)))));
    }
    found
}

/// The keys that a node has in the slot; pressing one puts a command that reads it into the line.
fn keys(known: Known<'_>, at: Slot, host: HostId) -> Vec<Item> {
    let Some(node) = known.world.node(host) else { return Vec::new() };
    let store = &node.store;
    let count = store.in_slot(at).count();
    if count == 0 {
        return Vec::new();
    }
    let button = |key: &crate::cluster::reply::Blob| {
        let name = typed(key);
        let kind = store.raw(key).map_or("none", |entry| entry.value.type_name());
        let press = Press::Type(read_it(kind, &name).into());
        Button { press, ..Button::act("read-key", format!("{name} · {kind}"), Vec::new()) }
    };
    let mut items = vec![
        Item::Note(format!(
            "{} has {} in it:",
            words::name_of(known.snapshot, host, known.voice),
            words::keys(count as u32, known.voice)
        )),
        Item::List(store.in_slot(at).take(MOST_KEYS).map(button).collect()),
    ];
    if count > MOST_KEYS {
        items.push(Item::Note(format!("… and {} more.", words::thousands((count - MOST_KEYS) as u64))));
    }
    items
}

#[cfg(test)]
mod tests {
    use super::super::city::{BUSY, HALF_MOVED};
    use super::*;
    use crate::cluster::time::SECOND;
    use crate::sim::{Scenario, Session};

    fn shown(session: &Session) -> Vec<Item> {
        let now = session.snapshot();
        lens(Known { lens_at: 12_893, ..Known::of(&now, session.world()) })
    }

    fn choose(session: &mut Session, act: &str, nth: usize) {
        let items = shown(session);
        let choice = items.iter().find_map(|item| match item {
            Item::Choose(choice) if choice.act == act => Some(choice),
            _ => None,
        });
        let choice = choice.unwrap_or_else(|| panic!("no {act} in {items:#?}"));
        assert_eq!(choice.hindrance, None, "{act}");
        let Some(Press::Do(acts)) = choice.press(&[nth]) else { panic!("it does nothing") };
        acts.iter().for_each(|act| session.act(act.clone()).expect("it makes sense"));
    }

    fn city() -> Session {
        let mut session = Session::new(&Scenario::first_city(), 1).expect("it can be built");
        let line = "SET user:123 Ada".into();
        session.act(Action::Command { client: ClientId(0), target: None, line }).expect("the client takes it");
        session.advance_to(5 * SECOND);
        session
    }

    #[test]
    fn the_lens_says_what_a_slot_is() {
        let told = format!("{:?}", shown(&city()));
        for part in
            ["Slot 12893: Shop 3 serves it, 1 key.", "0–5460", "user:123 · string", "Type(\"GET user:123\")"]
        {
            assert!(told.contains(part), "{part}");
        }
    }

    #[test]
    fn one_slot_moves_with_its_keys() {
        let mut session = city();
        choose(&mut session, "move-slot", 0);
        assert!(
            shown(&session)
                .iter()
                .any(|item| matches!(item, Item::Choose(choice) if choice.hindrance == Some(BUSY)))
        );
        session.advance_to(60 * SECOND);
        let told = format!("{:?}", shown(&session));
        assert!(
            told.contains("Slot 12893: Shop 1 serves it, 1 key.") && told.contains("Shop 1 has 1 key in it"),
            "{told:.2000}"
        );
    }

    #[test]
    fn a_slot_is_opened_by_hand_and_closed_again() {
        let mut session = city();
        choose(&mut session, "open-slot", 1);
        session.advance_to(10 * SECOND);
        let items = shown(&session);
        assert!(items.contains(&Item::Row("Shop 3".into(), "MIGRATING to Shop 2".to_owned())), "{items:#?}");
        assert!(items.contains(&Item::Row("Shop 2".into(), "IMPORTING from Shop 3".to_owned())), "{items:#?}");
        // The operator would refuse to move it, and offers to mend it instead.
        let held = |item: &Item| matches!(item, Item::Choose(choice) if choice.act == "move-slot" && choice.hindrance == Some(HALF_MOVED));
        assert!(items.iter().any(held) && format!("{items:?}").contains("Operate(Fix)"), "{items:#?}");
        let shut = items.iter().find_map(|item| match item {
            Item::Buttons(list) => list.iter().find(|button| button.act == "close-slot"),
            _ => None,
        });
        let Press::Do(acts) = &shut.expect("a button").press else { panic!("it does nothing") };
        acts.iter().for_each(|act| session.act(act.clone()).expect("it makes sense"));
        session.advance_to(15 * SECOND);
        let open = |item: &Item| matches!(item, Item::Row(_, value) if value.contains("MIGRATING"));
        assert!(!shown(&session).iter().any(|item| open(item) || held(item)));
    }

    #[test]
    fn a_shop_that_is_closed_is_not_said_to_be_silent() {
        let session = city();
        let mut now = session.snapshot();
        now.nodes[2].cluster_ok = false;
        now.nodes[1].running = false;
        now.directory.iter_mut().skip(1).for_each(|entry| entry.served = false);
        let items = lens(Known { lens_at: 12_893, ..Known::of(&now, session.world()) });
        let has = |owner: &str| items.iter().any(|item| matches!(item, Item::Row(_, value) if value == owner));
        assert!(has("Shop 1") && has("Shop 2, no answer") && has("Shop 3, closed (CLUSTERDOWN)"), "{items:#?}");
        let read = "Slot 12893: Shop 3 has it, and is closed (CLUSTERDOWN), 1 key.";
        assert!(items.contains(&Item::Live(read.to_owned())), "{items:#?}");
    }
}
