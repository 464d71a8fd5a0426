//! Road blocks: where a cut street, or all that is cut between two racks, is closed, and which way.

use super::layout::Layout;
use super::size::Size;
use super::street::street;
use super::text::Bounds;
use super::words;
use super::works::street_name;
use crate::cluster::id::{ClientId, HostId, Place, RackId};
use crate::cluster::snapshot::Snapshot;

/// At most so many road blocks are drawn.
const MOST_BLOCKS: usize = 16;
/// Half of a road block's width and height.
const HALF: (i32, i32) = (20, 13);

/// A road block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Its middle.
    pub at: (i32, i32),
    /// What pressing it opens, as [`opened_by`] reads it.
    pub street: String,
    /// To where nothing gets through, if it does get through the other way: a step in that direction.
    pub one_way: Option<(i32, i32)>,
    /// The street that it closes, from door to door: neighbouring streets run a few pixels apart.
    pub way: Option<String>,
}

/// The box of a road block.
pub fn block_box((x, y): (i32, i32)) -> Bounds {
    Bounds::new(x - HALF.0, y - HALF.1, 2 * HALF.0, 2 * HALF.1)
}

/// All road blocks, and the racks that are apart: of those in between, one block may stand for several.
pub(super) fn blocks(
    layout: &Layout,
    snapshot: &Snapshot,
    home: (i32, i32),
) -> (Vec<Block>, Vec<(RackId, RackId)>) {
    let mut blocks: Vec<Block> = Vec::new();
    let ends = whole_racks_first(snapshot);
    for &(from, to) in ends.iter().filter(|pair| !closed_before(layout, &ends, **pair)) {
        if blocks.len() == MOST_BLOCKS {
            break;
        }
        let street = match (from, to) {
            (End::Rack(one), End::Rack(other)) => format!("rack {}", alone(snapshot, one, other).0),
            (End::At(one), End::At(other)) => street_name(one, other),
            (End::Rack(rack), _) | (_, End::Rack(rack)) => format!("rack {}", rack.0),
        };
        let taken = |at: (i32, i32)| blocks.iter().any(|block| block_box(block.at).overlaps(&block_box(at)));
        if let Some((at, ahead, way)) = block(layout, (from, to), home, taken) {
            let one_way = one_way(snapshot, from, to).map(|along| (ahead.0 * along, ahead.1 * along));
            blocks.push(Block { at, street, one_way, way });
        }
    }
    let apart = ends.iter().filter_map(|ends| match *ends {
        (End::Rack(one), End::Rack(other)) => Some((one, other)),
        _ => None,
    });
    let apart = apart.collect();
    (blocks, apart)
}

/// Whether all that is cut off from a machine stands in racks that are cut off from its own: the board between them says so,
/// and it needs none beside it.
pub(super) fn is_told_between_racks(snapshot: &Snapshot, host: HostId, apart: &[(RackId, RackId)]) -> bool {
    let rack = |place: Place| match place {
        Place::Node(host) => words::node(snapshot, host).map(|node| node.rack),
        _ => None,
    };
    let own = Place::Node(host);
    let mut cut = snapshot.cuts.iter().filter(|(from, to)| *from == own || *to == own);
    !apart.is_empty()
        && cut.all(|(from, to)| {
            rack(*from)
                .zip(rack(*to))
                .is_none_or(|(one, other)| one != other && apart.contains(&(one.min(other), one.max(other))))
        })
}

/// Of two racks that are apart the one that has more roads cut: the other may be apart from nobody else.
fn alone(snapshot: &Snapshot, one: RackId, other: RackId) -> RackId {
    let of = |rack: RackId| {
        let inside = |place: Place| matches!(place, Place::Node(host) if words::node(snapshot, host).is_some_and(|node| node.rack == rack));
        snapshot.cuts.iter().take(256).filter(|(from, _)| inside(*from)).count()
    };
    if of(one) > of(other) { one } else { other }
}

/// Whether all that is cut between two ends is cut one way: 1 from the first to the second, -1 back.
fn one_way(snapshot: &Snapshot, from: End, to: End) -> Option<i32> {
    let at = |end: End, place: Place| match end {
        End::At(Place::Node(host)) => place == Place::Node(host),
        End::At(_) => !matches!(place, Place::Node(_)),
        End::Rack(rack) => {
            matches!(place, Place::Node(host) if words::node(snapshot, host).is_some_and(|node| node.rack == rack))
        }
    };
    let there = snapshot.cuts.iter().any(|(one, other)| at(from, *one) && at(to, *other));
    let back = snapshot.cuts.iter().any(|(one, other)| at(to, *one) && at(from, *other));
    (there != back).then_some(if there { 1 } else { -1 })
}

/// Whether the way between two racks is closed between two others that stand on it: a second block would close a street
/// on which all gets through.
fn closed_before(layout: &Layout, ends: &[(End, End)], pair: (End, End)) -> bool {
    let span = |(one, other): (End, End)| {
        let (End::Rack(one), End::Rack(other)) = (one, other) else { return None };
        let at = |rack: RackId| layout.racks.iter().find(|place| place.rack == rack).map(|place| place.block);
        let (one, other) = (at(one)?, at(other)?);
        (one.top == other.top).then(|| (one.top, one.left.min(other.left), one.left.max(other.left)))
    };
    span(pair).is_some_and(|(top, left, right)| {
        let within = |&(t, l, r): &(i32, i32, i32)| t == top && left <= l && r <= right && r - l < right - left;
        ends.iter().filter_map(|other| span(*other)).any(|other| within(&other))
    })
}

/// What a cut separates.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Rack(RackId),
    At(Place),
}

/// All who are no nodes: they stand on the one square.
const SQUARE: Place = Place::Client(ClientId(0));

/// The cuts, each once; where all of two racks are apart, one for both.
fn whole_racks_first(snapshot: &Snapshot) -> Vec<(End, End)> {
    let rack = |place: Place| match place {
        Place::Node(host) => words::node(snapshot, host).map(|node| node.rack),
        _ => None,
    };
    let cut = |one: HostId, other: HostId| snapshot.cuts.contains(&(Place::Node(one), Place::Node(other)));
    let apart = |one: RackId, other: RackId| {
        let of = |rack: RackId| snapshot.nodes.iter().filter(move |node| node.rack == rack).map(|node| node.host);
        one != other && of(one).all(|a| of(other).all(|b| cut(a, b) || cut(b, a)))
    };
    let unserved = |rack: RackId, client: Place| {
        let own = || snapshot.nodes.iter().filter(|node| node.rack == rack).map(|node| Place::Node(node.host));
        let cut = |node: Place| snapshot.cuts.contains(&(node, client)) || snapshot.cuts.contains(&(client, node));
        own().count() > 1 && own().all(cut)
    };
    // Whom nobody reaches any more has a board beside it, across all its streets: one on each of them says no more.
    let alone = |place: Place| {
        let mut others = snapshot.nodes.iter().map(|node| Place::Node(node.host)).filter(|other| *other != place);
        matches!(place, Place::Node(_))
            && snapshot.nodes.len() > 2
            && others
                .all(|other| snapshot.cuts.contains(&(place, other)) && snapshot.cuts.contains(&(other, place)))
    };
    let mut lonely: Vec<(Place, bool)> = Vec::new();
    let mut is_alone = |place: Place| match lonely.iter().find(|(known, _)| *known == place) {
        Some((_, found)) => *found,
        None => {
            lonely.push((place, alone(place)));
            alone(place)
        }
    };
    let mut ends: Vec<(End, End)> = Vec::new();
    // So many single streets are a tangle: what is cut is still seen.
    for &(from, to) in snapshot.cuts.iter().take(256) {
        if is_alone(from) || is_alone(to) {
            continue;
        }
        let pair = match (rack(from), rack(to)) {
            (Some(one), Some(other)) if apart(one, other) => {
                (End::Rack(one.min(other)), End::Rack(one.max(other)))
            }
            (Some(rack), None) if unserved(rack, to) => (End::Rack(rack), End::At(SQUARE)),
            (None, Some(rack)) if unserved(rack, from) => (End::Rack(rack), End::At(SQUARE)),
            (Some(_), None) => (End::At(from), End::At(SQUARE)),
            (None, Some(_)) => (End::At(SQUARE), End::At(to)),
            (None, None) => continue,
            _ => (End::At(from), End::At(to)),
        };
        if !ends.contains(&pair) && !ends.contains(&(pair.1, pair.0)) {
            ends.push(pair);
        }
    }
    ends
}

/// Where a block stands, a step along its street there, and the street if it is one.
type Spot = ((i32, i32), (i32, i32), Option<String>);

/// Where a road block stands and which way its street goes there, and the street: clear of shops, of what is written and
/// of other blocks.
fn block(layout: &Layout, ends: (End, End), home: (i32, i32), taken: impl Fn((i32, i32)) -> bool) -> Option<Spot> {
    let place = |rack: RackId| layout.racks.iter().find(|place| place.rack == rack).map(|place| place.block);
    if let (End::Rack(one), End::Rack(other)) = ends {
        let (one, other) = (place(one)?, place(other)?);
        let beside = one.top == other.top;
        let between = |a: i32, b: i32| (a + b) / 2;
        // Not all pairs of racks are neighbours: a block stands where the way leaves the first towards the other, and the
        // way on to it is drawn, or the one between would seem to be cut off.
        let (at, ahead, way) = if beside {
            let (left, right) = if one.left < other.left { (one, other) } else { (other, one) };
            let near = right.left.min(left.right + layout.measures.gap);
            // Beside walls: captions reach further out than they do.
            let walls = layout.cells.iter().find(|cell| left.contains(&cell.shop)).map(|cell| cell.shop);
            let y = walls.unwrap_or(left).middle_y() + (right.left - left.right) / 40;
            let way = (near < right.left).then(|| format!("M{} {y}H{}", left.right, right.left));
            ((between(left.right, near), y), ((other.left - one.left).signum(), 0), way)
        } else {
            let y = between(one.bottom.min(other.bottom), one.top.max(other.top));
            ((one.middle(), y), (0, (other.top - one.top).signum()), None)
        };
        return (!taken(at)).then_some((at, ahead, way));
    }
    let (from, to) = match ends {
        (End::At(from), End::At(to)) => (from, to),
        (End::Rack(rack), _) | (_, End::Rack(rack)) => {
            // Where its streets come down to the road.
            let at = (place(rack)?.middle(), layout.road.bottom - HALF.1);
            return (!taken(at)).then_some((at, (0, 1), None));
        }
    };
    if layout.measures.size == Size::Tile {
        return None;
    }
    let way = street(layout, from, to, home)?;
    let clear = |at: (i32, i32), room: i32| {
        let own = block_box(at);
        let captions = layout.measures.captions();
        let within = |shop: Bounds| Bounds { left: shop.left + room, right: shop.right - room, ..shop };
        let covers = |shop: Bounds| Bounds { bottom: shop.bottom + captions, ..within(shop) }.overlaps(&own);
        layout.bounds().contains(&own) && !layout.cells.iter().any(|cell| covers(cell.shop))
    };
    let at = |share: i32| {
        let ((x, y), heading) = way.at(share as f32 / 20.0);
        let ahead = match heading as i32 {
            0 => (1, 0),
            180 => (-1, 0),
            90 => (0, 1),
            _ => (0, -1),
        };
        ((x as i32, y as i32), ahead)
    };
    let shares = [10, 9, 11, 8, 12, 7, 13, 6, 14, 5, 15, 4, 16];
    let shifts = [(0, 0), (-8, 0), (8, 0), (-14, 0), (14, 0)];
    let around = || {
        shifts.into_iter().flat_map(|(dx, dy)| {
            let shifted = move |((x, y), ahead): ((i32, i32), (i32, i32))| ((x + dx, y + dy), ahead);
            shares.into_iter().map(at).map(shifted)
        })
    };
    let inside = |((x, y), ahead): ((i32, i32), _)| ((x.clamp(HALF.0, layout.frame.width - HALF.0), y), ahead);
    // The narrowest gutters have room for a part of it only.
    let (at, ahead) = [0, 14, 24]
        .into_iter()
        .find_map(|room| around().find(|(point, _)| clear(*point, room) && !taken(*point)))
        .or_else(|| around().find(|(point, _)| !taken(*point)).map(inside))
        .unwrap_or_else(|| inside(at(10)));
    Some((at, ahead, Some(way.data())))
}
