//! The square before the shops: you, your client's own copy of the directory, and how customers fare.

use super::frame::Class;
use super::layout::Layout;
use super::scene::Look;
use super::text::{Anchor, Bounds, Label, Tone, text_width};
use super::words;
use crate::cluster::slot::{SLOTS, Slot};
use crate::cluster::snapshot::{ClientView, Snapshot};
use crate::narrate::{Term, Voice};

/// A run of slots in the client's own copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopySegment {
    /// Its box.
    pub place: Bounds,
    /// The shard it would ask; `None` if it would ask a machine that is not there.
    pub shard: Option<u16>,
    /// Whether somebody else serves these slots by now.
    pub stale: bool,
}

/// How far below the middle of your head the drawing of you ends.
pub const FEET: i32 = 38;

/// The square.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Square {
    /// Where you stand: the middle of your head. Questions start here, answers end here.
    pub home: (i32, i32),
    /// The card with your client's copy.
    pub card: Bounds,
    /// What it holds.
    pub copy: Vec<CopySegment>,
    /// Everything written here.
    pub labels: Vec<Label>,
    /// Where the line of requests a second has room.
    pub rate: Option<Bounds>,
    /// The place of the mark beside "no shop serves …", if it is said.
    pub refused: Option<(i32, i32)>,
}

impl Square {
    /// You, with your client's copy.
    pub fn own(&self) -> Bounds {
        let (x, y) = self.home;
        Bounds { left: x - 22, top: y - 14, bottom: (y + FEET).max(self.card.bottom), ..self.card }
    }
}

/// Lays the square out.
pub fn square(layout: &Layout, snapshot: &Snapshot, look: &Look) -> Square {
    let voice = look.skin.voice();
    let client = snapshot.clients.first();
    let place = layout.square;
    let class = layout.frame.class;
    let middle = layout.frame.width / 2;
    let size = layout.measures.caption;
    let head = match class {
        Class::Wide => place.top + 20,
        Class::Embed => place.top + 12,
        Class::Phone => place.top + 26,
    };
    let home = (if class == Class::Phone { middle - 48 } else { middle - 40 }, head);
    let card_height = if class == Class::Embed { 38 } else { 40 };
    let card = Bounds::new(home.0 + 26, head - 6, 104, card_height);
    let stale = client.is_some_and(|client| out_of_date(client, snapshot));
    let empty = client.is_none_or(|client| client.map.is_empty());

    let mut labels = Vec::new();
    let my_copy = format!("my {}", voice.word(Term::Directory));
    let (title, tone) = match (empty, stale) {
        (true, _) => ("no copy yet", Tone::Muted),
        (_, true) => ("out of date", Tone::Warn),
        _ => (my_copy.as_str(), Tone::Muted),
    };
    labels.push(Label::caption(title, card.middle(), card.top + 16, 12).tone(tone));
    let who = match look.talks_to {
        None => "you, with a smart client".to_owned(),
        Some(host) => format!("you, talking to {} only", words::name_of(snapshot, host, voice)),
    };
    match class {
        Class::Wide | Class::Phone => labels.push(Label::caption(who, middle, place.top + 80, size)),
        Class::Embed => labels.push(Label::caption("you", home.0 - 22, head + 26, size).anchor(Anchor::End)),
    }
    let counts = counts(layout, client, voice);
    let rate = rate(layout, home, &labels, &counts);
    labels.extend(counts);
    let refused = look.pin.and_then(|slot| {
        let entry = words::entry(snapshot, slot).filter(|entry| !entry.served)?;
        let closed = entry.owner.is_some_and(|owner| words::is_closed(snapshot, owner));
        let state = if closed { "closed" } else { "out of your reach" };
        let shown = (closed || words::is_out_of_reach(snapshot, entry)).then_some(state);
        Some(refusal(layout, slot, (shown, voice), &mut labels))
    });
    let copy = client.map(|client| copy_of(client, snapshot, card)).unwrap_or_default();
    Square { home, card, copy, labels, rate, refused }
}

/// The place of the line of requests a second: under what is counted, or beside it, left of you and of your name.
fn rate(layout: &Layout, home: (i32, i32), own: &[Label], counts: &[Label]) -> Option<Bounds> {
    let place = layout.square;
    let (left, top, height) = match layout.frame.class {
        Class::Wide => (place.left, place.top + 73, 13),
        Class::Embed => (place.left + counts.last().map_or(0, Label::width) + 14, place.top + 27, 12),
        Class::Phone => (place.left + 4, place.top + 32, 20),
    };
    let name = own.iter().map(|label| label.bounds()).filter(|name| name.top < top + height && top < name.bottom);
    let right = name.map(|name| name.left).chain([home.0 - 24]).min().unwrap_or(home.0) - 12;
    (right - left >= 60).then(|| Bounds::new(left, top, (right - left).min(150), height))
}

/// "142 served · 3 sent on · 9 turned away", the last in red once it happens.
fn counts(layout: &Layout, client: Option<&ClientView>, voice: Voice) -> Vec<Label> {
    let (served, sent_on, away) =
        client.map_or((0, 0, 0), |client| (client.served, client.sent_on, client.turned_away));
    let size = layout.measures.caption;
    let tone = if away > 0 { Tone::Fail } else { Tone::Muted };
    let good = format!("{} served · {} sent on", words::thousands(served), words::thousands(sent_on));
    let bad = format!("{} turned away", words::thousands(away));
    let place = layout.square;
    let start = |text: String, y: i32| Label::caption(text, place.left, y, size).anchor(Anchor::Start);
    match layout.frame.class {
        Class::Wide => vec![
            start(voice.word(Term::Customers).to_owned(), place.top + 24).tone(Tone::Ink).bold(),
            start(good, place.top + 46),
            start(bad, place.top + 66).tone(tone),
        ],
        Class::Embed => vec![start(good, place.top + 20), start(bad, place.top + 38).tone(tone)],
        Class::Phone => {
            let y = place.top + 104;
            let middle = layout.frame.width / 2;
            vec![
                Label::caption(good, middle - 8, y, size).anchor(Anchor::End),
                Label::caption(bad, middle + 8, y, size).anchor(Anchor::Start).tone(tone),
            ]
        }
    }
}

/// "no shop serves 12893" (or that its shop is closed, or out of reach), and the place of its mark.
fn refusal(
    layout: &Layout,
    slot: Slot,
    (state, voice): (Option<&str>, Voice),
    labels: &mut Vec<Label>,
) -> (i32, i32) {
    let size = layout.measures.caption;
    let node = voice.word(Term::Node);
    let narrow = layout.frame.class == Class::Wide && layout.frame.width < 700;
    let text = match (state, narrow) {
        (Some(state), _) => format!("slot {slot} is {state}"),
        (None, true) => format!("nobody serves {slot}"),
        (None, false) => format!("no {node} serves {slot}"),
    };
    let place = layout.square;
    let (right, y) = match layout.frame.class {
        Class::Wide if layout.frame.width < 700 => (place.right, place.top + 80),
        Class::Wide => (place.right, place.top + 58),
        Class::Embed => (place.right, place.top + 28),
        Class::Phone => (layout.frame.width / 2 + 10 + text_width(&text, size, true) / 2, place.top + 122),
    };
    // The estimate of a width is generous: the text starts beside its mark, so that no gap shows.
    let label = Label::caption(text.clone(), right - text_width(&text, size, true), y, size);
    let label = label.anchor(Anchor::Start).tone(Tone::Fail);
    let mark = (label.x - 15, label.y - 4);
    labels.push(label);
    mark
}

/// Whether the client would ask somebody who does not serve the slots (any more).
pub fn out_of_date(client: &ClientView, snapshot: &Snapshot) -> bool {
    client.map.iter().any(|(range, host)| {
        snapshot.directory.iter().any(|entry| {
            let apart = entry.range.end < range.start || range.end < entry.range.start;
            !apart && entry.owner.is_some() && entry.owner != Some(*host)
        })
    })
}

fn copy_of(client: &ClientView, snapshot: &Snapshot, card: Bounds) -> Vec<CopySegment> {
    let (left, width) = (card.left + 8, card.width() - 16);
    let x = |slot: u16| left + (i64::from(width) * i64::from(slot) / i64::from(SLOTS)) as i32;
    let pieces = client.map.iter().map(|(range, host)| {
        let single = ClientView { map: vec![(*range, *host)], ..client.clone() };
        CopySegment {
            place: Bounds::new(
                x(range.start),
                card.bottom - 14,
                (x(range.end + 1) - x(range.start) - 1).max(1),
                8,
            ),
            shard: words::node(snapshot, *host).map(|node| node.shard),
            stale: out_of_date(&single, snapshot),
        }
    });
    pieces.collect()
}
