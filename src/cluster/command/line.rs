//! A typed line into words, with the quoting of redis-cli.
//!
//! Source: Redis 7.0, `sds.c`, `sdssplitargs`.

use crate::cluster::reply::Blob;

/// The most bytes a typed line may have.
pub const LINE_LIMIT: usize = 64 * 1024;

/// What redis-cli prints for a line it cannot read.
pub const INVALID: &str = "Invalid argument(s)";

/// Splits a line into words; `None` where quotes are not closed, or not followed by a blank.
pub fn split(line: &str) -> Option<Vec<Blob>> {
    split_bytes(line.as_bytes())
}

/// The same for a line of arbitrary bytes, such as an inline request.
pub fn split_bytes(bytes: &[u8]) -> Option<Vec<Blob>> {
    if bytes.len() > LINE_LIMIT {
        return None;
    }
    let mut words = Vec::new();
    let mut at = 0;
    loop {
        while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
            at += 1;
        }
        if at == bytes.len() {
            return Some(words);
        }
        let (word, next) = word(bytes, at)?;
        words.push(word.into());
        at = next;
    }
}

/// One word that starts at `at`, and where it ends.
fn word(bytes: &[u8], mut at: usize) -> Option<(Vec<u8>, usize)> {
    let mut word = Vec::new();
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at = double_quoted(bytes, at + 1, &mut word)?;
                return closed(bytes, at).then_some((word, at));
            }
            b'\'' => {
                at = single_quoted(bytes, at + 1, &mut word)?;
                return closed(bytes, at).then_some((word, at));
            }
            byte if byte.is_ascii_whitespace() => break,
            byte => {
                word.push(byte);
                at += 1;
            }
        }
    }
    Some((word, at))
}

/// A closing quote must be followed by a blank or the end.
fn closed(bytes: &[u8], at: usize) -> bool {
    bytes.get(at).is_none_or(u8::is_ascii_whitespace)
}

fn double_quoted(bytes: &[u8], mut at: usize, word: &mut Vec<u8>) -> Option<usize> {
    loop {
        match (bytes.get(at)?, bytes.get(at + 1)) {
            (b'"', _) => return Some(at + 1),
            (b'\\', Some(b'x')) if hex(bytes, at + 2).is_some() => {
                word.push(hex(bytes, at + 2)?);
                at += 4;
            }
            (b'\\', Some(&escaped)) => {
                word.push(match escaped {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'b' => 0x08,
                    b'a' => 0x07,
                    other => other,
                });
                at += 2;
            }
            (&byte, _) => {
                word.push(byte);
                at += 1;
            }
        }
    }
}

fn single_quoted(bytes: &[u8], mut at: usize, word: &mut Vec<u8>) -> Option<usize> {
    loop {
        match (bytes.get(at)?, bytes.get(at + 1)) {
            (b'\'', _) => return Some(at + 1),
            (b'\\', Some(b'\'')) => {
                word.push(b'\'');
                at += 2;
            }
            (&byte, _) => {
                word.push(byte);
                at += 1;
            }
        }
    }
}

fn hex(bytes: &[u8], at: usize) -> Option<u8> {
    let high = char::from(*bytes.get(at)?).to_digit(16)?;
    let low = char::from(*bytes.get(at + 1)?).to_digit(16)?;
    Some((high * 16 + low) as u8)
}
