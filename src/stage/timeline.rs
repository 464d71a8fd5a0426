//! The timeline: how much time it spans, its marks, and which of their labels have room.

use std::cmp::Reverse;
use std::rc::Rc;

use super::text::{Anchor, text_width};
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
    /// Its label, if that is written.
    pub label: Option<Written>,
}

/// A label as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// What it says: where several marks are one, all of them that matter.
    pub text: Rc<str>,
    /// Whether it stands below the line.
    pub low: bool,
    /// Which part of it stands at the mark.
    pub anchor: Anchor,
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
        "fail" => 6,
        "good" => 5,
        "vote" => 4,
        "warn" => 3,
        "ballot" => 2,
        "act" => 1,
        _ => 0,
    }
}

/// Marks of this kind are named beside others with which they are one.
const NAMED: u8 = 3;
/// How far a label that stands beside its mark reaches over it, with the space that it keeps; the style sheet has it, too.
const EDGE: i32 = 7;
/// Marks nearer than this are in each other's way: their labels reach away from each other.
const CROWDED: i32 = 40;

/// Places the marks, and draws those as one that fall together on a timeline `width` pixels wide.
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
            _ => placed.push(PlacedMark { mark: mark.clone(), more: 0, place, label: None }),
        }
    }
    placed
}

/// Thins the labels of placed marks, so that none overlap: the newest milestone is named, then failures and promotions, and
/// the others where there is room; below the line too, if `low`. What is the same as the label before is written once.
/// Of the page's second part.
#[inline(never)]
pub fn label(placed: &mut [PlacedMark], marks: &[Rc<Mark>], room: (i32, bool)) {
    let names = names(placed, marks);
    // The newest first if it matters, then the gravest, and the newer before the older; the others where there is room.
    let newest = placed.len().wrapping_sub(1);
    let again = |at: usize| at > 0 && placed[at].mark.label == placed[at - 1].mark.label;
    let grave = |at: usize| rank(placed[at].mark.kind) >= NAMED;
    let mut order: Vec<usize> = (0..placed.len()).rev().filter(|at| !again(*at)).collect();
    sort_by_key(&mut order, |&at| (at != newest || !grave(at), Reverse(rank(placed[at].mark.kind))));
    let lacking =
        |labels: &[Option<Written>]| order.iter().filter(|at| grave(**at) && labels[**at].is_none()).count();
    let mut labels = lay(placed, &names, &order, room, false);
    if lacking(&labels) > 0 {
        // From left to right, each as far to the left as it goes, more of them may fit.
        let mut packed = order.clone();
        sort_by_key(&mut packed, |&at| (!grave(at), at));
        let tight = lay(placed, &names, &packed, room, true);
        if lacking(&tight) < lacking(&labels) {
            labels = tight;
        }
    }
    for (placed, label) in placed.iter_mut().zip(labels) {
        placed.label = label;
    }
}

/// Gives labels their spots in this order, each the first that is clear of all before: its mark in the middle if it has room;
/// if `packed`, the one furthest left.
fn lay(
    placed: &[PlacedMark],
    names: &[Option<Rc<str>>],
    order: &[usize],
    (width, low): (i32, bool),
    packed: bool,
) -> Vec<Option<Written>> {
    let mut taken: Vec<(bool, i32, i32)> = Vec::new();
    let mut labels = vec![None; placed.len()];
    for &at in order {
        let x = placed[at].place * width / 1_000;
        let near = |other: Option<&PlacedMark>| {
            other.is_some_and(|other| (other.place * width / 1_000 - x).abs() < CROWDED)
        };
        let anchors = match (near(placed[..at].last()), near(placed.get(at + 1))) {
            _ if packed => [Anchor::End, Anchor::Middle, Anchor::Start],
            (true, false) => [Anchor::Start, Anchor::Middle, Anchor::End],
            (false, true) => [Anchor::End, Anchor::Middle, Anchor::Start],
            _ => [Anchor::Middle, Anchor::End, Anchor::Start],
        };
        let mut spot = |text: &Rc<str>| {
            let wide = text_width(text, 12, false) + 10;
            let mut spots = anchors.iter().flat_map(|anchor| [(false, *anchor), (true, *anchor)]);
            let (below, anchor, left) = spots.find_map(|(below, anchor)| {
                let left = match anchor {
                    Anchor::Start => x - EDGE,
                    Anchor::Middle => x - wide / 2,
                    Anchor::End => x + EDGE - wide,
                };
                let right = left + wide;
                let clear = taken.iter().all(|other| other.0 != below || right <= other.1 || left >= other.2);
                ((low || !below) && left >= 0 && right <= width && clear).then_some((below, anchor, left))
            })?;
            taken.push((below, left, left + wide));
            Some(Written { text: text.clone(), low: below, anchor })
        };
        let own = placed[at].mark.label.clone();
        labels[at] = names[at].as_ref().and_then(&mut spot).or_else(|| spot(&own));
    }
    labels
}

/// What each placed mark is called, where it stands for several that matter: all of them, but for those that the one before
/// is called already.
fn names(placed: &[PlacedMark], marks: &[Rc<Mark>]) -> Vec<Option<Rc<str>>> {
    let mut marks = marks.iter();
    let mut before: Vec<&str> = Vec::new();
    let name = |placed: &PlacedMark| {
        let mut own: Vec<&str> = Vec::new();
        for mark in marks.by_ref().take(placed.more + 1).filter(|mark| rank(mark.kind) >= NAMED) {
            if !own.contains(&&*mark.label) && !before.contains(&&*mark.label) {
                own.push(&mark.label);
            }
        }
        let all = (own.len() > 1).then(|| own.join(" · ").into());
        before = own;
        all
    };
    placed.iter().map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(seconds: u64, label: &str, kind: &'static str) -> Rc<Mark> {
        let at = seconds * SECOND;
        Rc::new(Mark { id: FactId(seconds), at, label: label.into(), sentence: label.into(), kind })
    }

    fn labelled(marks: &[Rc<Mark>], span: Micros, room: (i32, bool)) -> Vec<PlacedMark> {
        let mut placed = placed(marks, span, room.0);
        label(&mut placed, marks, room);
        placed
    }

    /// The labels that are written, as they stand: those below the line after a `_`.
    fn written(placed: &[PlacedMark]) -> Vec<String> {
        let labels = placed.iter().filter_map(|placed| placed.label.as_ref());
        labels.map(|label| format!("{}{}", if label.low { "_" } else { "" }, label.text)).collect()
    }

    #[test]
    fn labels_do_not_overlap() {
        let marks = [("SET user:123", 10), ("PFAIL", 11), ("FAIL", 12), ("promoted", 40)];
        let marks = marks.map(|(label, seconds)| mark(seconds, label, "act"));
        assert_eq!(written(&labelled(&marks, 60 * SECOND, (600, false))), ["SET user:123", "FAIL", "promoted"]);
        // With room below the line all are written.
        let all = ["SET user:123", "_PFAIL", "FAIL", "promoted"];
        assert_eq!(written(&labelled(&marks, 60 * SECOND, (600, true))), all);
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
        let shown = written(&labelled(&marks, 60 * SECOND, (600, false)));
        assert_eq!(shown, ["fire", "FAIL", "promoted", "SET user:1", "vote", "GET"]);
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
    fn a_whole_failover_is_named_however_close_together() {
        let ms = |at: u64, label: &str, kind| Rc::new(Mark { at: at * 1_000, ..(*mark(0, label, kind)).clone() });
        let marks = [
            ms(1_000, "SET user:123", "client"),
            ms(12_000, "Shop 3 burns", "fail"),
            ms(27_100, "PFAIL", "warn"),
            ms(27_600, "PFAIL", "warn"),
            ms(27_700, "FAIL", "fail"),
            ms(28_900, "election", "vote"),
            ms(29_100, "vote", "ballot"),
            ms(29_300, "promoted", "good"),
            ms(40_000, "GET user:123", "client"),
        ];
        named_at(&marks, &[280, 340, 460, 620, 840, 1_400]);
    }

    #[test]
    fn an_early_failover_is_named_as_long_as_there_is_any_room() {
        let ms = |at: u64, label: &str, kind| Rc::new(Mark { at: at * 1_000, ..(*mark(0, label, kind)).clone() });
        let marks = [
            ms(6_000, "Shop 3 burns", "fail"),
            ms(21_900, "PFAIL", "warn"),
            ms(25_000, "PFAIL", "warn"),
            ms(25_100, "FAIL", "fail"),
            ms(25_900, "election", "vote"),
            ms(26_000, "vote", "ballot"),
            ms(26_200, "promoted", "good"),
        ];
        named_at(&marks, &(400..1_400).collect::<Vec<_>>());
    }

    /// Each step of a failover is named, once, and no label covers another, on lines of these widths.
    fn named_at(marks: &[Rc<Mark>], widths: &[i32]) {
        for &width in widths {
            let placed = labelled(marks, 60 * SECOND, (width, true));
            let all = written(&placed).join(" ");
            for word in ["burns", "PFAIL", "FAIL", "election", "promoted"] {
                assert!(all.contains(word), "{word} at {width}: {all}");
            }
            assert!(!all.contains("PFAIL · PFAIL") && all.matches("PFAIL").count() == 1, "{all}");
            let boxes: Vec<(bool, i32, i32)> = placed
                .iter()
                .filter_map(|placed| Some((placed.place * width / 1_000, placed.label.as_ref()?)))
                .map(|(x, label)| {
                    let wide = text_width(&label.text, 12, false);
                    let left = match label.anchor {
                        Anchor::Start => x - 2,
                        Anchor::Middle => x - wide / 2,
                        Anchor::End => x + 2 - wide,
                    };
                    (label.low, left, left + wide)
                })
                .collect();
            for (nth, (low, left, right)) in boxes.iter().enumerate() {
                assert!(*left >= 0 && *right <= width, "{all} at {width}");
                let over =
                    boxes[nth + 1..].iter().find(|other| other.0 == *low && left < &other.2 && &other.1 < right);
                assert_eq!(over, None, "{all} at {width}");
            }
        }
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
