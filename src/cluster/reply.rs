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

    /// The reply as `redis-cli` prints it to a person: one string a line, no line end.
    ///
    /// Source: Redis 7.0, `redis-cli.c`, `cliFormatReplyTTY`.
    pub fn lines(&self, protocol: Protocol) -> Vec<String> {
        let three = protocol == Protocol::Resp3;
        let all =
            |items: &[Self], sign, empty| numbered(items.iter().map(|item| (item, None)), sign, empty, protocol);
        match self {
            Self::Status(text) => vec![text.to_string()],
            Self::Error(text) => vec![format!("(error) {text}")],
            Self::Integer(number) => vec![format!("(integer) {number}")],
            Self::Verbatim(text) if three => {
                String::from_utf8_lossy(text).split('\n').map(str::to_owned).collect()
            }
            Self::Bulk(bytes) | Self::Verbatim(bytes) => vec![quoted(bytes)],
            Self::Double(text) if three => vec![format!("(double) {text}")],
            Self::Double(text) => vec![quoted(text.as_bytes())],
            Self::Boolean(yes) if three => vec![format!("({yes})")],
            Self::Boolean(yes) => vec![format!("(integer) {}", u8::from(*yes))],
            Self::Null | Self::NullArray => vec!["(nil)".to_owned()],
            Self::Set(items) if three => all(items, '~', "set"),
            Self::Push(items) if three => all(items, ')', "push"),
            Self::Array(items) | Self::Set(items) | Self::Push(items) => all(items, ')', "array"),
            Self::Map(pairs) if three => {
                numbered(pairs.iter().map(|(key, value)| (key, Some(value))), '#', "hash", protocol)
            }
            Self::Pairs(pairs) if three => {
                let arrays = pairs.iter().map(|(key, value)| Self::Array(vec![key.clone(), value.clone()]));
                all(&arrays.collect::<Vec<_>>(), ')', "array")
            }
            Self::Map(pairs) | Self::Pairs(pairs) => {
                let flat: Vec<_> = pairs.iter().flat_map(|(key, value)| [(key, None), (value, None)]).collect();
                numbered(flat.into_iter(), ')', "array", protocol)
            }
            Self::Several(replies) => replies.iter().flat_map(|reply| reply.lines(protocol)).collect(),
        }
    }
}

/// The elements of a collection, numbered and nested as `redis-cli` does; in a map each has its value behind it.
fn numbered<'a>(
    items: impl ExactSizeIterator<Item = (&'a Reply, Option<&'a Reply>)>,
    sign: char,
    kind: &str,
    protocol: Protocol,
) -> Vec<String> {
    if items.len() == 0 {
        return vec![format!("(empty {kind})")];
    }
    let width = items.len().to_string().len();
    let mut lines = Vec::new();
    for (index, (item, value)) in items.enumerate() {
        let mut inner = item.lines(protocol);
        if let Some(value) = value {
            let mut behind = value.lines(protocol).into_iter();
            if let (Some(last), Some(first)) = (inner.last_mut(), behind.next()) {
                last.push_str(" => ");
                last.push_str(&first);
            }
            inner.extend(behind);
        }
        let prefix = format!("{:>width$}{sign} ", index + 1);
        for (row, line) in inner.into_iter().enumerate() {
            let before = if row == 0 { prefix.clone() } else { " ".repeat(prefix.len()) };
            lines.push(before + &line);
        }
    }
    lines
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
