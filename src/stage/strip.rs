//! The directory as a strip of 16,384 slots: who serves which, and where the last key fell.

use super::layout::Layout;
use super::size::MOST_FULL;
use super::text::{Anchor, Bounds, Label, Tone, fitting, text_width};
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

impl Pin {
    /// The same, ending at the bar's upper edge where it would cross out a badge.
    pub(super) fn clear_of(self, segments: &[Segment]) -> Self {
        let mut badges = segments.iter().filter_map(|segment| segment.badge);
        let over = badges.any(|(x, _)| (x - self.x).abs() < BADGE + 3);
        Self { bar: (self.bar.0, if over { self.bar.0 } else { self.bar.1 }), ..self }
    }
}

/// Half of a badge's width.
const BADGE: i32 = 10;

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
    let mut runs: Vec<(SlotRange, Option<u16>, bool, Why)> = Vec::new();
    for entry in &snapshot.directory {
        let closed = entry.owner.is_some_and(|owner| words::is_closed(snapshot, owner));
        let why = match () {
            () if entry.served => Why::Served,
            () if closed => Why::Closed,
            () if words::is_out_of_reach(snapshot, entry) => Why::OutOfReach,
            () => Why::Nobody,
        };
        let state = (entry.shard, entry.served, why);
        match runs.last_mut() {
            Some((range, shard, served, why)) if (*shard, *served, *why) == state => {
                range.end = entry.range.end;
            }
            _ => runs.push((entry.range, state.0, state.1, state.2)),
        }
    }
    let mut segments = Vec::new();
    for (range, shard, _, why) in &runs {
        segments.push(segment(layout, *range, (*shard, *why), voice));
    }
    // A first slot or two alone would be read as those of the whole.
    let ticked = |run: &&mut Segment| run.label.as_ref().is_some_and(|label| label.anchor == Anchor::Start);
    if 2 * segments.iter_mut().filter(ticked).count() < runs.len() {
        segments.iter_mut().filter(ticked).for_each(|run| run.label = None);
    }
    if snapshot.nodes.len() > MOST_FULL {
        let words: Vec<Vec<String>> =
            runs.iter().map(|(range, _, _, why)| troubles(*range, *why, voice)).collect();
        call_out(layout, &mut segments, &words);
    }
    segments
}

/// More gaps than this are seen without words.
pub(super) const FEW: usize = 8;

/// A gap too narrow for its words has them beside it, where nothing else is written.
fn call_out(layout: &Layout, segments: &mut [Segment], words: &[Vec<String>]) {
    if segments.iter().filter(|run| !run.served).count() > FEW {
        return;
    }
    let mut taken: Vec<Bounds> = segments.iter().filter_map(|run| Some(run.label.as_ref()?.bounds())).collect();
    for (nth, run) in segments.iter_mut().enumerate().filter(|(_, run)| !run.served && run.label.is_none()) {
        let size = layout.measures.caption;
        let free = |text: &String| {
            let half = text_width(text, size, false) / 2 + 1;
            let x = run.place.middle().clamp(layout.bar.left + half, layout.bar.right - half);
            let label = Label::caption(text.as_str(), x, layout.bar.bottom + size + 5, size).tone(Tone::Fail);
            let own = Bounds { left: x - half - 8, right: x + half + 8, ..label.bounds() };
            (!taken.iter().any(|place| place.overlaps(&own))).then_some(label)
        };
        run.label = words[nth].iter().find_map(free);
        taken.extend(run.label.as_ref().map(Label::bounds));
    }
}

/// What is said of slots that are not served, and the same shorter.
fn troubles(range: SlotRange, why: Why, voice: Voice) -> Vec<String> {
    let span = words::slots(range);
    match why {
        Why::Served => Vec::new(),
        Why::Closed => vec![format!("closed · {span}"), "closed".to_owned()],
        Why::OutOfReach => {
            vec![format!("out of your reach · {span}"), "out of your reach".to_owned(), "out of reach".to_owned()]
        }
        Why::Nobody => {
            let nobody = format!("no {} answers", voice.word(Term::Node));
            vec![format!("{nobody} · {span}"), nobody, "no answer".to_owned()]
        }
    }
}

/// How a run's slots fare.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    Served,
    /// Its shop answers CLUSTERDOWN.
    Closed,
    /// Its shop serves others: the client's road to it is cut.
    OutOfReach,
    Nobody,
}

fn segment(layout: &Layout, range: SlotRange, (shard, why): (Option<u16>, Why), voice: Voice) -> Segment {
    let (served, closed) = (why == Why::Served, why == Why::Closed);
    let left = slot_x(layout, range.start);
    let right = slot_x(layout, range.end + 1);
    let seam = if range.end + 1 == SLOTS { 0 } else { 2 };
    let place = Bounds::new(left, layout.bar.top, (right - left - seam).max(1), layout.bar.height());
    let size = layout.measures.caption;
    let span = words::slots(range);
    let room = place.width() - 8;
    // Where not every span would fit, none is written: each run has its first slot, where it begins.
    let ticks = served && text_width("16383–16383", size, false) > room;
    let wordings = if ticks {
        vec![range.start.to_string()]
    } else if served {
        vec![span]
    } else {
        troubles(range, why, voice)
    };
    let wordings: Vec<&str> = wordings.iter().map(String::as_str).collect();
    // Neighbours that touch read as one.
    let text = fitting(&wordings, room, size, false);
    // Where only the smallest number has room, it would stand there alone, and mean nothing.
    let least = if ticks { "16383" } else { text };
    let label = (text_width(least, size, false) <= room).then(|| {
        let tone = if served { Tone::Muted } else { Tone::Fail };
        let y = layout.bar.bottom + size + 5;
        if ticks {
            return Label::caption(text, place.left, y, size).anchor(Anchor::Start);
        }
        Label::caption(text, place.middle(), y, size).tone(tone)
    });
    let badge = (place.width() >= 24).then_some((place.middle(), (place.top + place.bottom) / 2));
    Segment { range, place, shard, served, closed, badge, label }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::id::RackId;
    use crate::stage::checks::frames;
    use crate::stage::fixture;
    use crate::stage::frame::Frame;
    use crate::stage::scene::{Look, Scene};

    #[test]
    fn the_pin_crosses_no_badge_out() {
        for frame in frames() {
            let city = fixture::large(12, 1, 4);
            for slot in (0..SLOTS).step_by(97) {
                let scene = Scene::of(&city, frame, &Look { pin: Some(slot), ..Look::default() });
                let pin = scene.pin.expect("it is asked for");
                let over = |segment: &Segment| segment.badge.is_some_and(|(x, _)| (x - pin.x).abs() < BADGE);
                let crosses = pin.bar.1 > pin.bar.0;
                assert!(!(crosses && scene.strip.iter().any(over)), "{slot} at {frame:?}");
            }
            let scene = Scene::of(&fixture::opening(), frame, &Look { pin: Some(12_893), ..Look::default() });
            assert!(scene.pin.is_some_and(|pin| pin.bar.1 > pin.bar.0), "it stands in the bar at {frame:?}");
        }
    }

    #[test]
    fn no_number_stands_alone_under_the_strip() {
        for wide in 300..1_500 {
            for (masters, focus) in [(12, None), (12, Some(RackId(1))), (50, Some(RackId(1)))] {
                let frame = Frame::of_page((1440, 900), wide);
                let look = Look { focus, ..Look::default() };
                let scene = Scene::of(&fixture::large(masters, 1, 4), frame, &look);
                let ticks = scene.strip.iter().filter(|run| {
                    run.label.as_ref().is_some_and(|label| *label.text == *run.range.start.to_string())
                });
                let ticks: Vec<_> = ticks.collect();
                assert!(
                    ticks.is_empty() || 2 * ticks.len() >= scene.strip.len(),
                    "{masters} {focus:?} {wide}: {ticks:?}"
                );
            }
        }
    }

    #[test]
    fn spans_are_whole_or_all_runs_have_their_first_slot() {
        for frame in frames() {
            let scene = Scene::of(&fixture::large(12, 1, 4), frame, &Look::default());
            let said =
                scene.strip.iter().filter(|run| run.served).filter_map(|run| Some((run, run.label.as_ref()?)));
            for (run, label) in said {
                let whole = *label.text == *words::slots(run.range);
                let most = scene.strip.iter().filter(|run| run.served).count();
                let least = scene.strip.iter().filter(|run| run.served && run.label.is_some()).count();
                assert_eq!(most, least, "all of them, or none: {frame:?}");
                let tick = *label.text == *run.range.start.to_string() && label.x == run.place.left;
                assert!(whole || tick, "{label:?} at {frame:?}");
            }
        }
    }
}
