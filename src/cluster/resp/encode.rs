//! A reply as the bytes that a client gets. Source: Redis 7.0, `networking.c`, `addReply…`.

use super::Protocol;
use crate::cluster::reply::Reply;

/// Appends `reply` to `out`, in the shapes of `protocol`.
pub fn encode(reply: &Reply, protocol: Protocol, out: &mut Vec<u8>) {
    let three = protocol == Protocol::Resp3;
    match reply {
        Reply::Status(text) => line(b'+', text, out),
        Reply::Error(text) => line(b'-', text, out),
        Reply::Integer(number) => integer(*number, out),
        Reply::Bulk(bytes) => bulk(bytes, out),
        Reply::Null | Reply::NullArray if three => out.extend_from_slice(b"_\r\n"),
        Reply::Null => out.extend_from_slice(b"$-1\r\n"),
        Reply::NullArray => out.extend_from_slice(b"*-1\r\n"),
        Reply::Array(items) => all(b'*', items, protocol, out),
        Reply::Double(text) if three => line(b',', text, out),
        Reply::Double(text) => bulk(text.as_bytes(), out),
        Reply::Boolean(yes) if three => out.extend_from_slice(if *yes { b"#t\r\n" } else { b"#f\r\n" }),
        Reply::Boolean(yes) => integer((*yes).into(), out),
        Reply::Verbatim(text) if three => {
            head(b'=', text.len() + 4, out);
            out.extend_from_slice(b"txt:");
            out.extend_from_slice(text);
            out.extend_from_slice(b"\r\n");
        }
        Reply::Verbatim(text) => bulk(text, out),
        Reply::Map(pairs) if three => {
            head(b'%', pairs.len(), out);
            flat(pairs, protocol, out);
        }
        Reply::Pairs(pairs) if three => {
            head(b'*', pairs.len(), out);
            for (key, value) in pairs {
                head(b'*', 2, out);
                encode(key, protocol, out);
                encode(value, protocol, out);
            }
        }
        Reply::Map(pairs) | Reply::Pairs(pairs) => {
            head(b'*', pairs.len() * 2, out);
            flat(pairs, protocol, out);
        }
        Reply::Set(items) => all(if three { b'~' } else { b'*' }, items, protocol, out),
        Reply::Push(items) => all(if three { b'>' } else { b'*' }, items, protocol, out),
        Reply::Several(replies) => replies.iter().for_each(|reply| encode(reply, protocol, out)),
    }
}

fn all(sign: u8, items: &[Reply], protocol: Protocol, out: &mut Vec<u8>) {
    head(sign, items.len(), out);
    items.iter().for_each(|item| encode(item, protocol, out));
}

fn flat(pairs: &[(Reply, Reply)], protocol: Protocol, out: &mut Vec<u8>) {
    for (key, value) in pairs {
        encode(key, protocol, out);
        encode(value, protocol, out);
    }
}

/// A line of text: whatever would end it early becomes a blank, as `addReplyErrorSdsEx` sees to.
fn line(sign: u8, text: &str, out: &mut Vec<u8>) {
    out.push(sign);
    out.extend(text.bytes().map(|byte| if matches!(byte, b'\r' | b'\n') { b' ' } else { byte }));
    out.extend_from_slice(b"\r\n");
}

fn bulk(bytes: &[u8], out: &mut Vec<u8>) {
    out.reserve(bytes.len() + 16);
    head(b'$', bytes.len(), out);
    out.extend_from_slice(bytes);
    out.extend_from_slice(b"\r\n");
}

fn integer(number: i64, out: &mut Vec<u8>) {
    out.push(b':');
    if number < 0 {
        out.push(b'-');
    }
    digits(number.unsigned_abs(), out);
    out.extend_from_slice(b"\r\n");
}

fn head(sign: u8, count: usize, out: &mut Vec<u8>) {
    out.push(sign);
    digits(count as u64, out);
    out.extend_from_slice(b"\r\n");
}

/// Without `format!`: this is most of what a busy door does.
fn digits(mut number: u64, out: &mut Vec<u8>) {
    let mut reversed = [0; 20];
    let mut length = 0;
    loop {
        reversed[length] = b'0' + (number % 10) as u8;
        length += 1;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend(reversed[..length].iter().rev());
}
