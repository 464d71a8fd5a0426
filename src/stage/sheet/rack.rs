//! A rack: who stands in it and how they are, and what can be done with all of them at once.

use super::{Button, Item, Known, Press, roads, row};
use crate::cluster::id::RackId;
use crate::cluster::snapshot::{NodeState, NodeView, Role};
use crate::sim::Action;
use crate::stage::map::spoken;
use crate::stage::words;

/// The most nodes in trouble that are listed.
const MOST: usize = 24;
/// From so many nodes on a rack can be looked at alone.
const CROWD: usize = 13;

/// The sheet's items.
pub(super) fn items(known: Known<'_>, rack: RackId) -> Vec<Item> {
    let snapshot = known.snapshot;
    let Some(view) = snapshot.racks.iter().find(|view| view.id == rack) else { return Vec::new() };
    let nodes: Vec<&NodeView> = snapshot.nodes.iter().filter(|node| node.rack == rack).collect();
    let count = |so: &dyn Fn(&NodeView) -> bool| nodes.iter().filter(|node| so(node)).count();
    let masters = count(&|node| node.role == Role::Master);
    let served: u32 = nodes.iter().flat_map(|node| &node.slots).map(|range| u32::from(range.len())).sum();
    let row = |name: &str, value: String| row(name, value);
    let power = if view.powered { "on" } else { "off" };
    let mut items = vec![
        row("Name", format!("{} {}", known.voice.word(crate::narrate::Term::Rack), view.name)),
        row("Power", power.to_owned()),
        row("Masters", masters.to_string()),
        row("Replicas", (nodes.len() - masters).to_string()),
        row("Their slots", words::thousands(served.into())),
        row("Well", count(&|node| node.state == NodeState::Ok).to_string()),
    ];
    let crowded = snapshot.crowded().iter().filter(|pair| pair.rack == rack).count();
    if crowded > 0 {
        items.push(row("Beside their copy", format!("{crowded} of them: one power cut takes both")));
    }
    let acts = if view.powered { Action::PowerOff(rack) } else { Action::PowerOn(rack) };
    let word = if view.powered { "Cut the power" } else { "Give the power back" };
    items.push(Item::Buttons(vec![Button::act("power", word, vec![acts])]));
    let (one, other) = roads::of_rack(known, rack);
    items.extend([Item::Heading("Its roads"), Item::Buttons(roads::switches(known, one, other))]);
    if snapshot.nodes.len() >= CROWD {
        let alone = known.focus == Some(rack);
        let press = Press::Near((!alone).then_some(rack));
        let label = if alone { "All of them again" } else { "Look at it alone" };
        items.extend([
            Item::Heading("Closer"),
            Item::Buttons(vec![Button { press, ..Button::act("near", label, Vec::new()) }]),
        ]);
    }
    let ill = nodes.iter().filter(|node| node.state != NodeState::Ok);
    let ill: Vec<Button> = ill
        .take(MOST)
        .map(|node| {
            let press = Press::Node(node.host);
            Button { press, ..Button::act("node", spoken(snapshot, node.host, known.voice), Vec::new()) }
        })
        .collect();
    if !ill.is_empty() {
        items.extend([Item::Heading("In trouble"), Item::List(ill)]);
    }
    items
}

/// What stands over a rack that is looked at alone: the ones beside it, and all of them.
pub fn beside(known: Known<'_>) -> Vec<Button> {
    let racks = &known.snapshot.racks;
    let Some(at) = racks.iter().position(|rack| Some(rack.id) == known.focus) else { return Vec::new() };
    let button = |act, label, rack| Button { press: Press::Near(rack), ..Button::act(act, label, Vec::new()) };
    let to = |act, sign: [&str; 2], index: usize| {
        racks.get(index).map(|rack| button(act, format!("{}{}{}", sign[0], rack.name, sign[1]), Some(rack.id)))
    };
    let mut buttons = Vec::new();
    buttons.extend(at.checked_sub(1).and_then(|index| to("near-before", ["← ", ""], index)));
    buttons.extend(to("near-next", ["", " →"], at + 1));
    buttons.push(button("far", "All".to_owned(), None));
    buttons
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::id::HostId;
    use crate::cluster::time::SECOND;
    use crate::sim::{Scenario, Session};
    use crate::stage::sheet::Sheet;

    fn city() -> Session {
        Session::new(&Scenario::city(10, 1, 4).expect("within the bounds"), 1).expect("it can be built")
    }

    fn shown(session: &Session, focus: Option<RackId>) -> Vec<Item> {
        let now = session.snapshot();
        Sheet::Rack(RackId(1)).items(Known { focus, ..Known::of(&now, session.world()) })
    }

    fn button(items: &[Item], act: &str) -> Button {
        let buttons = items.iter().flat_map(|item| match item {
            Item::Buttons(buttons) | Item::List(buttons) => &buttons[..],
            _ => &[],
        });
        buttons.into_iter().find(|button| button.act == act).unwrap_or_else(|| panic!("no {act}")).clone()
    }

    fn press(session: &mut Session, act: &str) {
        let Press::Do(acts) = button(&shown(session, None), act).press else { panic!("{act} does nothing") };
        acts.into_iter().for_each(|act| session.act(act).expect("it makes sense"));
    }

    #[test]
    fn all_of_a_rack_is_done_to_at_once_and_undone() {
        let mut session = city();
        for act in ["cut", "slow"] {
            press(&mut session, act);
            assert_eq!(button(&shown(&session, None), act).on, Some(true), "{act}");
            press(&mut session, act);
            assert_eq!(button(&shown(&session, None), act).on, Some(false), "{act}");
        }
        assert!(session.world().network().is_calm());
        press(&mut session, "power");
        session.advance_to(40 * SECOND);
        let items = shown(&session, None);
        assert!(items.contains(&Item::Row("Power".into(), "off".to_owned())));
        assert_eq!(button(&items, "power").label, "Give the power back");
        let ill = button(&items, "node");
        assert_eq!(ill.press, Press::Node(HostId(1)), "{items:#?}");
        assert!(ill.label.contains("failed"), "{}", ill.label);
    }

    #[test]
    fn one_rack_is_looked_at_after_the_other() {
        let session = city();
        assert_eq!(button(&shown(&session, None), "near").press, Press::Near(Some(RackId(1))));
        assert_eq!(button(&shown(&session, Some(RackId(1))), "near").press, Press::Near(None));
        let now = session.snapshot();
        let over = |rack| {
            let known = Known { focus: Some(RackId(rack)), ..Known::of(&now, session.world()) };
            beside(known).into_iter().map(|button| button.label).collect::<Vec<_>>()
        };
        assert_eq!(over(0), ["B →", "All"]);
        assert_eq!(over(1), ["← A", "C →", "All"]);
        assert_eq!(over(3), ["← C", "All"]);
    }
}
