//! The map: cities too large for shops, as a tile a node, by rack. Who is down, and who serves what, can still be seen.
//!
//! Tiles are places and states; `art::map` joins them into a few paths, so that a thousand nodes are some forty elements.

use super::apart;
use super::frame::Frame;
use super::layout::{Layout, Measures};
use super::parcel::{Kinds, decides, is_gossip, share};
use super::shop::fresh;
use super::text::{Bounds, Label, TEXT_FLOOR, Tone, text_width};
use crate::cluster::id::{HostId, Place, RackId};
use crate::cluster::snapshot::{FlightKind, NodeState, NodeView, Role, Snapshot};
use crate::narrate::{Cast, Voice};

/// The greatest and the least side of a tile, with its gap.
const SIDES: (i32, i32) = (60, 6);
/// Space left and right of a rack's tiles, and under them.
const INSET: i32 = 10;
/// At most so many streams are drawn.
const MOST_STREAMS: usize = 40;

/// A node as a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tile {
    /// Its machine.
    pub host: HostId,
    /// Its rack.
    pub rack: RackId,
    /// Its shard: hue, pattern, number.
    pub shard: u16,
    /// Whether it is a master.
    pub master: bool,
    /// How it is doing.
    pub state: NodeState,
    /// Whether it works, whatever others take it for.
    pub works: bool,
    /// Whether it works, and answers CLUSTERDOWN.
    pub closed: bool,
    /// Whether only an island suspects it.
    pub islands: bool,
    /// Whether it bids for its master's place.
    pub bids: bool,
    /// Whether it has just got it.
    pub promoted: bool,
    /// Its box.
    pub place: Bounds,
}

/// All messages of a kind between two racks, or between a rack and you, as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    /// The kind it is drawn as.
    pub kind: FlightKind,
    /// From where to where.
    pub ends: ((i32, i32), (i32, i32)),
    /// Where they are on the average.
    pub place: (i32, i32),
    /// How many.
    pub count: u32,
}

/// The map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Map {
    /// The tiles, by rack and in it by machine.
    pub tiles: Vec<Tile>,
    /// Numbers on tiles, where they have room.
    pub numbers: Vec<Label>,
    /// Messages, joined.
    pub streams: Vec<Stream>,
    /// `1,000 nodes · 500 masters · 3 failed · 2 suspected`.
    pub summary: String,
}

/// A tile's side with its gap, tiles abreast in a rack, racks abreast.
struct Fit {
    side: i32,
    abreast: i32,
    columns: i32,
}

/// Height of a rack's block with so many tiles.
fn height(measures: &Measures, count: i32, fit: &Fit) -> i32 {
    measures.head + (count + fit.abreast - 1) / fit.abreast * fit.side + INSET
}

/// The largest tiles that fit.
fn fit(frame: Frame, measures: &Measures, counts: &[i32]) -> Fit {
    let racks = counts.len().max(1) as i32;
    let inner = frame.width - 2 * measures.pad;
    let around = measures.strip + measures.road.0 + measures.road.1 + measures.square;
    let most = counts.iter().copied().max().unwrap_or(1);
    let room = frame.height.map_or(1_400, |height| height - around);
    let at = |side: i32, columns: i32| {
        let width = (inner - (columns - 1) * measures.gap) / columns - 2 * INSET;
        Fit { side, abreast: (width / side).max(1), columns }
    };
    let whole = |fit: &Fit| {
        let lines = (racks + fit.columns - 1) / fit.columns;
        lines * height(measures, most, fit) + (lines - 1) * measures.gap
    };
    // A rack is wide enough for its name and its switch.
    let widest = racks.min((inner + measures.gap) / (164 + measures.gap)).max(1);
    let sides =
        (SIDES.1..=SIDES.0).rev().flat_map(|side| (1..=widest).rev().map(move |columns| at(side, columns)));
    sides.into_iter().find(|fit| whole(fit) <= room).unwrap_or_else(|| at(SIDES.1, widest))
}

/// The racks' blocks for so many nodes each, and where the last one ends.
pub(super) fn blocks(frame: Frame, measures: &Measures, counts: &[i32]) -> (Vec<Bounds>, i32) {
    let fit = fit(frame, measures, counts);
    let width = (frame.width - 2 * measures.pad - (fit.columns - 1) * measures.gap) / fit.columns;
    let most = counts.iter().copied().max().unwrap_or(1);
    let pitch = height(measures, most, &fit) + measures.gap;
    let block = |index: usize| {
        let (column, line) = (index as i32 % fit.columns, index as i32 / fit.columns);
        let left = measures.pad + column * (width + measures.gap);
        Bounds::new(left, measures.strip + line * pitch, width, pitch - measures.gap)
    };
    let blocks: Vec<Bounds> = (0..counts.len()).map(block).collect();
    let bottom = blocks.iter().map(|block| block.bottom).max().unwrap_or(measures.strip);
    (blocks, bottom)
}

impl Map {
    /// Draws up the map.
    #[inline(never)]
    pub(super) fn of(layout: &Layout, snapshot: &Snapshot, home: (i32, i32), kinds: Kinds, voice: Voice) -> Self {
        let mut counts = Vec::new();
        let mut tiles = Vec::new();
        let nodes_in = |rack: RackId| snapshot.nodes.iter().filter(move |node| node.rack == rack);
        for rack in &layout.racks {
            counts.push(nodes_in(rack.rack).count() as i32);
        }
        let fit = fit(layout.frame, &layout.measures, &counts);
        let gap = if fit.side >= 12 { 3 } else { 2 };
        for rack in &layout.racks {
            let first = (rack.block.middle() - fit.abreast * fit.side / 2, rack.block.top + layout.measures.head);
            for (nth, node) in (0..).zip(nodes_in(rack.rack)) {
                let (x, y) = (first.0 + nth % fit.abreast * fit.side, first.1 + nth / fit.abreast * fit.side);
                let place = Bounds::new(x, y, fit.side - gap, fit.side - gap);
                let promoted = node.role == Role::Master && fresh(node, snapshot);
                let islands = apart::is_islands(node, snapshot);
                tiles.push(Tile { islands, promoted, ..tile(node, place) });
            }
        }
        let numbers = numbers(&tiles, fit.side - gap);
        let streams = streams(layout, snapshot, home, kinds);
        Self { numbers, streams, summary: summary(snapshot, voice), tiles }
    }

    /// The node at a point.
    pub fn at(&self, x: i32, y: i32) -> Option<HostId> {
        let point = Bounds::new(x, y, 1, 1);
        self.tiles.iter().find(|tile| tile.place.overlaps(&point)).map(|tile| tile.host)
    }

    /// The node a step away as it is seen, for the arrow keys: `(1, 0)` is to the right, `(0, 1)` down, into the next
    /// rack at the ends of one.
    pub fn beside(&self, host: HostId, (columns, rows): (i32, i32)) -> Option<HostId> {
        let from = self.tile(host)?.place;
        let far = |tile: &&Tile| {
            let (x, y) = (tile.place.left - from.left, tile.place.top - from.top);
            let (along, across) = (x * columns + y * rows, (x * rows + y * columns).abs());
            (along > 0).then_some(along + 4 * across)
        };
        let ahead = self.tiles.iter().filter_map(|tile| Some((far(&tile)?, tile.host)));
        ahead.min().map(|(_, host)| host)
    }

    /// The tile of a node.
    pub fn tile(&self, host: HostId) -> Option<&Tile> {
        self.tiles.iter().find(|tile| tile.host == host)
    }
}

/// The value of `data-state`.
pub fn state_name(state: NodeState) -> &'static str {
    ["ok", "down", "paused", "pfail", "fail"][state as usize]
}

/// What a tile says to those who cannot see it: `Master 12, Rack A, failed, 33 slots from 400`.
#[inline(never)] // A door of the page's second part.
pub fn spoken(snapshot: &Snapshot, host: HostId, voice: Voice) -> String {
    let Some(node) = super::words::node(snapshot, host) else {
        return String::new();
    };
    let cast = Cast::new(snapshot);
    let mut parts =
        vec![cast.name(host, voice), cast.rack(node.rack, voice), state_word(node, snapshot).to_owned()];
    if let Some(first) = node.slots.first() {
        let count: u32 = node.slots.iter().map(|range| u32::from(range.end - range.start) + 1).sum();
        parts.push(format!("{} from {}", crate::narrate::counted(count, "slot"), first.start));
    }
    if super::words::is_closed(snapshot, host) {
        parts.insert(3, "closed, answers CLUSTERDOWN".to_owned());
    }
    parts.retain(|part| !part.is_empty());
    parts.join(", ")
}

fn state_word(node: &NodeView, snapshot: &Snapshot) -> &'static str {
    match node.state {
        NodeState::Ok => "",
        NodeState::Down => "does not run",
        NodeState::Paused => "frozen",
        NodeState::Pfail if apart::is_islands(node, snapshot) => "works, suspected by a few",
        NodeState::Pfail => "suspected",
        NodeState::Fail if node.frozen && node.running => "frozen, failed",
        NodeState::Fail => "failed",
    }
}

pub(super) fn tile(node: &NodeView, place: Bounds) -> Tile {
    Tile {
        host: node.host,
        rack: node.rack,
        shard: node.shard,
        master: node.role == Role::Master,
        state: node.state,
        works: node.running && !node.frozen,
        closed: node.running && !node.frozen && !node.cluster_ok,
        islands: false,
        bids: node.election.is_some() && node.running && !node.frozen,
        promoted: false,
        place,
    }
}

/// Numbers, where the largest has room, on at most as many tiles as a page can bear. Three digits have it in the thinner type.
pub(super) fn numbers(tiles: &[Tile], side: i32) -> Vec<Label> {
    let largest = tiles.iter().map(|tile| tile.shard).max().unwrap_or(0).to_string();
    if tiles.len() > 400 || text_width(&largest, TEXT_FLOOR, false) > side {
        return Vec::new();
    }
    let bold = text_width(&largest, TEXT_FLOOR, true) <= side - 2;
    let number = |tile: &Tile| {
        let tone = match (tile.state, tile.master) {
            (NodeState::Fail, _) if !tile.works => Tone::OnLost,
            (NodeState::Down, _) => Tone::OnLost,
            (NodeState::Pfail, _) if !tile.works => Tone::Warn,
            _ if tile.closed => Tone::Ink,
            (_, true) => Tone::OnShard,
            (_, false) => Tone::Shard,
        };
        let text = tile.shard.to_string();
        let label = Label::caption(text, tile.place.middle(), tile.place.middle_y() + 4, TEXT_FLOOR).tone(tone);
        Label { bold, ..label }
    };
    tiles.iter().map(number).collect()
}

/// The whole city in a line.
fn summary(snapshot: &Snapshot, voice: Voice) -> String {
    let count = |state: NodeState| snapshot.nodes.iter().filter(|node| node.state == state).count();
    let mut parts = vec![voice.nodes(snapshot.nodes.len() as u32)];
    for (state, word) in [
        (NodeState::Fail, "failed"),
        (NodeState::Pfail, "suspected"),
        (NodeState::Down, "not suspected yet"),
        (NodeState::Paused, "frozen"),
    ] {
        let number = count(state);
        if number > 0 {
            parts.push(format!("{number} {word}"));
        }
    }
    let closed = |node: &&NodeView| node.role == Role::Master && super::words::is_closed(snapshot, node.host);
    let closed = snapshot.nodes.iter().filter(closed).count();
    if closed > 0 {
        parts.push(format!("{closed} closed"));
    }
    parts.join(" · ")
}

fn streams(layout: &Layout, snapshot: &Snapshot, home: (i32, i32), kinds: Kinds) -> Vec<Stream> {
    let rack_of = |host: HostId| snapshot.nodes.get(usize::from(host.0)).map(|node| node.rack);
    let door = |place: Place| match place {
        Place::Node(host) => {
            let rack = rack_of(host)?;
            let place = layout.racks.iter().find(|place| place.rack == rack)?;
            Some((place.block.middle(), place.block.top + layout.measures.head / 2))
        }
        _ => Some(home),
    };
    let mut streams: Vec<(Stream, f32)> = Vec::new();
    for flight in snapshot.flights.iter().filter(|flight| kinds.shows(flight.kind)) {
        let (Some(from), Some(to)) = (door(flight.from), door(flight.to)) else {
            continue;
        };
        let kind = joined(flight.kind);
        let done = share(flight, snapshot.now);
        let room = streams.len() < MOST_STREAMS;
        match streams.iter_mut().find(|(known, _)| known.kind == kind && known.ends == (from, to)) {
            Some((known, sum)) => (known.count, *sum) = (known.count + 1, *sum + done),
            None if room => {
                streams.push((Stream { kind, ends: (from, to), place: from, count: 1 }, done));
            }
            None => {}
        }
    }
    let placed = streams.into_iter().map(|(stream, sum)| {
        let mean = sum / stream.count as f32;
        let ((x1, y1), (x2, y2)) = stream.ends;
        let between = |one: i32, other: i32| one + ((other - one) as f32 * mean) as i32;
        Stream { place: (between(x1, x2), between(y1, y2)), ..stream }
    });
    placed.collect()
}

/// The kind that a kind is joined with.
fn joined(kind: FlightKind) -> FlightKind {
    match kind {
        FlightKind::Fail | FlightKind::Vote | FlightKind::VoteRequest => kind,
        _ if is_gossip(kind) => FlightKind::Ping,
        _ if decides(kind) => FlightKind::Update,
        FlightKind::Replication => kind,
        FlightKind::Request => kind,
        _ => FlightKind::Reply,
    }
}
