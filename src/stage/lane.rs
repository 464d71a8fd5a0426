//! Lanes: the dotted ways from a master to its copies, and the ways of everything else that travels.

use super::layout::{Cell, Layout};
use super::shape::num;
use super::shop::backup_front;
use super::size::Size;
use crate::cluster::id::HostId;
use crate::cluster::snapshot::{Role, Snapshot, SyncState};

/// A replication lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// The master's machine.
    pub from: HostId,
    /// The replica's machine.
    pub to: HostId,
    /// Its shard: hue.
    pub shard: u16,
    /// Whether the stream flows.
    pub flows: bool,
    /// Its corners.
    pub points: Vec<(i32, i32)>,
    /// How high it is drawn to at either end: what travels keeps clear of the captions, the lane begins at the walls.
    pub ends: (i32, i32),
}

impl Lane {
    /// It as path data, from wall to wall; captions between are left free.
    pub fn drawn(&self) -> String {
        let mut points = self.points.clone();
        let mut stubs = String::new();
        if let [first, .., last] = &mut points[..] {
            for (corner, end) in [(first, self.ends.0), (last, self.ends.1)] {
                if end > corner.1 {
                    corner.1 = end;
                } else {
                    stubs.push_str(&format!("M{} {end}v5", corner.0));
                }
            }
        }
        rounded(&points, 10.0) + &stubs
    }
}

/// Where a lane meets a shop's walls, seen from the corner beside it.
fn meets(cell: &Cell, (_, y): (i32, i32), master: bool) -> i32 {
    let front = if master { cell.shop } else { backup_front(cell.shop) };
    if y < front.middle_y() { front.top - 1 } else { front.bottom + 2 }
}

/// The lanes of all replicas that know their master.
pub fn lanes(layout: &Layout, snapshot: &Snapshot) -> Vec<Lane> {
    let mut lanes = Vec::new();
    if layout.measures.size != Size::Full {
        // Thirty lanes are a tangle: the bar and the word under each copy say how far it is.
        return lanes;
    }
    for node in &snapshot.nodes {
        let Role::Replica { of: Some(master) } = node.role else {
            continue;
        };
        let (Some(from), Some(to)) = (layout.cell(master), layout.cell(node.host)) else {
            continue;
        };
        let flows = matches!(
            node.sync,
            SyncState::InSync | SyncState::Behind { .. } | SyncState::Loading { total: 1.., .. }
        );
        let points = corners(layout, from, to, lanes.len() as i32 % 3);
        let leads =
            |host: HostId| snapshot.nodes.iter().any(|node| node.host == host && node.role == Role::Master);
        let ends = (meets(from, points[0], leads(master)), meets(to, points[points.len() - 1], false));
        lanes.push(Lane { from: master, to: node.host, shard: node.shard, flows, points, ends });
    }
    lanes
}

/// Down (or up) from one shop, along the space between the rows, and to the other. Each lane keeps its own track.
fn corners(layout: &Layout, from: &Cell, to: &Cell, track: i32) -> Vec<(i32, i32)> {
    let measures = &layout.measures;
    let foot = |cell: &Cell| cell.shop.bottom + measures.captions() + 2;
    let head = |cell: &Cell| cell.shop.top - 2;
    let upper = if from.shop.top <= to.shop.top { from } else { to };
    let last_row = layout.cells.iter().map(|cell| cell.row).max().unwrap_or(0);
    let level = from.shop.top == to.shop.top;
    let below = !level || upper.row < last_row || measures.abreast > 1;
    let (start, end) = match (level, below) {
        (true, true) => (foot(from), foot(to)),
        (true, false) => (head(from), head(to)),
        (false, _) if upper == from => (foot(from), head(to)),
        (false, _) => (head(from), foot(to)),
    };
    let step = (measures.lanes - 8) / 3;
    let middle = if below { foot(upper) + 4 + track * step } else { head(upper) - 12 - track * step };
    let (x1, x2) = (from.shop.middle() - 9, to.shop.middle() + 9);
    vec![(x1, start), (x1, middle), (x2, middle), (x2, end)]
}

/// A way that something travels: along corners, with legs straight across or straight up and down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way(pub Vec<(i32, i32)>);

impl Way {
    /// The point at a share of the way, 0 to 1, and the direction there in degrees.
    pub fn at(&self, share: f32) -> ((f32, f32), f32) {
        along(&self.0, share)
    }

    /// The share of the way that is nearest to a point, in thousandths.
    pub fn nearest(&self, (x, y): (i32, i32)) -> u64 {
        let far = |share: &u64| {
            let ((at_x, at_y), _) = self.at(*share as f32 / 1_000.0);
            (at_x as i32 - x).pow(2) + (at_y as i32 - y).pow(2)
        };
        (0..=1_000).step_by(5).min_by_key(far).unwrap_or(0)
    }

    /// SVG path data.
    pub fn data(&self) -> String {
        rounded(&self.0, 10.0)
    }
}

fn along(points: &[(i32, i32)], share: f32) -> ((f32, f32), f32) {
    let legs: Vec<f32> = points.windows(2).map(|leg| length(leg[0], leg[1])).collect();
    let mut rest = legs.iter().sum::<f32>() * share.clamp(0.0, 1.0);
    for (leg, length) in points.windows(2).zip(&legs) {
        if rest <= *length && *length > 0.0 {
            let part = rest / length;
            let (dx, dy) = ((leg[1].0 - leg[0].0) as f32, (leg[1].1 - leg[0].1) as f32);
            return ((leg[0].0 as f32 + dx * part, leg[0].1 as f32 + dy * part), heading(dx, dy));
        }
        rest -= length;
    }
    let last = points.last().copied().unwrap_or_default();
    ((last.0 as f32, last.1 as f32), 0.0)
}

fn length(a: (i32, i32), b: (i32, i32)) -> f32 {
    ((b.0 - a.0).abs() + (b.1 - a.1).abs()) as f32
}

/// The direction of a leg in degrees.
fn heading(dx: f32, dy: f32) -> f32 {
    match (dx != 0.0, dx > 0.0, dy > 0.0) {
        (true, true, _) => 0.0,
        (true, false, _) => 180.0,
        (false, _, true) => 90.0,
        (false, _, false) => -90.0,
    }
}

/// Path data through corners, each rounded off.
pub fn rounded(points: &[(i32, i32)], radius: f32) -> String {
    let Some(((x, y), rest)) = points.split_first() else {
        return String::new();
    };
    let mut data = format!("M{x} {y}");
    for index in 0..rest.len() {
        let corner = (rest[index].0 as f32, rest[index].1 as f32);
        let Some(next) = rest.get(index + 1) else {
            data.push_str(&format!("L{} {}", num(corner.0), num(corner.1)));
            break;
        };
        let before = pulled(corner, points[index], radius);
        let after = pulled(corner, *next, radius);
        data.push_str(&format!(
            "L{} {}Q{} {} {} {}",
            num(before.0),
            num(before.1),
            num(corner.0),
            num(corner.1),
            num(after.0),
            num(after.1)
        ));
    }
    data
}

/// The point `radius` from a corner towards `other`, at most half-way.
fn pulled(corner: (f32, f32), other: (i32, i32), radius: f32) -> (f32, f32) {
    let (dx, dy) = (other.0 as f32 - corner.0, other.1 as f32 - corner.1);
    let far = dx.abs() + dy.abs();
    if far < 1.0 {
        return corner;
    }
    let part = (radius / far).min(0.5);
    (corner.0 + dx * part, corner.1 + dy * part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_starts_and_ends_where_it_should() {
        let lane = Way(vec![(0, 0), (0, 10), (20, 10), (20, 30)]);
        assert_eq!(lane.at(0.0).0, (0.0, 0.0));
        assert_eq!(lane.at(0.5).0, (15.0, 10.0));
        assert_eq!(lane.at(1.0).0, (20.0, 30.0));
    }

    #[test]
    fn lanes_are_drawn_from_wall_to_wall() {
        use crate::stage::checks::frames;
        use crate::stage::scene::{Look, Scene};
        for frame in frames() {
            let scene = Scene::of(&crate::stage::fixture::opening(), frame, &Look::default());
            assert_eq!(scene.lanes.len(), 3);
            for lane in scene.lanes.iter() {
                for (host, y) in [(lane.from, lane.ends.0), (lane.to, lane.ends.1)] {
                    let front = scene.shops[usize::from(host.0)].front;
                    let far = (y - front.top).abs().min((y - front.bottom).abs());
                    assert!(far <= 2, "{y} of {front:?} at {frame:?}");
                    let drawn = lane.drawn();
                    assert!(drawn.contains(&format!(" {y}")), "{drawn} reaches {y} at {frame:?}");
                }
            }
        }
    }

    #[test]
    fn corners_are_rounded() {
        assert_eq!(rounded(&[(0, 0), (0, 20), (40, 20)], 5.0), "M0 0L0 15Q0 20 5 20L40 20");
    }
}
