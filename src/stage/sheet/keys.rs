//! What the keys do, as the page tells it and as tests hold it to.

use super::{Button, Item, Press};

/// Keys and what they do, while the city has the keyboard; the last two work anywhere.
pub const SHORTCUTS: [(&str, &str); 9] = [
    ("Space", "stop time, or let it run"),
    ("Page down", "step to the next milestone"),
    ("Page up", "back to the milestone before"),
    ("← →", "a second back, or on"),
    ("− +", "slower, faster"),
    ("P", "larger, for a projector, or as usual"),
    ("Esc", "close what lies over the city"),
    ("Ctrl+Z", "undo the last act; Ctrl+Y does it again"),
    ("?", "this list"),
];

/// The sheet's items.
pub(super) fn items(on: bool) -> Vec<Item> {
    let rows = SHORTCUTS.iter().map(|(keys, does)| Item::Row((*keys).into(), (*does).to_owned()));
    let note = "Single keys work while the city or the timeline has the keyboard, never while you type. Space and a \
                presenter's remote, which sends page up and page down, work also while nothing has it.";
    let switch = Button::stay("single-keys", "Single keys", on, Press::SingleKeys(!on));
    rows.chain([Item::Note(note.to_owned()), Item::Buttons(vec![switch])]).collect()
}
