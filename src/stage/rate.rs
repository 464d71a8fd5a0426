//! How many requests are answered a second, over the last minute: the small line beside the customers.
//!
//! A pure function of what happened and of now, so that going back in time shows it as it was. Where nobody asked anything
//! for a minute there is no line.

use super::text::Bounds;
use crate::cluster::fact::{Fact, FactKind};
use crate::cluster::time::{Micros, SECOND};

/// So many seconds are shown.
const SECONDS: i32 = 60;
/// The least top of the scale: a single answer is no mountain.
const SCALE: i32 = 3;

/// The answers of the last minute, by the second that they came in; seconds without any are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rate(Vec<(i32, i32)>);

impl Rate {
    /// Takes a fact in.
    pub fn observe(&mut self, fact: &Fact) {
        if !matches!(fact.kind, FactKind::Answered { .. }) {
            return;
        }
        let second = (fact.at / SECOND) as i32;
        match self.0.last_mut() {
            Some((last, count)) if *last == second => *count += 1,
            _ => self.0.push((second, 1)),
        }
        if self.0.first().is_some_and(|(first, _)| first + SECONDS <= second) {
            self.0.retain(|(one, _)| one + SECONDS > second);
        }
    }

    /// Of the page's second part: the line in its place, as the points of a polyline: the second that is not over yet stands at its right end.
    #[inline(never)]
    pub fn line(&self, now: Micros, place: Bounds) -> Option<String> {
        let now = (now / SECOND) as i32;
        let shown = || self.0.iter().filter(|(second, _)| second + SECONDS > now);
        let top = shown().map(|(_, count)| *count).max()?.max(SCALE);
        let x = |second: i32| place.right - place.width() * (now - second) / SECONDS;
        let mut points = vec![(place.left, place.bottom)];
        for &(second, count) in shown() {
            // Down again before and after it, unless somebody was answered then too.
            let before = second - 1;
            if points.last().is_none_or(|(last, _)| *last < x(before)) {
                points.push((x(before), place.bottom));
            }
            points.push((x(second), place.bottom - place.height() * count / top));
            if second < now && !shown().any(|(other, _)| *other == second + 1) {
                points.push((x(second + 1), place.bottom));
            }
        }
        if points.last().is_some_and(|(last, _)| *last < place.right) {
            points.push((place.right, place.bottom));
        }
        Some(points.into_iter().map(|(x, y)| format!("{x},{y} ")).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::id::ClientId;
    use crate::sim::timeline::Timeline;
    use crate::sim::{Action, Scenario};
    use crate::stage::told::Told;

    const PLACE: Bounds = Bounds { left: 0, top: 0, right: 120, bottom: 30 };

    fn typed(line: &mut Timeline<Told>) {
        let action = Action::Command { client: ClientId(0), target: None, line: "SET user:123 Ada".into() };
        line.act(action, "").expect("the client takes it");
    }

    #[test]
    fn the_line_is_what_happened_and_going_back_shows_it_as_it_was() {
        let new = |session: &crate::sim::Session| Told::new(&session.snapshot());
        let mut line = Timeline::new(&Scenario::first_city(), 7, new).expect("it can be built");
        let drawn = |line: &Timeline<Told>| line.fold().rate.line(line.session().now(), PLACE);
        line.advance_to(2 * SECOND);
        assert_eq!(drawn(&line), None, "nobody asked");
        let mut seen = Vec::new();
        for second in 3..20 {
            line.advance_to(second * SECOND);
            for _ in 0..(second % 4) {
                typed(&mut line);
            }
            line.advance_to(second * SECOND + 900_000);
            seen.push((line.session().now(), drawn(&line)));
        }
        assert!(seen.iter().filter(|(_, drawn)| drawn.is_some()).count() > 12);
        for (at, was) in seen.iter().rev() {
            line.seek(*at);
            assert_eq!(drawn(&line), *was, "at {at}");
        }
        line.seek(Micros::MAX);
        line.advance_to(100 * SECOND);
        assert_eq!(drawn(&line), None, "nobody asked for a minute");
    }

    #[test]
    fn the_line_stays_in_its_place_and_goes_from_left_to_right() {
        let rate = Rate([(0, 2), (1, 9), (30, 1), (59, 4), (60, 3)].to_vec());
        let points = rate.line(60 * SECOND, PLACE).expect("somebody was answered");
        let points: Vec<(i32, i32)> = points
            .split_whitespace()
            .filter_map(|point| point.split_once(','))
            .map(|(x, y)| (x.parse().expect("a number"), y.parse().expect("a number")))
            .collect();
        assert_eq!(points.last(), Some(&(120, 20)), "the second that runs: {points:?}");
        assert!(points.contains(&(2, 0)), "nine are the top, a minute ago: {points:?}");
        assert!(!points.contains(&(0, 24)), "older ones are gone: {points:?}");
        assert!(points.windows(2).all(|two| two[0].0 <= two[1].0), "{points:?}");
        assert!(points.iter().all(|(x, y)| (0..=120).contains(x) && (0..=30).contains(y)), "{points:?}");
    }
}
