//! An answer as a value, and the reading of RESP2 and RESP3.

use std::io::{self, BufRead};

use cluster_city::cluster::reply::Reply;
use cluster_city::cluster::resp::{Protocol, encode};

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Answer {
    Status(String),
    Error(String),
    Integer(i64),
    Text(String),
    Null,
    NullArray,
    Array(Vec<Answer>),
    /// A map, a set or a push of RESP3, flat.
    Aggregate(u8, Vec<Answer>),
    /// A double, or what else RESP3 has on a line.
    Scalar(u8, String),
}

impl Answer {
    /// Bytes as text that loses none of them.
    pub(crate) fn text(bytes: &[u8]) -> Self {
        Self::Text(bytes.escape_ascii().to_string())
    }

    /// Reads one answer.
    pub(crate) fn read(from: &mut impl BufRead) -> io::Result<Self> {
        let mut line = String::new();
        from.read_line(&mut line)?;
        let bad = || io::Error::new(io::ErrorKind::InvalidData, format!("not RESP: {line:?}"));
        let rest = line.get(1..).ok_or_else(bad)?.trim_end();
        let number = || rest.parse::<i64>().map_err(|_| bad());
        Ok(match line.as_bytes()[0] {
            b'+' => Self::Status(rest.into()),
            b'-' => Self::Error(rest.into()),
            b':' => Self::Integer(number()?),
            b'$' | b'=' => match usize::try_from(number()?) {
                Err(_) => Self::Null,
                Ok(length) => {
                    let mut bytes = vec![0; length + 2];
                    from.read_exact(&mut bytes)?;
                    Self::text(&bytes[..length])
                }
            },
            b'*' => match usize::try_from(number()?) {
                Err(_) => Self::NullArray,
                Ok(length) => Self::Array((0..length).map(|_| Self::read(from)).collect::<io::Result<_>>()?),
            },
            kind @ (b'%' | b'~' | b'>') => {
                let items = number()? * if kind == b'%' { 2 } else { 1 };
                Self::Aggregate(kind, (0..items).map(|_| Self::read(from)).collect::<io::Result<_>>()?)
            }
            kind @ (b',' | b'_' | b'#') => Self::Scalar(kind, rest.into()),
            _ => return Err(bad()),
        })
    }

    /// What the core answers, by way of the bytes that a client gets.
    pub(crate) fn of(reply: &Reply, protocol: Protocol) -> Self {
        let mut bytes = Vec::new();
        encode(reply, protocol, &mut bytes);
        let mut rest = bytes.as_slice();
        let answer = Self::read(&mut rest).expect("the core speaks RESP");
        assert!(rest.is_empty(), "more than one answer: {}", bytes.escape_ascii());
        answer
    }
}
