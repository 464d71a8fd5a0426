//! Whose view the city is drawn from.

use super::{Button, Choice, Item, Known, MOST_CHOICES, Press, Whose};
use crate::narrate::Cast;
use crate::stage::view_of::{self, Viewed};
use crate::stage::words;

impl Whose {
    /// The city in these eyes; `None` is the truth.
    #[inline(never)]
    pub fn look(self, known: Known<'_>) -> Option<Viewed> {
        let snapshot = known.snapshot;
        match self {
            Self::Truth => None,
            Self::Client => Some(view_of::of_client(snapshot, snapshot.clients.first()?, known.voice)),
            Self::Node(host) => {
                let (beliefs, table) = (known.world.beliefs(host), known.world.slot_table(host));
                view_of::of_node(snapshot, host, &beliefs, &table, known.voice)
            }
        }
    }

    /// `Shop 1`, `your client`.
    pub fn name(self, known: Known<'_>) -> String {
        match self {
            Self::Truth => "What is so".to_owned(),
            Self::Client => "Your client".to_owned(),
            Self::Node(host) => words::name_of(known.snapshot, host, known.voice),
        }
    }
}

/// The most nodes that have a button each.
const MOST_BUTTONS: usize = 24;

/// A list for each rack, of those in it that run.
fn by_rack(known: Known<'_>) -> Vec<Item> {
    let cast = Cast::new(known.snapshot);
    let mut items = Vec::new();
    for rack in &known.snapshot.racks {
        let running = known.snapshot.nodes.iter().filter(|node| node.rack == rack.id && node.running);
        let all: Vec<(String, Press)> =
            running.map(|node| (cast.name(node.host, known.voice), Press::View(Whose::Node(node.host)))).collect();
        for part in all.chunks(MOST_CHOICES) {
            let label = format!("Look from {}", cast.rack(rack.id, known.voice));
            items.push(Choice::one("view", label, "as", part.to_vec()));
        }
    }
    items
}

/// Everybody who has a view, and where the one that is chosen differs from what is so.
pub(super) fn views(known: Known<'_>) -> Vec<Item> {
    let running = || known.snapshot.nodes.iter().filter(|node| node.running);
    let many = running().count() > MOST_BUTTONS;
    // Of many only the one that is chosen has a button; the others stand in a list for each rack.
    let shown = running().map(|node| Whose::Node(node.host)).filter(|whose| !many || *whose == known.whose);
    let all = [Whose::Truth, Whose::Client].into_iter().chain(shown);
    let buttons =
        all.map(|whose| Button::stay("view", whose.name(known), whose == known.whose, Press::View(whose)));
    let mut items = vec![
        Item::Note(
            "Nobody sees the whole. Choose in whose eyes the city is drawn; what differs is marked.".to_owned(),
        ),
        Item::Buttons(buttons.collect()),
    ];
    if many {
        items.extend(by_rack(known));
    }
    if let Some(viewed) = known.whose.look(known) {
        items.push(Item::Heading("Where it differs"));
        if viewed.sentences.is_empty() {
            items.push(Item::Note("Nowhere: it agrees with what is so.".to_owned()));
        }
        items.extend(viewed.sentences.into_iter().map(Item::Note));
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::id::HostId;
    use crate::cluster::time::SECOND;
    use crate::sim::{Action, Scenario, Session};

    fn told(session: &Session, whose: Whose, sheet: fn(Known<'_>) -> Vec<Item>) -> String {
        let now = session.snapshot();
        let known = Known { whose, ..Known::of(&now, session.world()) };
        format!("{:?}", sheet(known))
    }

    #[test]
    fn of_many_there_is_a_list_for_each_rack() {
        let mut large = Scenario::first_city();
        (large.plan.masters, large.plan.replicas) = (10, 2);
        let session = Session::new(&large, 1).expect("it can be built");
        let now = session.snapshot();
        let items = views(Known { whose: Whose::Node(HostId(4)), ..Known::of(&now, session.world()) });
        let buttons = items.iter().find_map(|item| match item {
            Item::Buttons(list) => Some(list.len()),
            _ => None,
        });
        assert_eq!(buttons, Some(3), "what is so, your client, and the one that is chosen");
        let chosen = |choice: &Choice| choice.lists.iter().map(|(_, names)| names.len()).sum::<usize>();
        let lists: Vec<usize> = items
            .iter()
            .filter_map(|item| match item {
                Item::Choose(choice) => Some(chosen(choice)),
                _ => None,
            })
            .collect();
        assert_eq!((lists.len(), lists.iter().sum::<usize>()), (now.racks.len(), 30));
    }

    #[test]
    fn whoever_is_cut_off_believes_something_else() {
        let mut session = Session::new(&Scenario::first_city(), 1).expect("it can be built");
        session.act(Action::CutOff(crate::cluster::id::RackId(2))).expect("it is there");
        session.advance_to(60 * SECOND);
        let apart = told(&session, Whose::Node(HostId(2)), views);
        assert!(apart.contains("Where it differs") && !apart.contains("Nowhere"), "{apart}");
        let truth = told(&session, Whose::Truth, views);
        assert!(!truth.contains("Where it differs"), "{truth}");
        assert!(truth.contains("Shop 1") && truth.contains("Your client"), "{truth}");
    }
}
