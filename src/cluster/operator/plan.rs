//! Which slots go where: plans that move the fewest slots. Pure arithmetic on who has what.

use crate::cluster::id::NodeId;
use crate::cluster::order::sort_by_key;
use crate::cluster::slot::Slot;

/// A master and the slots it has, ascending.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Holder {
    /// Its id.
    pub id: NodeId,
    /// Its slots.
    pub slots: Vec<Slot>,
}

/// A slot on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Move {
    /// The slot.
    pub slot: Slot,
    /// Who has it.
    pub from: NodeId,
    /// Who is to have it.
    pub to: NodeId,
}

/// Evens the slots out, so that no two masters differ by more than one, with the fewest moves there can be.
///
/// Of `n` masters and `s` slots, `s mod n` have one more than the others. Moves are fewest if those that have most to begin
/// with keep that one more: everything above a master's share must go, and nothing else does.
pub fn even_out(holders: &[Holder]) -> Vec<Move> {
    let total: usize = holders.iter().map(|holder| holder.slots.len()).sum();
    let Some(share) = total.checked_div(holders.len()) else {
        return Vec::new();
    };
    let mut order: Vec<&Holder> = holders.iter().collect();
    sort_by_key(&mut order, |holder| (std::cmp::Reverse(holder.slots.len()), holder.id));
    let extra = total % holders.len();
    let target = |place: usize| share + usize::from(place < extra);
    let surplus = order.iter().enumerate().flat_map(|(place, holder)| {
        let keep = target(place).min(holder.slots.len());
        holder.slots[keep..].iter().map(|&slot| (slot, holder.id))
    });
    let wanting = order.iter().enumerate().flat_map(|(place, holder)| {
        let lacks = target(place).saturating_sub(holder.slots.len());
        std::iter::repeat_n(holder.id, lacks)
    });
    surplus.zip(wanting).map(|((slot, from), to)| Move { slot, from, to }).collect()
}

/// Gives up to `count` slots of `from` to `to`, the lowest first.
pub fn take(holders: &[Holder], from: NodeId, to: NodeId, count: u16) -> Vec<Move> {
    let slots = holders.iter().filter(|holder| holder.id == from).flat_map(|holder| &holder.slots);
    slots.take(count.into()).map(|&slot| Move { slot, from, to }).collect()
}

/// Gives all slots of `from` to the others, so that those stay as even as can be.
pub fn empty(holders: &[Holder], from: NodeId) -> Vec<Move> {
    let mut others: Vec<(usize, NodeId)> =
        holders.iter().filter(|holder| holder.id != from).map(|holder| (holder.slots.len(), holder.id)).collect();
    let mut moves = take(holders, from, from, u16::MAX);
    let mut targets = Vec::with_capacity(moves.len());
    for _ in &moves {
        let Some(least) = others.iter_mut().min() else {
            return Vec::new();
        };
        least.0 += 1;
        targets.push(least.1);
    }
    // Each gets slots that lie together: short lists, and one new epoch instead of one a slot.
    sort_by_key(&mut targets, |target| *target);
    for (one, target) in moves.iter_mut().zip(targets) {
        one.to = target;
    }
    moves
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holders(counts: &[usize]) -> Vec<Holder> {
        let mut next = 0;
        let holder = |(id, &count): (u64, &usize)| {
            let slots = (next..next + count as Slot).collect();
            next += count as Slot;
            Holder { id: NodeId(id), slots }
        };
        (0..).zip(counts).map(holder).collect()
    }

    fn after(before: &[Holder], moves: &[Move]) -> Vec<usize> {
        let count = |holder: &Holder| {
            let gone = moves.iter().filter(|one| one.from == holder.id).count();
            let come = moves.iter().filter(|one| one.to == holder.id).count();
            holder.slots.len() + come - gone
        };
        before.iter().map(count).collect()
    }

    /// The fewest moves to any even sharing, by trying all of them.
    fn fewest(counts: &[usize]) -> usize {
        let (total, n) = (counts.iter().sum::<usize>(), counts.len());
        let (share, extra) = (total / n, total % n);
        let sets = (0..1_u32 << n).filter(|set| set.count_ones() as usize == extra);
        let cost = |set: u32| -> usize {
            let target = |place: usize| share + usize::from(set & (1 << place) != 0);
            counts.iter().enumerate().map(|(place, &count)| count.saturating_sub(target(place))).sum()
        };
        sets.map(cost).min().unwrap_or(0)
    }

    #[test]
    fn evening_out_moves_the_fewest_slots_there_can_be() {
        for seed in 0..2_000_usize {
            let n = 1 + seed % 5;
            let counts: Vec<usize> =
                (0..n).map(|place| (seed / 5 * 31 + place * place * 17 + seed * place) % 23).collect();
            let before = holders(&counts);
            let moves = even_out(&before);
            let shares = after(&before, &moves);
            let (least, most) = (shares.iter().min().unwrap_or(&0), shares.iter().max().unwrap_or(&0));
            assert!(most - least <= 1, "{counts:?} became {shares:?}");
            assert_eq!(moves.len(), fewest(&counts), "{counts:?}");
            assert!(moves.iter().all(|one| one.from != one.to), "{counts:?}");
        }
    }

    #[test]
    fn a_newcomer_gets_its_share_from_everybody() {
        let moves = even_out(&holders(&[5461, 5462, 5461, 0]));
        assert_eq!(moves.len(), 4096);
        assert!(moves.iter().all(|one| one.to == NodeId(3)));
    }

    #[test]
    fn emptying_leaves_the_others_even() {
        let before = holders(&[10, 3, 4]);
        let moves = empty(&before, NodeId(0));
        assert_eq!(after(&before, &moves), [0, 9, 8]);
        assert_eq!(empty(&holders(&[10]), NodeId(0)), [], "there is nobody to give them to");
    }

    #[test]
    fn taking_more_than_there_is_takes_all() {
        assert_eq!(take(&holders(&[3, 2]), NodeId(1), NodeId(0), 9).len(), 2);
    }
}
