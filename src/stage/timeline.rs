//! The timeline: how much time it spans, its marks, and which of their labels have room.

use std::cmp::Reverse;
use std::rc::Rc;

use super::text::text_width;
use super::words;
use crate::cluster::fact::FactId;
use crate::cluster::order::sort_by_key;
use crate::cluster::time::{Micros, SECOND};
use crate::sim::timeline::BranchId;

/// A milestone on the timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Its fact.
    pub id: FactId,
    /// When it was.
    pub at: Micros,
    /// A word or two.
    pub label: Rc<str>,
    /// The whole sentence.
    pub sentence: Rc<str>,
    /// The value of its `data-kind`: its colour.
    pub kind: &'static str,
}

/// A mark with its place, in thousandths of the span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedMark {
    /// The mark.
    pub mark: Rc<Mark>,
    /// How many others have no room of their own beside it.
    pub more: usize,
    /// Its place.
    pub place: i32,
    /// Whether its label is written.
    pub labelled: bool,
}

/// Another future.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ghost {
    /// Its branch.
    pub id: BranchId,
    /// From when on it differs.
    pub from: Micros,
    /// How far it is known.
    pub end: Micros,
    /// Its marks.
    pub marks: Rc<Vec<Rc<Mark>>>,
}

/// Two marks nearer than this, in pixels, are drawn as one.
const NEAR: i32 = 6;

/// What the timeline spans: the next of a few round times, so that it seldom changes.
pub fn span(now: Micros) -> Micros {
    let wanted = now + now / 12;
    let round = [60, 120, 300, 600, 1_200, 1_800, 3_600];
    let hours = || (wanted / (3_600 * SECOND) + 1) * 3_600 * SECOND;
    round.iter().map(|seconds| seconds * SECOND).find(|span| *span > wanted).unwrap_or_else(hours)
}

/// A moment's place on a timeline of this span, in thousandths.
pub fn place(at: Micros, span: Micros) -> i32 {
    (at.min(span) * 1_000 / span.max(1)) as i32
}

/// The moment at a place on a timeline, in thousandths; the other way round than [`place`].
pub fn moment(place: i32, span: Micros) -> Micros {
    place.clamp(0, 1_000) as Micros * span / 1_000
}

/// What the timeline's handle says: the moment, how much is known after it, and what happened last.
pub fn value_text(now: Micros, end: Micros, marks: &[Rc<Mark>]) -> String {
    let of = if now < end { format!(" of {}", words::clock(end)) } else { String::new() };
    let last = marks.iter().rev().find(|mark| mark.at <= now);
    let last = last.map_or(String::new(), |mark| format!(", after: {}", mark.label));
    format!("{}{of}{last}", words::clock(now))
}

/// How much a mark of this kind should be seen, where several fall together.
pub(super) fn rank(kind: &str) -> u8 {
    match kind {
        "fail" => 5,
        "good" => 4,
        "vote" => 3,
        "warn" => 2,
        "act" => 1,
        _ => 0,
    }
}

/// Places the marks, draws those as one that fall together, and thins their labels, so that none overlap on a timeline
/// `width` pixels wide: the newest label is written, then failures and promotions, and the others where there is room.
pub fn placed(marks: &[Rc<Mark>], span: Micros, width: i32) -> Vec<PlacedMark> {
    let mut placed: Vec<PlacedMark> = Vec::new();
    for mark in marks {
        let place = place(mark.at, span);
        match placed.last_mut() {
            Some(last) if (place - last.place) * width < NEAR * 1_000 => {
                last.more += 1;
                if rank(mark.kind) >= rank(last.mark.kind) {
                    last.mark = mark.clone();
                }
            }
            _ => placed.push(PlacedMark { mark: mark.clone(), more: 0, place, labelled: false }),
        }
    }
    // The newest label first, then the gravest, and the newer before the older; the others where there is room left.
    let newest = placed.len().wrapping_sub(1);
    let mut order: Vec<usize> = (0..placed.len()).rev().collect();
    sort_by_key(&mut order, |&at| (at != newest, Reverse(rank(placed[at].mark.kind))));
    let mut taken: Vec<(i32, i32)> = Vec::new();
    for at in order {
        let x = placed[at].place * width / 1_000;
        let half = text_width(&placed[at].mark.label, 12, false) / 2 + 5;
        let (left, right) = (x - half, x + half);
        let free = left >= 0 && right <= width && taken.iter().all(|other| right <= other.0 || left >= other.1);
        placed[at].labelled = free;
        taken.extend(free.then_some((left, right)));
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(seconds: u64, label: &str, kind: &'static str) -> Rc<Mark> {
        let at = seconds * SECOND;
        Rc::new(Mark { id: FactId(seconds), at, label: label.into(), sentence: label.into(), kind })
    }

    #[test]
    fn labels_do_not_overlap() {
        let marks = [("SET user:123", 10), ("PFAIL", 11), ("FAIL", 12), ("promoted", 40)];
        let placed = placed(&marks.map(|(label, seconds)| mark(seconds, label, "act")), 60 * SECOND, 600);
        let shown: Vec<&str> = placed.iter().filter(|mark| mark.labelled).map(|mark| &*mark.mark.label).collect();
        assert_eq!(shown, ["FAIL", "promoted"]);
    }

    #[test]
    fn the_gravest_are_labelled_first_and_the_rest_where_there_is_room() {
        let marks = [
            mark(5, "fire", "fail"),
            mark(20, "FAIL", "fail"),
            mark(21, "election", "vote"),
            mark(26, "promoted", "good"),
            mark(30, "SET user:1", "client"),
            mark(40, "vote", "vote"),
            mark(55, "GET", "client"),
        ];
        let placed = placed(&marks, 60 * SECOND, 600);
        let shown: Vec<&str> = placed.iter().filter(|mark| mark.labelled).map(|mark| &*mark.mark.label).collect();
        assert_eq!(shown, ["fire", "FAIL", "promoted", "vote", "GET"]);
    }

    #[test]
    fn marks_that_fall_together_are_one_and_the_gravest_shows() {
        let marks = [
            mark(10, "SET a", "client"),
            mark(11, "FAIL", "fail"),
            mark(12, "vote", "vote"),
            mark(900, "GET", "client"),
        ];
        let placed = placed(&marks, 3_600 * SECOND, 600);
        let shown: Vec<_> = placed.iter().map(|placed| (&*placed.mark.label, placed.more)).collect();
        assert_eq!(shown, [("FAIL", 2), ("GET", 0)]);
    }

    #[test]
    fn the_handle_says_where_it_is() {
        let marks = [mark(10, "FAIL", "fail"), mark(20, "promoted", "good")];
        assert_eq!(value_text(15 * SECOND, 30 * SECOND, &marks), "00:15.0 of 00:30.0, after: FAIL");
        assert_eq!(value_text(5 * SECOND, 5 * SECOND, &marks), "00:05.0");
        assert_eq!(moment(place(30 * SECOND, 60 * SECOND), 60 * SECOND), 30 * SECOND);
        assert_eq!(moment(-5, SECOND), 0);
    }

    #[test]
    fn the_span_grows_in_round_steps() {
        assert_eq!(span(0), 60 * SECOND);
        assert_eq!(span(59 * SECOND), 120 * SECOND);
        assert_eq!(span(3_600 * SECOND), 2 * 3_600 * SECOND);
    }
}
