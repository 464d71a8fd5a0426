//! The timeline: how much time it spans, its marks, and which of their labels have room.

use std::rc::Rc;

use super::text::text_width;
use crate::cluster::time::{Micros, SECOND};

/// A milestone on the timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
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
    pub mark: Mark,
    /// Its place.
    pub place: i32,
    /// Whether its label is written.
    pub labelled: bool,
}

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

/// Places the marks and thins their labels, so that none overlap on a timeline `width` pixels wide.
/// The newest label is always written; older ones where there is room left of it. `head` is the room
/// the playing head's own mark takes.
pub fn placed(marks: &[Mark], span: Micros, width: i32) -> Vec<PlacedMark> {
    let mut free_until = width;
    let mut placed: Vec<PlacedMark> = Vec::with_capacity(marks.len());
    for mark in marks.iter().rev() {
        let place = place(mark.at, span);
        let x = place * width / 1_000;
        let half = text_width(&mark.label, 12, false) / 2 + 5;
        let labelled = x + half <= free_until && x >= half;
        if labelled {
            free_until = x - half;
        }
        placed.push(PlacedMark { mark: mark.clone(), place, labelled });
    }
    placed.reverse();
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(seconds: u64, label: &str) -> Mark {
        Mark { at: seconds * SECOND, label: label.into(), sentence: label.into(), kind: "act" }
    }

    #[test]
    fn labels_do_not_overlap() {
        let marks = [mark(10, "SET user:123"), mark(11, "PFAIL"), mark(12, "FAIL"), mark(40, "promoted")];
        let placed = placed(&marks, 60 * SECOND, 600);
        let shown: Vec<&str> = placed.iter().filter(|mark| mark.labelled).map(|mark| &*mark.mark.label).collect();
        assert_eq!(shown, ["FAIL", "promoted"]);
    }

    #[test]
    fn the_span_grows_in_round_steps() {
        assert_eq!(span(0), 60 * SECOND);
        assert_eq!(span(59 * SECOND), 120 * SECOND);
        assert_eq!(span(3_600 * SECOND), 2 * 3_600 * SECOND);
    }
}
