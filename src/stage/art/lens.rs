//! The lens as a few paths: one for each hue and each pattern, however many slots there are.

use super::map::Hued;
use crate::cluster::slot::Slot;
use crate::stage::lens::{Cell, Lens, MOST_ZOOM, SIDE, place};
use crate::stage::palette::{HUES, Pattern};
use crate::stage::shape::{Shape, path, rect};
use crate::stage::text::{Label, Tone};

/// The patterns that lie over a hue, with the id that each has on the page.
pub const PATTERNS: [(Pattern, &str); 5] = [
    (Pattern::Diagonal, "cells over-diagonal"),
    (Pattern::Dots, "cells over-dots"),
    (Pattern::Horizontal, "cells over-lines"),
    (Pattern::Vertical, "cells over-bars"),
    (Pattern::Cross, "cells over-cross"),
];
/// Numbers are drawn on a ground of so many pixels, and on one of half as many where the lens is smaller than that: so they
/// are never smaller than they are drawn.
pub const GROUND: i32 = 320;
/// How many numbers side by side, at each step closer.
const NUMBERS: [u16; 4] = [6, 6, 8, 8];
/// From so many rows of the view on, a band has room for a pattern.
const LEAST_ROWS: usize = 6;

/// Shapes on a ground of 128 × 128; lines are one wide. `at` is the slot that is read, `zoom` how closely.
pub fn draw(lens: &Lens, at: Slot, zoom: u8) -> Vec<Hued> {
    let hue = |cell: &Cell| if cell.shard == 0 { 0 } else { (cell.shard - 1) % HUES + 1 };
    let mut groups: Vec<Hued> = Vec::new();
    let mut add = |shard: Option<u16>, class: &'static str, wanted: &dyn Fn(&Cell) -> bool| {
        let d = runs(&lens.cells, wanted);
        if !d.is_empty() {
            groups.push((shard, vec![path(d, class)]));
        }
    };
    for shard in 1..=HUES {
        add(Some(shard), "cells", &|cell| hue(cell) == shard && cell.served);
        add(Some(shard), "cells unserved", &|cell| hue(cell) == shard && !cell.served);
    }
    let broad = broad(&lens.cells, zoom);
    for (pattern, class) in PATTERNS {
        let d = runs(&broad, &|cell| cell.shard != 0 && Cell::style(cell.shard).1 == pattern);
        if !d.is_empty() {
            groups.push((None, vec![path(d, class)]));
        }
    }
    let mut add = |class: &'static str, wanted: &dyn Fn(&Cell) -> bool| {
        let d = runs(&lens.cells, wanted);
        if !d.is_empty() {
            groups.push((None, vec![path(d, class)]));
        }
    };
    for (level, class) in (1..=4).zip(["keys-1", "keys-2", "keys-3", "keys-4"]) {
        add(class, &|cell| cell.level == level);
    }
    add("cells moving", &|cell| cell.moving_to != 0);
    // Crosses over its hue, which stays; of a cell too small for one there is the line around it.
    add("cells differing", &|cell| cell.differs);
    groups.push((None, vec![path(edges(lens, &|cell| cell.shard), "cell-edge")]));
    groups.push((None, vec![path(edges(lens, &|cell| cell.differs.into()), "differing-edge")]));
    // From afar a cell alone could not be seen.
    let wide = if zoom < 2 { 1.0 } else { 0.0 };
    for (slot, class) in [(lens.pin, "lens-pin"), (Some(at), "lens-at")] {
        if let Some(slot) = slot {
            let (column, row) = place(slot);
            let (x, y, side) = (f32::from(column) - wide, f32::from(row) - wide, 1.0 + 2.0 * wide);
            groups.push((None, vec![rect(x, y, side, side, 0.0, class)]));
        }
    }
    groups
}

/// The numbers of owners over what is in view, on a ground of so many pixels: where all around is theirs.
pub fn numbers(lens: &Lens, (left, top, side): (u16, u16, u16), ground: i32) -> Vec<Hued> {
    let many = NUMBERS[(SIDE / side.max(1)).ilog2().min(3) as usize] * ground as u16 / GROUND as u16;
    // Half of what a number takes up, in cells.
    let (wide, high) = (i32::from(side) * 10 / ground, i32::from(side) * 8 / ground);
    let shard = |column: i32, row: i32| {
        let inside = (0..i32::from(SIDE)).contains(&column) && (0..i32::from(SIDE)).contains(&row);
        inside.then(|| lens.cells[(row * i32::from(SIDE) + column) as usize].shard)
    };
    // Whose place it is, where there is room for a number.
    let room = |x: i32, y: i32| {
        let (column, row) = (i32::from(left) + x, i32::from(top) + y);
        let own = shard(column, row).filter(|own| *own > 0)?;
        let around = [(wide, high), (wide, -high), (-wide, high), (-wide, -high)];
        around.iter().all(|(dx, dy)| shard(column + dx, row + dy) == Some(own)).then_some(own)
    };
    let middle = |nth: u16| i32::from((2 * nth + 1) * side / (2 * many));
    let places = (0..many * many).map(|index| (middle(index % many), middle(index / many)));
    let mut found: Vec<(u16, i32, i32)> =
        places.filter_map(|(x, y)| room(x, y).map(|number| (number, x, y))).collect();
    // Bands between the rows of numbers have one where it fits.
    let pitch = i32::from(side / many);
    for y in high..i32::from(side) - high {
        for x in (0..many).map(middle) {
            let Some(own) = room(x, y) else { continue };
            let near = found.iter().any(|&(number, other_x, other_y)| {
                let (far_x, far_y) = ((other_x - x).abs(), (other_y - y).abs());
                (number == own && far_y <= pitch) || (far_x <= 2 * wide + 1 && far_y <= 2 * high + 1)
            });
            if !near {
                found.push((own, x, y));
            }
        }
    }
    let at = |cell: i32| (2 * cell + 1) * ground / (2 * i32::from(side));
    let drawn = found.into_iter().map(|(number, x, y)| {
        let label = Label::caption(number.to_string(), at(x), at(y) + 4, 12).tone(Tone::OnShard).bold();
        (Some(number), vec![Shape::Text(label)])
    });
    drawn.collect()
}

/// Lines between cells that differ in something, such as their owner.
fn edges(lens: &Lens, of: &dyn Fn(&Cell) -> u16) -> String {
    let mut d = String::new();
    let shard = |slot: usize| of(&lens.cells[slot]);
    let side = usize::from(SIDE);
    for slot in 0..lens.cells.len() {
        let (column, row) = place(slot as Slot);
        if usize::from(column) + 1 < side && shard(slot) != shard(slot + 1) {
            d.push_str(&format!("M{} {row}v1", column + 1));
        }
        if slot + side < lens.cells.len() && shard(slot) != shard(slot + side) {
            // Many in a row are one line.
            let same = |at: usize| shard(at) != shard(at + side);
            if column == 0 || !same(slot - 1) {
                let length = (slot..(slot / side + 1) * side).take_while(|at| same(*at)).count();
                d.push_str(&format!("M{column} {}h{length}", row + 1));
            }
        }
    }
    d
}

/// The cells of bands that have room for a pattern at this size; narrower ones are nobody's here: stripes of stripes are noise.
fn broad(cells: &[Cell], zoom: u8) -> Vec<Cell> {
    let least = LEAST_ROWS * usize::from(SIDE >> zoom.min(MOST_ZOOM));
    let mut kept = cells.to_vec();
    let mut at = 0;
    while at < cells.len() {
        let length = cells[at..].iter().take_while(|cell| cell.shard == cells[at].shard).count();
        if length < least {
            kept[at..at + length].iter_mut().for_each(|cell| cell.shard = 0);
        }
        at += length;
    }
    kept
}

/// The cells that are wanted, as lines along the rows.
fn runs(cells: &[Cell], wanted: &dyn Fn(&Cell) -> bool) -> String {
    let mut d = String::new();
    let mut slot = 0;
    while slot < cells.len() {
        let (column, row) = place(slot as Slot);
        let row_end = (slot / 128 + 1) * 128;
        let length = cells[slot..row_end].iter().take_while(|cell| wanted(cell)).count();
        if length > 0 {
            d.push_str(&format!("M{column} {row}.5h{length}"));
        }
        slot += length.max(1);
    }
    d
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::fixture;
    use crate::stage::lens::Closer;
    use crate::stage::text::TEXT_FLOOR;

    #[test]
    fn three_shops_are_three_paths() {
        let lens = Lens::of(&fixture::opening(), vec![0; 16_384], Some(12_893));
        let groups = draw(&lens, 0, 0);
        let hues: Vec<_> = groups.iter().filter_map(|(shard, _)| *shard).collect();
        assert_eq!(hues, [1, 2, 3]);
        let first = runs(&lens.cells, &|cell| cell.shard == 1);
        // 5461 slots are 42 rows of 128 and 85 slots of the next.
        assert!(first.starts_with("M0 0.5h128M0 1.5h128") && first.ends_with("M0 42.5h85"), "{first}");
        assert_eq!(first.matches('M').count(), 43);
        assert!(runs(&lens.cells, &|cell| cell.shard == 3).ends_with("M0 127.5h128"));
    }

    #[test]
    fn owners_are_told_apart_without_colour() {
        let lens = Lens::of(&fixture::opening(), vec![0; 16_384], None);
        let drawn = format!("{:?}", draw(&lens, 0, 0));
        for class in ["over-diagonal", "over-dots", "cell-edge"] {
            assert!(
                drawn.contains(class),
                "{class}: Shop 2 and Shop 3 have patterns, and there is a line between"
            );
        }
        assert_eq!(edges(&lens, &|cell| cell.shard), "M85 42h43M0 43h85M85 42v1M43 85h85M0 86h43M43 85v1");
    }

    #[test]
    fn numbers_stand_where_all_around_is_theirs_and_in_the_ground() {
        let lens = Lens::of(&fixture::large(80, 2, 10), vec![0; 16_384], None);
        for zoom in 0..=3 {
            let view = Closer { zoom, middle: 5_000 }.view();
            let found = numbers(&lens, view, GROUND);
            assert_eq!(found.is_empty(), zoom < 2, "80 owners have two rows each: {found:?}");
            for (shard, shapes) in &found {
                let Shape::Text(label) = &shapes[0] else { panic!("{shapes:?}") };
                assert_eq!(shard.map(|shard| shard.to_string()).as_deref(), Some(&*label.text));
                assert!((0..GROUND).contains(&label.x) && (8..=GROUND).contains(&label.y), "{label:?}");
            }
        }
        let three = Lens::of(&fixture::opening(), vec![0; 16_384], None);
        assert!(numbers(&three, Closer::default().view(), GROUND).len() > 20);
    }

    #[test]
    fn narrow_bands_have_a_number_where_it_fits_and_no_pattern_where_it_does_not() {
        let mut lens = Lens::of(&fixture::opening(), vec![0; 16_384], None);
        // What a fourth shop gets of three: ten rows of each.
        for first in [3_100, 8_600, 14_000] {
            lens.cells[first..first + 1_365].iter_mut().for_each(|cell| cell.shard = 4);
        }
        let found = numbers(&lens, Closer::default().view(), GROUND);
        let rows: std::collections::BTreeSet<i32> = found
            .iter()
            .filter(|(shard, _)| *shard == Some(4))
            .map(|(_, shapes)| if let Shape::Text(label) = &shapes[0] { label.y * 128 / GROUND } else { 0 })
            .collect();
        for first in [3_100, 8_600, 14_000] {
            let band = first / 128..(first + 1_365) / 128 + 1;
            assert!(rows.iter().any(|row| band.contains(row)), "{first}: {rows:?}");
        }
        let many = Lens::of(&fixture::large(100, 0, 10), vec![0; 16_384], None);
        let has_pattern = |zoom| format!("{:?}", draw(&many, 0, zoom)).contains("over-");
        assert!(!has_pattern(0) && !has_pattern(1) && has_pattern(3));
    }

    #[test]
    fn what_is_in_no_owners_hands_is_drawn_as_such() {
        let lens = Lens::of(&fixture::promoted(), vec![1; 16_384], None);
        let classes: Vec<String> =
            draw(&lens, 5, 0).iter().map(|(_, shapes)| format!("{:?}", shapes[0])).collect();
        for class in ["differing", "keys-4", "lens-at"] {
            assert!(classes.iter().any(|shape| shape.contains(class)), "{class}");
        }
    }

    #[test]
    fn numbers_are_never_smaller_than_they_may_be() {
        let lens = Lens::of(&fixture::opening(), vec![0; 16_384], None);
        for ground in [GROUND, GROUND / 2] {
            let found = numbers(&lens, Closer::default().view(), ground);
            assert!(found.len() >= 6, "{ground}: {found:?}");
            for (_, shapes) in &found {
                let Shape::Text(label) = &shapes[0] else { panic!("{shapes:?}") };
                let inside = (6..=ground - 6).contains(&label.x) && (12..=ground).contains(&label.y);
                assert!(label.size >= TEXT_FLOOR && inside, "{ground}: {label:?}");
            }
        }
        // Each is shown only where the lens is at least as wide as its ground.
        let style = include_str!("../../../static/panels.css");
        for (most, hidden) in [(GROUND, "320"), (GROUND / 2, "160")] {
            let rule = format!("@container lens (width < {most}px) {{ #lens .on-{hidden} {{ display: none; }} }}");
            assert!(style.contains(&rule), "{rule}");
        }
    }

    #[test]
    fn what_the_client_has_wrong_keeps_its_hue() {
        let style = include_str!("../../../static/panels.css");
        let rule = style.lines().find(|line| line.starts_with(".cells.differing")).expect("there is one");
        assert!(rule.contains("url(#differs)"), "crosses in ink, no colour over all of it: {rule}");
        let lens = Lens::of(&fixture::promoted(), vec![0; 16_384], None);
        let drawn = draw(&lens, 0, 0);
        let outline = drawn.iter().find_map(|(_, shapes)| match &shapes[0] {
            Shape::Path { d, class } if *class == "differing-edge" => Some(d.clone()),
            _ => None,
        });
        assert_eq!(outline.as_deref(), Some("M43 85h85M0 86h43M43 85v1"));
    }
}
