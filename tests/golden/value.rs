//! A RESP value as it was on the wire, for comparing; written apart from the program's own encoder and parser.

/// One value, with the sign it had.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Value {
    /// A line: `+`, `-`, `:`, `_`, `,`, `#`.
    Line(char, Vec<u8>),
    /// Bytes with their length before them (`$`, `=`), or none.
    Bulk(char, Option<Vec<u8>>),
    /// Values with their number before them (`*`, `~`, `>`, `%`), or none. A map's keys and values alternate.
    Many(char, Option<Vec<Value>>),
}

impl Value {
    /// Reads one value from the front; `None` if not all of it is there.
    pub(crate) fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let end = bytes.windows(2).position(|pair| pair == b"\r\n")?;
        let (sign, line, mut rest) = (char::from(bytes[0]), &bytes[1..end], &bytes[end + 2..]);
        let count = || String::from_utf8_lossy(line).parse::<i64>().expect("a count");
        let value = match sign {
            '$' | '=' if count() < 0 => Self::Bulk(sign, None),
            '$' | '=' => {
                let length = count() as usize;
                let body = rest.get(..length + 2)?;
                assert!(body.ends_with(b"\r\n"), "a bulk string ends with its length");
                rest = &rest[length + 2..];
                Self::Bulk(sign, Some(body[..length].to_vec()))
            }
            '*' | '~' | '>' | '%' if count() < 0 => Self::Many(sign, None),
            '*' | '~' | '>' | '%' => {
                let each = if sign == '%' { 2 } else { 1 };
                let mut items = Vec::new();
                for _ in 0..count() * each {
                    let (item, after) = Self::read(rest)?;
                    items.push(item);
                    rest = after;
                }
                Self::Many(sign, Some(items))
            }
            '+' | '-' | ':' | '_' | ',' | '#' => Self::Line(sign, line.to_vec()),
            other => panic!("no RESP: {other:?}"),
        };
        Some((value, rest))
    }

    /// As on the wire again.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Line(sign, line) => [sign.to_string().as_bytes(), line, b"\r\n"].concat(),
            Self::Bulk(sign, None) | Self::Many(sign, None) => format!("{sign}-1\r\n").into_bytes(),
            Self::Bulk(sign, Some(body)) => {
                [format!("{sign}{}\r\n", body.len()).as_bytes(), body, b"\r\n"].concat()
            }
            Self::Many(sign, Some(items)) => {
                let count = if *sign == '%' { items.len() / 2 } else { items.len() };
                let items = items.iter().flat_map(Self::bytes);
                format!("{sign}{count}\r\n").into_bytes().into_iter().chain(items).collect()
            }
        }
    }

    /// The wire's bytes on one printable line.
    pub(crate) fn show(&self) -> String {
        self.bytes().escape_ascii().to_string().replace("\\'", "'").replace("\\\"", "\"")
    }

    /// The text of a line or a bulk string.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Line(_, bytes) | Self::Bulk(_, Some(bytes)) => String::from_utf8_lossy(bytes).into_owned(),
            _ => String::new(),
        }
    }
}
