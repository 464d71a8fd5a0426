//! What a command answers, as a value. Only the door to real clients turns it into RESP bytes.

use std::borrow::Cow;
use std::rc::Rc;

use super::resp::Protocol;

/// A string of arbitrary bytes, cheap to clone.
pub type Blob = Rc<[u8]>;

/// A reply, in the shapes of RESP3; `resp::encode` says how a client of RESP2 gets each.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Reply {
    /// A status line such as `OK`.
    Status(Cow<'static, str>),
    /// An error, starting with its code: `ERR syntax error`, `MOVED 12893 10.0.3.1:6379`.
    Error(Rc<str>),
    /// An integer.
    Integer(i64),
    /// A bulk string.
    Bulk(Blob),
    /// The null bulk string: no such value.
    Null,
    /// An array.
    Array(Vec<Reply>),
    /// The null array: `EXEC` after a watched key changed.
    NullArray,
    /// A floating-point number as Redis prints it (17 significant digits): the core counts in integers.
    Double(Rc<str>),
    /// Yes or no.
    Boolean(bool),
    /// A text for people, such as that of `INFO` or `CLUSTER NODES`.
    Verbatim(Blob),
    /// Keys with values.
    Map(Vec<(Reply, Reply)>),
    /// A set: members in an order that means nothing.
    Set(Vec<Reply>),
    /// Pairs in order, such as members with scores: flat in RESP2, an array of arrays in RESP3.
    Pairs(Vec<(Reply, Reply)>),
    /// What a server says unasked, such as a message of pub/sub.
    Push(Vec<Reply>),
    /// One command's several replies: `SUBSCRIBE` has one for each channel.
    Several(Vec<Reply>),
}

impl Reply {
    /// Whether a node refused for the state that it or the cluster is in, rather than for what was asked.
    pub fn turns_away(&self) -> bool {
        let words = ["CLUSTERDOWN", "TRYAGAIN", "LOADING", "MASTERDOWN", "NOREPLICAS", "READONLY", "OOM "];
        matches!(self, Self::Error(text) if words.iter().any(|word| text.starts_with(word)))
    }

    /// `OK`.
    pub fn ok() -> Self {
        Self::status("OK")
    }

    /// A status line.
    pub fn status(text: impl Into<Cow<'static, str>>) -> Self {
        Self::Status(text.into())
    }

    /// An error; `text` starts with the error's code.
    pub fn error(text: impl AsRef<str>) -> Self {
        Self::Error(text.as_ref().into())
    }

    /// A bulk string.
    pub fn bulk(bytes: impl AsRef<[u8]>) -> Self {
        Self::Bulk(bytes.as_ref().into())
    }

    /// A bulk string that RESP3 shows as text for people.
    pub fn verbatim(text: impl AsRef<[u8]>) -> Self {
        Self::Verbatim(text.as_ref().into())
    }

    /// A map with names as keys.
    pub fn map<const N: usize>(fields: [(&str, Reply); N]) -> Self {
        Self::Map(fields.into_iter().map(|(name, value)| (Self::bulk(name), value)).collect())
    }

    /// Whether this is an error.
    pub fn is_error(&self) -> bool {
        matches!(self, Self::Error(_))
    }

    /// The reply as `redis-cli` prints it to a person, in lines.
    ///
    /// Source: Redis 7.0, `redis-cli.c`, `cliFormatReplyTTY`.
    pub fn lines(&self, protocol: Protocol) -> Vec<String> {
        let mut text = String::new();
        self.print(protocol, "", &mut text);
        text.pop();
        text.split('\n').map(|line| line.trim_end_matches('\r').to_owned()).collect()
    }

    /// Prints with a line break at the end. Whoever is above has printed what stands before the first line; `before` stands
    /// before all others.
    fn print(&self, protocol: Protocol, before: &str, out: &mut String) {
        let three = protocol == Protocol::Resp3;
        let mut items = |items: &[Self], sign, empty| {
            numbered(items.iter().map(|item| (item, None)), [sign, empty], protocol, before, out);
        };
        let line = match self {
            Self::Status(text) => text.to_string(),
            Self::Error(text) => format!("(error) {text}"),
            Self::Integer(number) => format!("(integer) {number}"),
            Self::Verbatim(text) if three => String::from_utf8_lossy(text).into_owned(),
            Self::Bulk(bytes) | Self::Verbatim(bytes) => quoted(bytes),
            Self::Double(text) if three => format!("(double) {text}"),
            Self::Double(text) => quoted(text.as_bytes()),
            Self::Boolean(yes) if three => format!("({yes})"),
            Self::Boolean(yes) => format!("(integer) {}", u8::from(*yes)),
            Self::Null | Self::NullArray => "(nil)".to_owned(),
            Self::Set(members) if three => return items(members, "~", "(empty set)"),
            Self::Push(words) if three => match invalidation(words) {
                Some(line) => line,
                None => return items(words, ")", "(empty push)"),
            },
            Self::Array(all) | Self::Set(all) | Self::Push(all) => return items(all, ")", "(empty array)"),
            Self::Map(pairs) if three => {
                let pairs = pairs.iter().map(|(key, value)| (key, Some(value)));
                return numbered(pairs, ["#", "(empty hash)"], protocol, before, out);
            }
            Self::Pairs(pairs) if three => {
                let arrays = pairs.iter().map(|(key, value)| Self::Array(vec![key.clone(), value.clone()]));
                return items(&arrays.collect::<Vec<_>>(), ")", "(empty array)");
            }
            Self::Map(pairs) | Self::Pairs(pairs) => {
                let flat: Vec<_> = pairs.iter().flat_map(|(key, value)| [(key, None), (value, None)]).collect();
                return numbered(flat.into_iter(), [")", "(empty array)"], protocol, before, out);
            }
            Self::Several(replies) => return replies.iter().for_each(|reply| reply.print(protocol, before, out)),
        };
        out.push_str(&line);
        out.push('\n');
    }

    /// Whether it takes more than one line. Source: Redis 7.0, `redis-cli.c`, `cliIsMultilineValueTTY`.
    fn is_long(&self) -> bool {
        match self {
            Self::Array(items) | Self::Set(items) | Self::Push(items) => match &items[..] {
                [] => false,
                [only] => only.is_long(),
                _ => true,
            },
            Self::Map(pairs) => pairs.len() > 1 || pairs.iter().any(|(_, value)| value.is_long()),
            Self::Pairs(pairs) => !pairs.is_empty(),
            _ => false,
        }
    }
}

/// What a client that caches is told of keys that changed. Source: Redis 7.0, `redis-cli.c`, `cliFormatInvalidateTTY`.
fn invalidation(words: &[Reply]) -> Option<String> {
    match words {
        [Reply::Bulk(kind), Reply::Array(keys)] if **kind == *b"invalidate" => {
            let name = |key: &Reply| match key {
                Reply::Bulk(key) => format!("'{}'", String::from_utf8_lossy(key)),
                _ => String::new(),
            };
            Some(format!("-> invalidate: {}", keys.iter().map(name).collect::<Vec<_>>().join(", ")))
        }
        _ => None,
    }
}

/// The elements of a collection, numbered and nested as `redis-cli` does; in a map each has its value behind it.
fn numbered<'a>(
    items: impl ExactSizeIterator<Item = (&'a Reply, Option<&'a Reply>)>,
    [sign, empty]: [&str; 2],
    protocol: Protocol,
    before: &str,
    out: &mut String,
) {
    if items.len() == 0 {
        out.push_str(empty);
        out.push('\n');
        return;
    }
    let width = items.len().to_string().len();
    let inner = before.to_owned() + &" ".repeat(width + 2);
    for (index, (item, value)) in items.enumerate() {
        if index > 0 {
            out.push_str(before);
        }
        out.push_str(&format!("{:>width$}{sign} ", index + 1));
        item.print(protocol, &inner, out);
        if let Some(value) = value {
            out.pop();
            out.push_str(" => ");
            if value.is_long() {
                out.push('\n');
                out.push_str(&inner);
            }
            value.print(protocol, &inner, out);
        }
    }
}

/// Bytes in double quotes with everything unprintable escaped, as `sdscatrepr` of Redis's `sds.c` does.
pub fn quoted(bytes: &[u8]) -> String {
    let mut text = String::from("\"");
    for &byte in bytes {
        match byte {
            b'\\' => text.push_str("\\\\"),
            b'"' => text.push_str("\\\""),
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            b'\t' => text.push_str("\\t"),
            0x07 => text.push_str("\\a"),
            0x08 => text.push_str("\\b"),
            0x20..=0x7e => text.push(char::from(byte)),
            _ => text.push_str(&format!("\\x{byte:02x}")),
        }
    }
    text.push('"');
    text
}
