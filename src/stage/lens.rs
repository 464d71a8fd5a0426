//! The directory's lens: all 16,384 slots as a grid of 128 × 128, row by row.
//!
//! Values only: the app draws a cell of each. Beside the truth stands what a client's own copy says, with differences.

use super::palette::{HUES, Pattern, pattern};
use super::words;
use crate::cluster::id::HostId;
use crate::cluster::slot::{SLOTS, Slot, SlotRange, key_slot};
use crate::cluster::snapshot::{Moving, Snapshot};
use crate::narrate::{Term, Voice};

/// Cells in a row, and rows.
pub const SIDE: u16 = 128;

/// How closely the grid can be looked at: 16 slots in a row.
pub const MOST_ZOOM: u8 = 3;

/// How closely the grid is looked at, and around which slot: where a pointer goes changes nothing in what it points at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Closer {
    /// Each step shows half as many slots in a row.
    pub zoom: u8,
    /// The slot in the middle, as far as the edges allow.
    pub middle: Slot,
}

impl Closer {
    /// The first column and row in view, and how many there are of each.
    pub fn view(self) -> (u16, u16, u16) {
        let side = SIDE >> self.zoom.min(MOST_ZOOM);
        let (column, row) = place(self.middle);
        let first = |middle: u16| middle.saturating_sub(side / 2).min(SIDE - side);
        (first(column), first(row), side)
    }

    /// Moves the view if a slot is not in it.
    pub fn follow(&mut self, slot: Slot) {
        let (left, top, side) = self.view();
        let (column, row) = place(slot);
        if !(left..left + side).contains(&column) || !(top..top + side).contains(&row) {
            self.middle = slot;
        }
    }
}

/// One slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Cell {
    /// Its owner's shard; 0 if nobody claims it.
    pub shard: u16,
    /// Whether a client would be answered.
    pub served: bool,
    /// How many keys it has, as a level from 0 (none) to 4 (most).
    pub level: u8,
    /// The shard it is moving to; 0 if it stays.
    pub moving_to: u16,
    /// The shard that the client's own copy has; 0 if it has none.
    pub copy: u16,
    /// Whether the client would ask somebody else than the owner.
    pub differs: bool,
}

impl Cell {
    /// The number of its hue from 1 to 10, its pattern, and whether that is at double scale.
    pub fn style(shard: u16) -> (u16, Pattern, bool) {
        let (pattern, double) = pattern(shard);
        ((shard.max(1) - 1) % HUES + 1, pattern, double)
    }
}

/// The grid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lens {
    /// All slots.
    pub cells: Vec<Cell>,
    /// How many keys each has.
    pub keys: Vec<u32>,
    /// Where the last key fell.
    pub pin: Option<Slot>,
    /// How many slots the client's own copy has wrong.
    pub differing: u16,
}

impl Lens {
    /// The grid of a moment. `keys` is [`crate::cluster::world::World::keys_per_slot`]; the copy is the first client's.
    pub fn of(snapshot: &Snapshot, keys: Vec<u32>, pin: Option<Slot>) -> Self {
        let mut cells = vec![Cell::default(); usize::from(SLOTS)];
        let shard_of = |host: HostId| words::node(snapshot, host).map_or(0, |node| node.shard);
        let mut owners: Vec<Option<HostId>> = vec![None; usize::from(SLOTS)];
        let most = keys.iter().copied().max().unwrap_or(0);
        for entry in &snapshot.directory {
            for slot in slots(entry.range) {
                (cells[slot].shard, cells[slot].served) = (entry.shard.unwrap_or(0), entry.served);
                owners[slot] = entry.owner;
            }
        }
        for (cell, count) in cells.iter_mut().zip(&keys) {
            cell.level = level(*count, most);
        }
        for Moving { slot, to, .. } in &snapshot.moving {
            cells[usize::from(*slot)].moving_to = shard_of(*to);
        }
        for (range, host) in snapshot.clients.first().map_or(&[][..], |client| &client.map) {
            let shard = shard_of(*host);
            for slot in slots(*range) {
                cells[slot].copy = shard;
                cells[slot].differs = owners[slot].is_some() && owners[slot] != Some(*host);
            }
        }
        let differing = cells.iter().filter(|cell| cell.differs).count() as u16;
        Self { cells, keys, pin, differing }
    }

    /// What a slot is, in a sentence: `Slot 12893: Shop 3 serves it, 2 keys.`
    pub fn read(&self, snapshot: &Snapshot, slot: Slot, voice: Voice) -> String {
        let Some(cell) = self.cells.get(usize::from(slot)) else {
            return String::new();
        };
        let name = |host: HostId| words::name_of(snapshot, host, voice);
        let owner = words::entry(snapshot, slot).and_then(|entry| entry.owner);
        let mut said = match owner {
            Some(owner) if cell.served => format!("Slot {slot}: {} serves it", name(owner)),
            Some(owner) if words::is_closed(snapshot, owner) => {
                format!("Slot {slot}: {} has it, and is closed (CLUSTERDOWN)", name(owner))
            }
            Some(owner) => format!("Slot {slot}: no {} answers, it is {}’s", voice.word(Term::Node), name(owner)),
            None => format!("Slot {slot}: it belongs to nobody"),
        };
        let count = self.keys.get(usize::from(slot)).copied().unwrap_or(0);
        // Of a process that does not run nobody knows what it held.
        match owner.and_then(|owner| words::node(snapshot, owner)) {
            Some(node) if !node.running => {
                said.push_str(", and what it held is not known: its process does not run")
            }
            _ => said.push_str(&format!(", {}", words::keys(count, voice))),
        }
        if let Some(moving) = snapshot.moving.iter().find(|moving| moving.slot == slot) {
            said.push_str(&format!(". It is moving to {}: ASK for what has left", name(moving.to)));
        }
        if cell.differs {
            let asks = snapshot.clients.first().and_then(|client| {
                let run = client.map.iter().find(|(range, _)| (range.start..=range.end).contains(&slot))?;
                Some(name(run.1))
            });
            said.push_str(&format!(". Your copy says {}: you will be told MOVED", asks.unwrap_or_default()));
        }
        said + "."
    }

    /// The client's own copy beside the truth, in a sentence.
    pub fn compared(&self, voice: Voice) -> String {
        let directory = voice.word(Term::Directory);
        if self.cells.iter().all(|cell| cell.copy == 0) {
            return format!("Your client has no copy of the {directory} yet.");
        }
        match self.differing {
            0 => format!("Your client’s copy of the {directory} agrees with it in every slot."),
            1 => format!("Your client’s copy of the {directory} is out of date in 1 slot."),
            more => format!(
                "Your client’s copy of the {directory} is out of date in {} slots.",
                words::thousands(more.into())
            ),
        }
    }
}

/// The indexes of a run.
fn slots(range: SlotRange) -> std::ops::RangeInclusive<usize> {
    usize::from(range.start)..=usize::from(range.end)
}

/// From none to most, in four steps: what has the most is at the fourth, however few that are.
fn level(count: u32, most: u32) -> u8 {
    if count == 0 {
        return 0;
    }
    let steps = (u64::from(count - 1) * 3).checked_div(u64::from(most).saturating_sub(1));
    1 + steps.unwrap_or(3).min(3) as u8
}

/// The column and the row of a slot.
pub fn place(slot: Slot) -> (u16, u16) {
    (slot % SIDE, slot / SIDE)
}

/// The slot under a point of a grid that is `side` pixels wide and high, when [`Closer::view`] shows so much of it.
pub fn slot_at(x: i32, y: i32, side: i32, (column, row, across): (u16, u16, u16)) -> Option<Slot> {
    let cell = |at: i32| (0..side).contains(&at).then(|| (at * i32::from(across) / side.max(1)) as u16);
    Some((row + cell(y)?) * SIDE + column + cell(x)?)
}

/// The slot some columns and rows away, for the arrow keys; stays in the grid.
pub fn step(slot: Slot, columns: i32, rows: i32) -> Slot {
    (i32::from(slot) + columns + rows * i32::from(SIDE)).clamp(0, i32::from(SLOTS) - 1) as Slot
}

/// Finds a slot by its number, or by a key. A key of digits alone is written in quotes. `Err` says why there is none.
pub fn find(text: &str) -> Result<Slot, String> {
    let text = text.trim();
    let bare = text.trim_matches(['"', '\'']);
    if bare.is_empty() {
        return Err("Slots go from 0 to 16383; anything else is a key, and \"7\" in quotes, too.".to_owned());
    }
    if bare != text || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(key_slot(bare.as_bytes()));
    }
    let number = text.parse().ok().filter(|slot| *slot < SLOTS);
    number.ok_or_else(|| {
        let slot = key_slot(text.as_bytes());
        format!("There is no slot {text}: they go from 0 to 16383. The key \"{text}\" is in slot {slot}.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::fixture;

    fn keys(of: &[(Slot, u32)]) -> Vec<u32> {
        let mut keys = vec![0; usize::from(SLOTS)];
        of.iter().for_each(|(slot, count)| keys[usize::from(*slot)] = *count);
        keys
    }

    #[test]
    fn every_slot_is_where_the_directory_has_it() {
        let mut city = fixture::burning();
        city.moving = vec![Moving { slot: 5_460, from: HostId(0), to: HostId(1) }];
        let lens = Lens::of(&city, keys(&[(0, 1), (1, 9), (5_460, 3)]), Some(12_893));
        assert_eq!((lens.cells.len(), lens.differing), (16_384, 0));
        let cell = |slot: usize| lens.cells[slot];
        assert_eq!((cell(0).shard, cell(5_460).shard, cell(5_461).shard, cell(16_383).shard), (1, 1, 2, 3));
        assert_eq!((cell(0).level, cell(1).level, cell(2).level, cell(5_460).level), (1, 4, 0, 1));
        assert!(cell(0).served && !cell(12_893).served);
        assert_eq!((cell(5_460).moving_to, cell(5_459).moving_to), (2, 0));
        let read = |slot: Slot| lens.read(&city, slot, Voice::Story);
        assert_eq!(read(1), "Slot 1: Shop 1 serves it, 9 keys.");
        assert_eq!(
            read(5_460),
            "Slot 5460: Shop 1 serves it, 3 keys. It is moving to Shop 2: ASK for what has left."
        );
        assert_eq!(
            read(12_893),
            "Slot 12893: no shop answers, it is Shop 3’s, and what it held is not known: its process does not run."
        );
    }

    #[test]
    fn the_clients_copy_stands_beside_the_truth() {
        let lens = Lens::of(&fixture::promoted(), keys(&[]), None);
        assert_eq!(lens.differing, 5_461);
        assert_eq!(
            lens.compared(Voice::Library),
            "Your client’s copy of the catalogue is out of date in 5,461 slots."
        );
        let told = lens.read(&fixture::promoted(), 16_383, Voice::Redis);
        assert!(told.ends_with("Your copy says Old master 3: you will be told MOVED."), "{told}");
        let agrees = Lens::of(&fixture::loading(), keys(&[]), None).compared(Voice::Story);
        assert!(agrees.contains("agrees"), "{agrees}");
    }

    #[test]
    fn looking_closer_keeps_the_slot_in_view() {
        let view = |middle, zoom| Closer { zoom, middle }.view();
        assert_eq!((view(12_893, 0), view(0, 1), view(16_383, 3)), ((0, 0, 128), (0, 0, 64), (112, 112, 16)));
        let mut closer = Closer { zoom: 2, middle: 12_893 };
        let (column, row, side) = closer.view();
        closer.follow(12_894);
        assert_eq!(closer.middle, 12_893, "it is in view");
        closer.follow(0);
        assert_eq!(closer.view(), (0, 0, 32));
        assert!((column..column + side).contains(&93) && (row..row + side).contains(&100), "{column} {row}");
        assert_eq!(slot_at(0, 0, 320, (column, row, side)), Some(row * SIDE + column));
        assert_eq!(slot_at(319, 319, 320, (column, row, side)), Some((row + 31) * SIDE + column + 31));
    }

    #[test]
    fn cells_are_found_by_point_by_arrow_by_number_and_by_key() {
        let at = |x, y, side| slot_at(x, y, side, Closer::default().view());
        assert_eq!((place(0), place(127), place(128), place(16_383)), ((0, 0), (127, 0), (0, 1), (127, 127)));
        assert_eq!((at(0, 0, 256), at(255, 255, 256), at(2, 2, 256)), (Some(0), Some(16_383), Some(129)));
        assert_eq!((at(256, 0, 256), at(-1, 0, 256), at(0, 0, 0)), (None, None, None));
        assert_eq!((step(0, -1, 0), step(127, 1, 0), step(0, 0, 1), step(16_383, 0, 1)), (0, 128, 128, 16_383));
        assert_eq!((find("12893"), find("user:123"), find("\"7\"")), (Ok(12_893), Ok(12_893), Ok(key_slot(b"7"))));
        assert!(find("  ").is_err() && find("\"\"").is_err() && find("16384").is_err());
        let told = find("99999").expect_err("there is none");
        let slot = find("'99999'").expect("a key may be so called");
        assert!(told.contains("no slot 99999") && told.ends_with(&format!("in slot {slot}.")), "{told}");
    }
}
