//! Integers of any width inside a string: BITFIELD. Source: Redis 7.0, `bitops.c`, `bitfieldGeneric`.

use super::Data;
use super::argument::{err, integer, is_word, need_integer, settle, syntax};
use super::bits::BAD_OFFSET;
use super::data::VALUE_LIMIT;
use super::table::{Keys, Spec, rows};
use crate::cluster::reply::{Blob, Reply};

pub(super) const COMMANDS: &[Spec] = rows! { Bitmap:
    "bitfield" -2 [Write DenyOom] Keys::One(1), Data(bitfield);
    "bitfield_ro" -2 [Read Fast] Keys::One(1), Data(bitfield_ro);
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Overflow {
    Wrap,
    Saturate,
    Fail,
}

/// One operation; without an amount it is a GET.
struct Operation {
    signed: bool,
    bits: usize,
    at: usize,
    amount: Option<i64>,
    adds: bool,
    overflow: Overflow,
}

fn bitfield(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(parse(argv).and_then(|operations| work(data, argv, &operations)))
}

fn bitfield_ro(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(parse(argv).and_then(|operations| {
        if operations.iter().any(|operation| operation.amount.is_some()) {
            return Err(err("ERR BITFIELD_RO only supports the GET subcommand"));
        }
        work(data, argv, &operations)
    }))
}

fn parse(argv: &[Blob]) -> Result<Vec<Operation>, Reply> {
    let mut operations = Vec::new();
    let mut overflow = Overflow::Wrap;
    let mut words = &argv[2..];
    while let Some((word, rest)) = words.split_first() {
        let name = ["GET", "SET", "INCRBY", "OVERFLOW"].into_iter().find(|name| is_word(word, name));
        let needs = match name {
            Some("GET") => 2,
            Some("SET" | "INCRBY") => 3,
            Some(_) => 1,
            None => return Err(syntax()),
        };
        let Some((given, rest)) = rest.split_at_checked(needs) else {
            return Err(syntax());
        };
        words = rest;
        if let [word] = given {
            let kinds = [("WRAP", Overflow::Wrap), ("SAT", Overflow::Saturate), ("FAIL", Overflow::Fail)];
            let kind = kinds.into_iter().find(|(name, _)| is_word(word, name));
            overflow = kind.ok_or_else(|| err("ERR Invalid OVERFLOW type specified"))?.1;
            continue;
        }
        let (signed, bits) = encoding(&given[0])?;
        let at = offset(&given[1], bits)?;
        let amount = given.get(2).map(|word| need_integer(word)).transpose()?;
        operations.push(Operation { signed, bits, at, amount, adds: name == Some("INCRBY"), overflow });
    }
    Ok(operations)
}

fn encoding(word: &[u8]) -> Result<(bool, usize), Reply> {
    let signed = word.first() == Some(&b'i');
    let bits = match word.first() {
        Some(b'i' | b'u') => integer(&word[1..]).filter(|bits| (1..=if signed { 64 } else { 63 }).contains(bits)),
        _ => None,
    };
    let text = "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.";
    bits.map(|bits| (signed, bits as usize)).ok_or_else(|| err(text))
}

fn offset(word: &[u8], bits: usize) -> Result<usize, Reply> {
    let (digits, step) = word.strip_prefix(b"#").map_or((word, 1), |digits| (digits, bits as i64));
    let at = integer(digits).filter(|at| *at >= 0).and_then(|at| at.checked_mul(step));
    let at = at.filter(|at| (at >> 3) < VALUE_LIMIT as i64).ok_or_else(|| err(BAD_OFFSET))?;
    Ok(at as usize)
}

fn work(data: &mut Data<'_>, argv: &[Blob], operations: &[Operation]) -> Result<Reply, Reply> {
    let key = &argv[1];
    let writes = operations.iter().filter(|operation| operation.amount.is_some());
    let reach = writes.map(|operation| (operation.at + operation.bits).div_ceil(8)).max();
    let mut bytes = data.bytes(key)?.to_vec();
    bytes.resize(bytes.len().max(reach.unwrap_or(0)), 0);
    let answers = operations.iter().map(|operation| operation.carry_out(&mut bytes)).collect();
    if reach.is_some() {
        *data.bytes_mut(key)? = bytes;
        data.changed(key);
        data.pass_on(argv);
    }
    Ok(Reply::Array(answers))
}

impl Operation {
    fn carry_out(&self, bytes: &mut [u8]) -> Reply {
        let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| u64::from(byte >> (7 - at % 8) & 1));
        let raw = (self.at..self.at + self.bits).fold(0, |number, at| number << 1 | bit(at));
        let old = self.read(raw);
        let Some(amount) = self.amount else {
            return Reply::Integer(old as i64);
        };
        let given = if self.signed { i128::from(amount) } else { i128::from(amount as u64) };
        let new = if self.adds { old + i128::from(amount) } else { given };
        let (low, high) = if self.signed {
            (-(1 << (self.bits - 1)), (1 << (self.bits - 1)) - 1)
        } else {
            (0, (1 << self.bits) - 1)
        };
        // Redis's own reckoning of what is left up to the bound runs over for numbers far below: they count as too large.
        let runs_over = self.signed && self.bits < 64 && !self.adds && high - new > i128::from(i64::MAX);
        let new = match self.overflow {
            Overflow::Fail if !(low..=high).contains(&new) => return Reply::Null,
            Overflow::Saturate if runs_over => high,
            Overflow::Saturate => new.clamp(low, high),
            _ => new,
        };
        for place in 0..self.bits {
            let at = self.at + place;
            let mask = 128 >> (at % 8);
            let on = new >> (self.bits - 1 - place) & 1 == 1;
            bytes[at / 8] = bytes[at / 8] & !mask | if on { mask } else { 0 };
        }
        let mask = u64::MAX >> (64 - self.bits);
        Reply::Integer(if self.adds { self.read(new as u64 & mask) } else { old } as i64)
    }

    /// The number that these bits stand for.
    fn read(&self, raw: u64) -> i128 {
        let negative = self.signed && raw >> (self.bits - 1) & 1 == 1;
        i128::from(raw) - if negative { 1 << self.bits } else { 0 }
    }
}
