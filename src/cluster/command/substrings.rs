//! Parts of strings: GETRANGE, SETRANGE, LCS. Source: Redis 7.0, `t_string.c`.

use super::Data;
use super::argument::{count, err, is_word, need_integer, settle, syntax};
use super::data::VALUE_LIMIT;
use super::strings::TOO_LONG;
use super::table::{Keys, Spec, rows};
use crate::cluster::reply::{Blob, Reply};

pub(super) const COMMANDS: &[Spec] = rows! { String:
    "getrange" 4 [Read] Keys::One(1), Data(getrange);
    "substr" 4 [Read] Keys::One(1), Data(getrange);
    "setrange" 4 [Write DenyOom] Keys::One(1), Data(setrange);
    "lcs" -3 [Read] Keys::Two(1), Data(lcs);
};

fn getrange(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(try_getrange(data, argv))
}

fn try_getrange(data: &mut Data<'_>, argv: &[Blob]) -> Result<Reply, Reply> {
    let (start, end) = (need_integer(&argv[2])?, need_integer(&argv[3])?);
    let bytes = data.bytes(&argv[1])?;
    let length = bytes.len() as i64;
    // Unlike a list's range, an end before the beginning is the first byte.
    let place = |at: i64| if at < 0 { at.saturating_add(length).max(0) } else { at };
    let (from, to) = (place(start), place(end).min(length - 1));
    if (start < 0 && end < 0 && start > end) || from > to {
        return Ok(Reply::bulk([]));
    }
    Ok(Reply::bulk(&bytes[from as usize..=to as usize]))
}

fn setrange(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(try_setrange(data, argv))
}

fn try_setrange(data: &mut Data<'_>, argv: &[Blob]) -> Result<Reply, Reply> {
    let (key, part) = (&argv[1], &argv[3]);
    let offset = usize::try_from(need_integer(&argv[2])?).map_err(|_| err("ERR offset is out of range"))?;
    let length = data.bytes(key)?.len();
    if part.is_empty() {
        return Ok(count(length));
    }
    let end = offset.saturating_add(part.len());
    if end > VALUE_LIMIT {
        return Err(err(TOO_LONG));
    }
    let bytes = data.bytes_mut(key)?;
    bytes.resize(length.max(end), 0);
    bytes[offset..end].copy_from_slice(part);
    data.changed(key);
    data.pass_on(argv);
    Ok(count(length.max(end)))
}

#[derive(Default)]
struct LcsOptions {
    length: bool,
    indexes: bool,
    with_length: bool,
    least: i64,
}

fn lcs(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(try_lcs(data, argv))
}

fn try_lcs(data: &mut Data<'_>, argv: &[Blob]) -> Result<Reply, Reply> {
    let strings = || err("ERR The specified keys must contain string values");
    let a = data.bytes(&argv[1]).map_err(|_| strings())?.to_vec();
    let b = data.bytes(&argv[2]).map_err(|_| strings())?.to_vec();
    let mut options = LcsOptions::default();
    let mut words = argv[3..].iter();
    while let Some(word) = words.next() {
        match () {
            () if is_word(word, "IDX") => options.indexes = true,
            () if is_word(word, "LEN") => options.length = true,
            () if is_word(word, "WITHMATCHLEN") => options.with_length = true,
            () if is_word(word, "MINMATCHLEN") => {
                options.least = need_integer(words.next().ok_or_else(syntax)?)?;
            }
            () => return Err(syntax()),
        }
    }
    if options.indexes && options.length {
        return Err(err("ERR If you want both the length and indexes, please just use IDX."));
    }
    if (a.len() + 1).saturating_mul(b.len() + 1) > VALUE_LIMIT * 8 {
        return Err(err("ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len"));
    }
    Ok(common(&a, &b, &options))
}

/// The table of lengths, walked back from its end. The order of matches is that of Redis's `lcsCommand`.
fn common(a: &[u8], b: &[u8], options: &LcsOptions) -> Reply {
    let width = b.len() + 1;
    let mut table = vec![0u32; (a.len() + 1) * width];
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            table[i * width + j] = if a[i - 1] == b[j - 1] {
                table[(i - 1) * width + j - 1] + 1
            } else {
                table[(i - 1) * width + j].max(table[i * width + j - 1])
            };
        }
    }
    let length = table[a.len() * width + b.len()];
    if options.length {
        return Reply::Integer(length.into());
    }
    let mut text = Vec::new();
    let mut matches = Vec::new();
    // The match under way: where it begins in both, and how long it is.
    let mut open: Option<(usize, usize, usize)> = None;
    let mut close = |open: &mut Option<(usize, usize, usize)>| {
        if let Some((i, j, long)) = open.take()
            && long as i64 >= options.least
        {
            let span = |from: usize| Reply::Array(vec![count(from), count(from + long - 1)]);
            let mut one = vec![span(i), span(j)];
            if options.with_length {
                one.push(count(long));
            }
            matches.push(Reply::Array(one));
        }
    };
    let (mut i, mut j) = (a.len(), b.len());
    while i > 0 && j > 0 {
        if a[i - 1] == b[j - 1] {
            (i, j) = (i - 1, j - 1);
            text.push(a[i]);
            open = open.map_or(Some((i, j, 1)), |(_, _, long)| Some((i, j, long + 1)));
        } else {
            close(&mut open);
            if table[(i - 1) * width + j] > table[i * width + j - 1] { i -= 1 } else { j -= 1 }
        }
    }
    close(&mut open);
    if options.indexes {
        let length = Reply::Integer(length.into());
        return Reply::Map(vec![(Reply::bulk("matches"), Reply::Array(matches)), (Reply::bulk("len"), length)]);
    }
    text.reverse();
    Reply::bulk(text)
}
