//! The order of a part's functions: those that are alike stand near each other, where gzip still remembers the one before.
//!
//! Balanced partitioning as in Dhulipala and others, "Compressing Graphs and Indexes with Recursive Graph Bisection" (2016),
//! which linkers use for the same: the functions are halved, and change sides in pairs as long as that brings together what
//! they have in common; then the same within each half.

use std::collections::BTreeMap;

use crate::program::Program;

/// What two functions have in common is counted in pieces of so many bytes.
const PIECE: usize = 6;
/// How often all functions may change sides before a half is halved.
const ROUNDS: usize = 20;
/// So few functions stay as they are.
const FEW: usize = 10;

/// These functions, in an order that packs well.
pub(crate) fn by_likeness(program: &Program<'_>, functions: &[u32]) -> Vec<u32> {
    let bodies = functions.iter().map(|function| {
        let body = &program.bodies[(function - program.imported) as usize];
        body.as_bytes()
    });
    order(&bodies.collect::<Vec<_>>()).into_iter().map(|at| functions[at]).collect()
}

/// The places of the texts in a better order.
fn order(texts: &[&[u8]]) -> Vec<usize> {
    let mut numbers: BTreeMap<&[u8], (u32, u32)> = BTreeMap::new();
    for text in texts {
        let mut own: Vec<&[u8]> = text.windows(PIECE).collect();
        own.sort_unstable();
        own.dedup();
        for piece in own {
            let next = numbers.len() as u32;
            numbers.entry(piece).or_insert((next, 0)).1 += 1;
        }
    }
    let pieces: Vec<Vec<u32>> = texts
        .iter()
        .map(|text| {
            let common = text.windows(PIECE).map(|piece| numbers[piece]).filter(|(_, many)| *many > 1);
            let mut own: Vec<u32> = common.map(|(number, _)| number).collect();
            own.sort_unstable();
            own.dedup();
            own
        })
        .collect();
    let mut order: Vec<usize> = (0..texts.len()).collect();
    halve(&mut order, &pieces, &mut vec![[0; 2]; numbers.len()]);
    order
}

/// Sorts the functions into two halves, and each half likewise. `counts` is room for how often a half has each piece; all
/// nought before and after.
fn halve(order: &mut [usize], pieces: &[Vec<u32>], counts: &mut [[u32; 2]]) {
    if order.len() <= FEW {
        return;
    }
    let middle = order.len() / 2;
    let count = |side: usize, half: &[usize], counts: &mut [[u32; 2]]| {
        half.iter().flat_map(|one| &pieces[*one]).for_each(|piece| counts[*piece as usize][side] += 1);
    };
    count(0, &order[..middle], counts);
    count(1, &order[middle..], counts);
    for _ in 0..ROUNDS {
        if !change_sides(order.split_at_mut(middle), pieces, counts) {
            break;
        }
    }
    order.iter().flat_map(|one| &pieces[*one]).for_each(|piece| counts[*piece as usize] = [0; 2]);
    let (left, right) = order.split_at_mut(middle);
    halve(left, pieces, counts);
    halve(right, pieces, counts);
}

/// Has those change sides that gain by it, in pairs; whether there were any.
fn change_sides(
    (left, right): (&mut [usize], &mut [usize]),
    pieces: &[Vec<u32>],
    counts: &mut [[u32; 2]],
) -> bool {
    let gain_of = |one: usize, side: usize, counts: &[[u32; 2]]| -> f64 {
        pieces[one].iter().map(|piece| gain(counts[*piece as usize], side)).sum()
    };
    for (side, half) in [&mut *left, &mut *right].into_iter().enumerate() {
        let mut gains: Vec<(f64, usize)> = half.iter().map(|one| (gain_of(*one, side, counts), *one)).collect();
        gains.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
        half.iter_mut().zip(&gains).for_each(|(place, (_, one))| *place = *one);
    }
    let mut moved = false;
    for (one, other) in left.iter_mut().zip(right) {
        // Counted anew, for those before have changed sides: otherwise two halves alike would change places for ever.
        if gain_of(*one, 0, counts) + gain_of(*other, 1, counts) <= 0.0 {
            continue;
        }
        moved = true;
        pieces[*one].iter().for_each(|piece| cross(&mut counts[*piece as usize], 0));
        pieces[*other].iter().for_each(|piece| cross(&mut counts[*piece as usize], 1));
        std::mem::swap(one, other);
    }
    moved
}

fn cross(count: &mut [u32; 2], from: usize) {
    count[from] -= 1;
    count[1 - from] += 1;
}

/// What it gains that one function with a piece leaves this side, where so many have it on each.
fn gain(count: [u32; 2], side: usize) -> f64 {
    let cost = |here: u32, there: u32| {
        let (here, there) = (f64::from(here), f64::from(there));
        -(here * (here + 1.0).log2() + there * (there + 1.0).log2())
    };
    cost(count[side], count[1 - side]) - cost(count[side] - 1, count[1 - side] + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_alike_stands_together() {
        let kinds =
            ["the first of all kinds, ", "another one altogether, ", "and now a third: ", "what is left over "];
        let texts: Vec<String> = (0..32).map(|at| format!("{at}{}{at}", kinds[at % 4].repeat(3))).collect();
        let order = order(&texts.iter().map(String::as_bytes).collect::<Vec<_>>());
        let changes = order.windows(2).filter(|pair| pair[0] % 4 != pair[1] % 4).count();
        assert_eq!(changes, 3, "{order:?}");
        let mut sorted = order;
        sorted.sort_unstable();
        assert_eq!(sorted, (0..32).collect::<Vec<_>>(), "each once");
    }
}
