//! A value as bytes, to send it to another node: what DUMP gives and RESTORE takes.
//!
//! The layout is our own (Redis's is its RDB format): a type byte, items as length and bytes, and a checksum.

use std::collections::VecDeque;

use super::Value;
use crate::cluster::digest::Digest;
use crate::cluster::reply::Blob;

/// The value as bytes.
pub fn dump(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    match value {
        Value::String(text) => {
            bytes.push(b's');
            put(&mut bytes, text);
        }
        Value::List(items) => {
            bytes.push(b'l');
            items.iter().for_each(|item| put(&mut bytes, item));
        }
    }
    let sum = checksum(&bytes);
    bytes.extend(sum);
    bytes
}

/// The value that `bytes` stand for; `None` if they are not whole, or not ours.
pub fn restore(bytes: &[u8]) -> Option<Value> {
    let (body, sum) = bytes.split_at_checked(bytes.len().checked_sub(8)?)?;
    if checksum(body) != sum {
        return None;
    }
    let (&kind, mut rest) = body.split_first()?;
    let mut items = VecDeque::new();
    while !rest.is_empty() {
        items.push_back(take(&mut rest)?);
    }
    match (kind, items.len()) {
        (b's', 1) => items.pop_front().map(Value::String),
        (b'l', 1..) => Some(Value::List(items)),
        _ => None,
    }
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
