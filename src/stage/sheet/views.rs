//! Whose view the city is drawn from, as whom it is drawn, and the directory seen closely.

use super::{Button, Item, Known, Press, Whose, row};
use crate::stage::lens::Lens;
use crate::stage::skin::Skin;
use crate::stage::view_of::{self, Viewed};
use crate::stage::words;
use std::rc::Rc;

impl Whose {
    /// The city in these eyes; `None` is the truth.
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

/// Everybody who has a view, and where the one that is chosen differs from what is so.
pub(super) fn views(known: Known<'_>) -> Vec<Item> {
    let running = known.snapshot.nodes.iter().filter(|node| node.running).map(|node| Whose::Node(node.host));
    let all = [Whose::Truth, Whose::Client].into_iter().chain(running);
    let buttons =
        all.map(|whose| Button::stay("view", whose.name(known), whose == known.whose, Press::View(whose)));
    let mut items = vec![
        Item::Note(
            "Nobody sees the whole. Choose in whose eyes the city is drawn; what differs is marked.".to_owned(),
        ),
        Item::Buttons(buttons.collect()),
    ];
    if let Some(viewed) = known.whose.look(known) {
        items.push(Item::Heading("Where it differs"));
        if viewed.sentences.is_empty() {
            items.push(Item::Note("Nowhere: it agrees with what is so.".to_owned()));
        }
        items.extend(viewed.sentences.into_iter().map(Item::Note));
    }
    items
}

/// The switch of the skins.
pub(super) fn skins(known: Known<'_>) -> Item {
    let one = |skin: Skin| Button::stay("skin", skin.name().to_owned(), skin == known.skin, Press::Skin(skin));
    Item::Buttons(Skin::ALL.into_iter().map(one).collect())
}

/// The directory's lens: the grid, the slot that is read, and its runs as a table.
pub(super) fn lens(known: Known<'_>) -> Vec<Item> {
    let snapshot = known.snapshot;
    let lens =
        Rc::new(Lens::of(snapshot, known.world.keys_per_slot(&snapshot.directory), known.key.map(|key| key.slot)));
    let runs = snapshot.directory.iter().map(|entry| {
        let owner =
            entry.owner.map_or_else(|| "nobody".to_owned(), |host| words::name_of(snapshot, host, known.voice));
        let owner = if entry.served { owner } else { format!("{owner}, no answer") };
        row(&words::slots(entry.range), owner)
    });
    let at = known.lens_at;
    let read = lens.read(snapshot, at, known.voice);
    let compared = lens.compared(known.voice);
    let mut items = vec![Item::Grid(lens, at), Item::Live(read), Item::Find("Slot or key"), Item::Note(compared)];
    items.push(Item::Note(
        "Each cell is a slot, 128 to a row. Dots are keys; framed cells are on the move; crossed ones your client has \
         wrong. Point, or go with the arrow keys."
            .to_owned(),
    ));
    items.push(Item::Heading("Who serves what"));
    items.extend(runs.take(MOST_RUNS));
    items
}

/// The most runs that are listed.
const MOST_RUNS: usize = 100;

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

    #[test]
    fn the_lens_says_what_a_slot_is() {
        let session = Session::new(&Scenario::first_city(), 1).expect("it can be built");
        let shown = told(&session, Whose::Truth, lens);
        assert!(shown.contains("Slot 0: Shop 1 serves it, 0 keys."), "{shown:.300}");
        assert!(shown.contains("0–5460") && shown.contains("10923–16383"));
    }
}
