//! The lens as a few paths: a hue a path, however many slots there are.

use super::map::Hued;
use crate::cluster::slot::Slot;
use crate::stage::lens::{Cell, Lens, place};
use crate::stage::palette::HUES;
use crate::stage::shape::{path, rect};

/// Shapes on a ground of 128 × 128; lines are one wide. `at` is the slot that is read.
pub fn draw(lens: &Lens, at: Slot) -> Vec<Hued> {
    let hue = |cell: &Cell| if cell.shard == 0 { 0 } else { (cell.shard - 1) % HUES + 1 };
    let mut groups: Vec<Hued> = Vec::new();
    let mut add = |shard: Option<u16>, class: &'static str, wanted: &dyn Fn(&Cell) -> bool| {
        let d = runs(lens, wanted);
        if !d.is_empty() {
            groups.push((shard, vec![path(d, class)]));
        }
    };
    for shard in 1..=HUES {
        add(Some(shard), "cells", &|cell| hue(cell) == shard && cell.served);
        add(Some(shard), "cells unserved", &|cell| hue(cell) == shard && !cell.served);
    }
    for (level, class) in (1..=4).zip(["keys-1", "keys-2", "keys-3", "keys-4"]) {
        add(None, class, &|cell| cell.level == level);
    }
    add(None, "cells moving", &|cell| cell.moving_to != 0);
    add(None, "cells differing", &|cell| cell.differs);
    for (slot, class) in [(lens.pin, "lens-pin"), (Some(at), "lens-at")] {
        if let Some(slot) = slot {
            let (column, row) = place(slot);
            groups.push((None, vec![rect(f32::from(column) - 1.0, f32::from(row) - 1.0, 3.0, 3.0, 0.0, class)]));
        }
    }
    groups
}

/// The cells that are wanted, as lines along the rows.
fn runs(lens: &Lens, wanted: &dyn Fn(&Cell) -> bool) -> String {
    let mut d = String::new();
    let mut slot = 0;
    while slot < lens.cells.len() {
        let (column, row) = place(slot as Slot);
        let row_end = (slot / 128 + 1) * 128;
        let length = lens.cells[slot..row_end].iter().take_while(|cell| wanted(cell)).count();
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

    #[test]
    fn three_shops_are_three_paths() {
        let lens = Lens::of(&fixture::opening(), vec![0; 16_384], Some(12_893));
        let groups = draw(&lens, 0);
        let hues: Vec<_> = groups.iter().filter_map(|(shard, _)| *shard).collect();
        assert_eq!(hues, [1, 2, 3]);
        let first = runs(&lens, &|cell| cell.shard == 1);
        // 5461 slots are 42 rows of 128 and 85 slots of the next.
        assert!(first.starts_with("M0 0.5h128M0 1.5h128") && first.ends_with("M0 42.5h85"), "{first}");
        assert_eq!(first.matches('M').count(), 43);
        assert!(runs(&lens, &|cell| cell.shard == 3).ends_with("M0 127.5h128"));
    }

    #[test]
    fn what_is_in_no_owners_hands_is_drawn_as_such() {
        let lens = Lens::of(&fixture::promoted(), vec![1; 16_384], None);
        let classes: Vec<String> = draw(&lens, 5).iter().map(|(_, shapes)| format!("{:?}", shapes[0])).collect();
        for class in ["differing", "keys-4", "lens-at"] {
            assert!(classes.iter().any(|shape| shape.contains(class)), "{class}");
        }
    }
}
