//! The directory as a strip of 16,384 slots: who serves which, and where the last key fell.

use super::layout::Layout;
use super::text::{Bounds, Label, Tone, fitting, text_width};
use super::words;
use crate::cluster::slot::{SLOTS, Slot, SlotRange};
use crate::cluster::snapshot::Snapshot;
use crate::narrate::{Term, Voice};

/// One run of slots on the strip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// The slots.
    pub range: SlotRange,
    /// Its box.
    pub place: Bounds,
    /// Its shard; `None` for slots that nobody claims.
    pub shard: Option<u16>,
    /// Whether a client would be answered.
    pub served: bool,
    /// Whether its shop is there, but answers CLUSTERDOWN.
    pub closed: bool,
    /// Where the number badge stands, if there is room.
    pub badge: Option<(i32, i32)>,
    /// The words under it, if there is room.
    pub label: Option<Label>,
}

/// Where the last typed key fell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pin {
    /// The slot.
    pub slot: Slot,
    /// Its middle on the strip.
    pub x: i32,
    /// The bar's upper and lower edge.
    pub bar: (i32, i32),
}

/// The strip's x of a slot's left edge.
fn slot_x(layout: &Layout, slot: u16) -> i32 {
    layout.bar.left + (i64::from(layout.bar.width()) * i64::from(slot) / i64::from(SLOTS)) as i32
}

/// A thin box under a run of slots, at least wide enough to be seen.
pub(super) fn stretch(layout: &Layout, range: SlotRange) -> Bounds {
    let (left, right) = (slot_x(layout, range.start), slot_x(layout, range.end + 1));
    Bounds::new(left, layout.bar.bottom + 1, (right - left).max(3), 4)
}

/// The band of a slot that moves: wide enough to be seen, inside the bar.
pub(super) fn band(layout: &Layout, slot: Slot) -> Bounds {
    let left = (slot_x(layout, slot) - 5).clamp(layout.bar.left, layout.bar.right - 10);
    Bounds::new(left, layout.bar.top, 10, layout.bar.height())
}

/// The pin of a slot.
pub fn pin(layout: &Layout, slot: Slot) -> Pin {
    Pin { slot, x: slot_x(layout, slot), bar: (layout.bar.top, layout.bar.bottom) }
}

/// The runs of the directory; neighbours of one shard in one state are drawn as one.
pub fn segments(layout: &Layout, snapshot: &Snapshot, voice: Voice) -> Vec<Segment> {
    let mut runs: Vec<(SlotRange, Option<u16>, bool, bool)> = Vec::new();
    for entry in &snapshot.directory {
        let closed = entry.owner.is_some_and(|owner| words::is_closed(snapshot, owner));
        let state = (entry.shard, entry.served, closed && !entry.served);
        match runs.last_mut() {
            Some((range, shard, served, closed)) if (*shard, *served, *closed) == state => {
                range.end = entry.range.end;
            }
            _ => runs.push((entry.range, state.0, state.1, state.2)),
        }
    }
    runs.into_iter()
        .map(|(range, shard, served, closed)| segment(layout, range, (shard, served, closed), voice))
        .collect()
}

fn segment(
    layout: &Layout,
    range: SlotRange,
    (shard, served, closed): (Option<u16>, bool, bool),
    voice: Voice,
) -> Segment {
    let left = slot_x(layout, range.start);
    let right = slot_x(layout, range.end + 1);
    let seam = if range.end + 1 == SLOTS { 0 } else { 2 };
    let place = Bounds::new(left, layout.bar.top, (right - left - seam).max(1), layout.bar.height());
    let size = layout.measures.caption;
    let span = words::slots(range);
    let wordings = if served {
        vec![span, format!("{}…", range.start)]
    } else if closed {
        vec![format!("closed · {span}"), "closed".to_owned()]
    } else {
        let nobody = format!("no {} answers", voice.word(Term::Node));
        vec![format!("{nobody} · {span}"), nobody, "no answer".to_owned()]
    };
    let wordings: Vec<&str> = wordings.iter().map(String::as_str).collect();
    // Neighbours that touch read as one.
    let text = fitting(&wordings, place.width() - 8, size, false);
    let label = (text_width(text, size, false) <= place.width() - 8).then(|| {
        let tone = if served { Tone::Muted } else { Tone::Fail };
        Label::caption(text, place.middle(), layout.bar.bottom + size + 5, size).tone(tone)
    });
    let badge = (place.width() >= 24).then_some((place.middle(), (place.top + place.bottom) / 2));
    Segment { range, place, shard, served, closed, badge, label }
}
