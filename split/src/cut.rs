//! Which functions and which data go: decided by what the first part can reach.

use std::collections::BTreeSet;

use crate::program::{Outcome, Program};

/// What goes to the second part.
#[derive(Debug, Default)]
pub(crate) struct Cut {
    /// Functions.
    pub(crate) functions: BTreeSet<u32>,
    /// Those of them that the first part calls: they get places at the end of the first table, in this order.
    pub(crate) doors: Vec<u32>,
    /// Data: place in memory, and length.
    pub(crate) data: Vec<(u32, usize)>,
}

/// What leads to the second part, by the functions' names.
pub(crate) struct Ways<'a> {
    /// Beginnings of names: functions that are only reached through tables.
    pub(crate) entries: &'a [&'a str],
    /// Whole names: functions that the first part calls, but only once the second is there.
    pub(crate) doors: &'a [&'a str],
    /// What a text that only the second part reads begins and ends with.
    pub(crate) marks: [&'a [u8]; 2],
}

/// Decides. What goes is what the first part could only reach by one of the `ways`.
pub(crate) fn decide(program: &Program<'_>, ways: &Ways<'_>) -> Outcome<Cut> {
    let doors = ways.doors.iter().map(|door| door_of(program, door)).collect::<Outcome<BTreeSet<u32>>>()?;
    let is_entry = |function: &u32| {
        program.plain_name(*function).is_some_and(|name| {
            // The code of a closure is named after the trait that it has: `<path as FnOnce>::call_once`.
            let path = name.trim_start_matches('<');
            ways.entries.iter().any(|way| path.starts_with(way))
        })
    };
    let mut open: Vec<u32> = program
        .exports
        .iter()
        .filter(|export| export.kind == wasmparser::ExternalKind::Func)
        .map(|export| export.index)
        .chain(
            program
                .elements
                .iter()
                .flat_map(|entries| entries.functions.iter().copied())
                .filter(|one| !is_entry(one)),
        )
        .chain(0..program.imported)
        .collect();
    let mut stays: BTreeSet<u32> = open.iter().copied().collect();
    while let Some(function) = open.pop() {
        for named in program.named_by(function)? {
            if !doors.contains(&named) && stays.insert(named) {
                open.push(named);
            }
        }
    }
    let functions: BTreeSet<u32> =
        (0..program.functions.len() as u32).filter(|one| !stays.contains(one)).collect();
    if let Some(door) = doors.iter().find(|door| !functions.contains(door)) {
        return Err(format!("{:?} leads nowhere: it stands in a table too", program.plain_name(*door)));
    }
    Ok(Cut { functions, doors: doors.into_iter().collect(), data: marked(program, ways.marks)? })
}

fn door_of(program: &Program<'_>, door: &str) -> Outcome<u32> {
    let named = (0..program.functions.len() as u32).find(|one| program.plain_name(*one).as_deref() == Some(door));
    named.ok_or_else(|| format!("it has no function {door}: is it inlined, or are the names gone?"))
}

/// Where the texts between the marks stand, marks included.
fn marked(program: &Program<'_>, [begin, end]: [&[u8]; 2]) -> Outcome<Vec<(u32, usize)>> {
    let mut found = Vec::new();
    for (place, bytes) in &program.data {
        let mut at = 0;
        while let Some(from) = position(&bytes[at..], begin) {
            let length = position(&bytes[at + from..], end).ok_or("a text begins and does not end")? + end.len();
            found.push((place + (at + from) as u32, length));
            at += from + length;
        }
    }
    Ok(found)
}

fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
