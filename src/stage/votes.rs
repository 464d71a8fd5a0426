//! The panel of votes beside a candidate.

use super::layout::Layout;
use super::text::{Bounds, Label, Tone, text_width};
use crate::cluster::id::HostId;
use crate::cluster::snapshot::{NodeState, NodeView, Role, Snapshot};

/// One master's ballot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ballot {
    /// The voter's shard.
    pub shard: u16,
    /// Whether it has voted for this candidate.
    pub given: bool,
    /// Whether it can vote at all: a failed master cannot.
    pub able: bool,
    /// Its middle.
    pub place: (i32, i32),
}

/// The votes of one candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VotesPanel {
    /// The candidate.
    pub host: HostId,
    /// Its shard.
    pub shard: u16,
    /// The panel's box.
    pub place: Bounds,
    /// `votes 1 of 2`.
    pub title: Label,
    /// One ballot a master.
    pub ballots: Vec<Ballot>,
}

/// The panels of all candidates that have asked and that have room beside them.
pub fn panels(layout: &Layout, snapshot: &Snapshot) -> Vec<VotesPanel> {
    snapshot.nodes.iter().filter_map(|node| panel(layout, snapshot, node)).collect()
}

fn panel(layout: &Layout, snapshot: &Snapshot, node: &NodeView) -> Option<VotesPanel> {
    let bid = node.election.as_ref()?;
    bid.epoch?;
    let long = format!("votes {} of {}", bid.votes.len(), bid.needed);
    let short = format!("{} of {}", bid.votes.len(), bid.needed);
    let shop = layout.cell(node.host)?.shop;
    let (right, left) = side_room(layout, shop);
    let voters: Vec<&NodeView> =
        snapshot.nodes.iter().filter(|voter| voter.role == Role::Master && !voter.slots.is_empty()).collect();
    let least = 17 * voters.len() as i32 + 12;
    let (text, width) = [long, short].into_iter().find_map(|text| {
        let width = (text_width(&text, 12, true) + 16).max(least);
        (width <= right.max(left)).then_some((text, width))
    })?;
    let x = if right >= width { shop.right + 9 } else { shop.left - 9 - width };
    let place = Bounds::new(x, shop.bottom - 46, width, 44);

    let pitch = ((width - 12) / voters.len().max(1) as i32).min(22);
    let first = place.middle() - pitch * (voters.len() as i32 - 1) / 2;
    let ballots = voters.iter().enumerate().map(|(index, voter)| Ballot {
        shard: voter.shard,
        given: bid.votes.contains(&voter.host),
        able: voter.running && !voter.frozen && voter.state != NodeState::Fail,
        place: (first + pitch * index as i32, place.top + 31),
    });
    Some(VotesPanel {
        host: node.host,
        shard: node.shard,
        place,
        title: Label::caption(text, place.middle(), place.top + 16, 12).tone(Tone::Ink).bold(),
        ballots: ballots.collect(),
    })
}

/// Free pixels right and left of a shop, up to the next shop or the frame.
fn side_room(layout: &Layout, shop: Bounds) -> (i32, i32) {
    let row = |other: &&Bounds| other.top < shop.bottom && shop.top < other.bottom;
    let shops = || layout.cells.iter().map(|cell| &cell.shop).filter(row);
    let next = shops().map(|other| other.left).filter(|left| *left > shop.right).min();
    let before = shops().map(|other| other.right).filter(|right| *right < shop.left).max();
    let right = next.unwrap_or(layout.frame.width - 4) - shop.right;
    let left = shop.left - before.unwrap_or(4);
    (right - 18, left - 18)
}
