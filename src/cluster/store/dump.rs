//! A value as bytes, to send it to another node: what DUMP gives and RESTORE takes.
//!
//! The layout is our own (Redis's is its RDB format): a type byte, items as length and bytes, a version, a checksum.

use std::collections::VecDeque;
use std::rc::Rc;

use super::collections::{Hash, Set};
use super::zset::{Score, ZSet};
use super::{Limits, Value};
use crate::cluster::digest::Digest;
use crate::cluster::reply::Blob;

/// Counts layouts.
const VERSION: u8 = 2;

/// The value as bytes.
pub fn dump(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    match value {
        Value::String(text) | Value::Float(text) => {
            bytes.push(b's');
            put(&mut bytes, text);
        }
        Value::Raw(text) => {
            bytes.push(b'r');
            put(&mut bytes, text);
        }
        Value::List(items) => {
            bytes.push(b'l');
            items.iter().for_each(|item| put(&mut bytes, item));
        }
        Value::Set(members) => {
            bytes.push(b'm');
            members.iter().for_each(|member| put(&mut bytes, member));
        }
        Value::Hash(fields) => {
            bytes.push(b'h');
            for (field, value) in fields.iter() {
                put(&mut bytes, field);
                put(&mut bytes, value);
            }
        }
        Value::ZSet(zset) => {
            bytes.push(b'z');
            for (score, member) in zset.from(0) {
                put(&mut bytes, member);
                put(&mut bytes, &score.0.to_bits().to_le_bytes());
            }
        }
    }
    bytes.push(VERSION);
    let sum = checksum(&bytes);
    bytes.extend(sum);
    bytes
}

/// The value that `bytes` stand for; `None` if they are not whole, or not ours.
pub fn restore(bytes: &[u8], limits: &Limits) -> Option<Value> {
    let (body, sum) = bytes.split_at_checked(bytes.len().checked_sub(8)?)?;
    if checksum(body) != sum {
        return None;
    }
    let (VERSION, body) = body.split_last().map(|(&version, body)| (version, body))? else {
        return None;
    };
    let (&kind, mut rest) = body.split_first()?;
    let mut items = VecDeque::new();
    while !rest.is_empty() {
        items.push_back(take(&mut rest)?);
    }
    match (kind, items.len()) {
        (b's', 1) => items.pop_front().map(Value::String),
        (b'r', 1) => items.pop_front().map(|text| Value::raw(text.to_vec())),
        (b'l', 1..) => Some(Value::list(items)),
        (b'm', 1..) => {
            let mut set = Set::default();
            items.iter().for_each(|item| _ = set.add(item, limits));
            Some(Value::Set(Rc::new(set)))
        }
        (b'h' | b'z', length) if length > 0 && length.is_multiple_of(2) => pairs(kind, items, limits),
        _ => None,
    }
}

fn pairs(kind: u8, items: VecDeque<Blob>, limits: &Limits) -> Option<Value> {
    let (mut hash, mut zset) = (Hash::default(), ZSet::default());
    let mut items = items.into_iter();
    while let (Some(name), Some(value)) = (items.next(), items.next()) {
        if kind == b'h' {
            hash.put(&name, value, limits);
        } else {
            let bits = u64::from_le_bytes(value.as_ref().try_into().ok()?);
            let score = f64::from_bits(bits);
            if score.is_nan() {
                return None;
            }
            zset.put(&name, Score(score), limits);
        }
    }
    Some(if kind == b'h' { Value::Hash(Rc::new(hash)) } else { Value::ZSet(Rc::new(zset)) })
}

fn put(bytes: &mut Vec<u8>, item: &[u8]) {
    bytes.extend((item.len() as u32).to_le_bytes());
    bytes.extend(item);
}

fn take(rest: &mut &[u8]) -> Option<Blob> {
    let (length, tail) = rest.split_first_chunk::<4>()?;
    let (item, tail) = tail.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    *rest = tail;
    Some(item.into())
}

fn checksum(bytes: &[u8]) -> [u8; 8] {
    Digest::of(&bytes).to_le_bytes()
}
