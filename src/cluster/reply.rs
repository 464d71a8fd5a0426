//! What a command answers, as a value. Only the door to real clients turns it into RESP bytes.

use std::borrow::Cow;
use std::rc::Rc;

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

    /// The reply as `redis-cli` prints it to a person, in RESP2: one string a line, no line end.
    ///
    /// Source: Redis 7.0, `redis-cli.c`, `cliFormatReplyTTY`.
    pub fn lines(&self) -> Vec<String> {
        match self {
            Self::Status(text) => vec![text.to_string()],
            Self::Error(text) => vec![format!("(error) {text}")],
            Self::Integer(number) => vec![format!("(integer) {number}")],
            Self::Bulk(bytes) | Self::Verbatim(bytes) => vec![quoted(bytes)],
            Self::Double(text) => vec![quoted(text.as_bytes())],
            Self::Boolean(yes) => vec![format!("(integer) {}", u8::from(*yes))],
            Self::Null | Self::NullArray => vec!["(nil)".to_owned()],
            Self::Array(items) | Self::Set(items) | Self::Push(items) => numbered(items.iter()),
            Self::Map(pairs) | Self::Pairs(pairs) => {
                numbered(pairs.iter().flat_map(|(key, value)| [key, value]).collect::<Vec<_>>().into_iter())
            }
            Self::Several(replies) => replies.iter().flat_map(Self::lines).collect(),
        }
    }
}

/// The elements of an array, numbered and nested as `redis-cli` does.
fn numbered<'a>(items: impl ExactSizeIterator<Item = &'a Reply>) -> Vec<String> {
    if items.len() == 0 {
        return vec!["(empty array)".to_owned()];
    }
    let width = items.len().to_string().len();
    let mut lines = Vec::new();
    for (index, item) in items.enumerate() {
        let prefix = format!("{:>width$}) ", index + 1);
        for (row, line) in item.lines().into_iter().enumerate() {
            if row == 0 {
                lines.push(format!("{prefix}{line}"));
            } else {
                lines.push(format!("{}{line}", " ".repeat(prefix.len())));
            }
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
