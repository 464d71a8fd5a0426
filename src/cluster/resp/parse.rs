//! Bytes into requests: arrays of bulk strings, and inline commands as a person types them.
//!
//! Source: Redis 7.0, `networking.c`, `processInlineBuffer`, `processMultibulkBuffer`. One difference: whether a line
//! is too long does not depend on how its bytes arrived.

use std::rc::Rc;

use crate::cluster::command::argument::integer;
use crate::cluster::command::line;
use crate::cluster::reply::Blob;

/// `PROTO_INLINE_MAX_SIZE`: the longest inline request, and the longest line with a count.
const LINE_LIMIT: usize = 64 * 1024;
/// `proto-max-bulk-len`: the longest word.
const WORD_LIMIT: i64 = 512 * 1024 * 1024;
/// The most bytes of one request; Redis closes the connection beyond `client-query-buffer-limit`, 1 GB.
pub const MOST_REQUEST_BYTES: usize = 64 * 1024 * 1024;

/// Room for so many words is made before they are there, and kept for the next request.
const MOST_SPARE: usize = 64;

/// The stream is not RESP. The reply says why, and nothing after it can be understood: close the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProtocolError(Vec<u8>);

impl ProtocolError {
    fn new(what: &str) -> Self {
        Self(format!("-ERR Protocol error: {what}\r\n").into_bytes())
    }

    /// The last bytes for the client.
    pub fn reply(&self) -> &[u8] {
        &self.0
    }
}

/// A request of which not all is here yet.
#[derive(Clone, Debug)]
struct Begun {
    missing: usize,
    words: Vec<Blob>,
    /// Bytes of the words so far.
    bytes: usize,
    /// The length of the word that comes.
    length: Option<usize>,
}

/// Takes bytes as they come and gives requests.
#[derive(Clone, Debug, Default)]
pub struct Parser {
    buffer: Vec<u8>,
    /// Where the unread part of the buffer begins.
    at: usize,
    begun: Option<Begun>,
    /// Room for the words of the next request.
    spare: Vec<Blob>,
    /// The last request's name: most often the next one has the same.
    name: Blob,
    broken: Option<ProtocolError>,
}

impl Parser {
    /// Adds what arrived.
    pub fn feed(&mut self, bytes: &[u8]) {
        // What was read goes once it is most of the buffer, so that each byte moves a bounded number of times.
        if self.at > self.buffer.len() / 2 {
            self.buffer.drain(..self.at);
            self.at = 0;
        }
        if self.broken.is_none() {
            self.buffer.extend_from_slice(bytes);
        }
    }

    /// The next request; `None` until more arrives. Empty requests are passed over, as Redis does.
    pub fn next_request(&mut self) -> Result<Option<Rc<[Blob]>>, ProtocolError> {
        if let Some(error) = &self.broken {
            return Err(error.clone());
        }
        let result = self.read();
        if let Err(error) = &result {
            self.broken = Some(error.clone());
            self.buffer = Vec::new();
            self.at = 0;
        }
        result
    }

    /// Bytes that wait for the rest of their request.
    pub fn waiting(&self) -> usize {
        self.buffer.len() - self.at
    }

    fn read(&mut self) -> Result<Option<Rc<[Blob]>>, ProtocolError> {
        loop {
            let step = match (&self.begun, self.buffer.get(self.at)) {
                (Some(_), _) => self.read_words()?,
                (None, None) => return Ok(None),
                (None, Some(b'*')) => self.read_count()?,
                (None, Some(_)) => self.read_inline()?,
            };
            match step {
                Step::Request(words) => return Ok(Some(words)),
                Step::Nothing => {}
                Step::Starved => return Ok(None),
            }
        }
    }

    fn read_inline(&mut self) -> Result<Step, ProtocolError> {
        let rest = &self.buffer[self.at..];
        // C's strchr: a zero byte hides the end of the line.
        let end = rest.iter().take(LINE_LIMIT + 2).position(|byte| matches!(byte, b'\n' | 0));
        let Some(end) = end.filter(|&end| rest[end] == b'\n') else {
            return starved(rest.len() > LINE_LIMIT, "too big inline request");
        };
        if end > LINE_LIMIT {
            return Err(ProtocolError::new("too big inline request"));
        }
        let text = rest[..end].strip_suffix(b"\r").unwrap_or(&rest[..end]);
        let words = line::split_bytes(text).ok_or_else(|| ProtocolError::new("unbalanced quotes in request"))?;
        self.at += end + 1;
        Ok(if words.is_empty() { Step::Nothing } else { Step::Request(words.into()) })
    }

    /// `*3`: so many words come.
    fn read_count(&mut self) -> Result<Step, ProtocolError> {
        let Some((count, next)) = self.line("too big mbulk count string")? else {
            return Ok(Step::Starved);
        };
        let count = integer(&self.buffer[self.at + 1..count]).filter(|&count| count <= i32::MAX.into());
        let count = count.ok_or_else(|| ProtocolError::new("invalid multibulk length"))?;
        self.at = next;
        if let Ok(missing @ 1..) = usize::try_from(count) {
            // A large number costs nothing until the words are there.
            let mut words = std::mem::take(&mut self.spare);
            words.reserve(missing.min(MOST_SPARE));
            self.begun = Some(Begun { missing, words, bytes: 0, length: None });
        }
        Ok(Step::Nothing)
    }

    fn read_words(&mut self) -> Result<Step, ProtocolError> {
        while let Some(begun) = &self.begun {
            let length = match begun.length {
                Some(length) => length,
                None => match self.read_length()? {
                    Some(length) => length,
                    None => return Ok(Step::Starved),
                },
            };
            let Some(word) = self.buffer.get(self.at..self.at + length + 2) else {
                return Ok(Step::Starved);
            };
            let word = &word[..length];
            let Some(begun) = &mut self.begun else {
                break;
            };
            let word = if begun.words.is_empty() && *word == *self.name { self.name.clone() } else { word.into() };
            if begun.words.is_empty() {
                self.name = word.clone();
            }
            self.at += length + 2;
            begun.words.push(word);
            begun.length = None;
            begun.missing -= 1;
            if begun.missing == 0 {
                let words = begun.words.drain(..).collect();
                if begun.words.capacity() <= 2 * MOST_SPARE {
                    self.spare = std::mem::take(&mut begun.words);
                }
                self.begun = None;
                return Ok(Step::Request(words));
            }
        }
        Ok(Step::Starved)
    }

    /// `$5`: the next word has so many bytes.
    fn read_length(&mut self) -> Result<Option<usize>, ProtocolError> {
        let Some((end, next)) = self.line("too big bulk count string")? else {
            return Ok(None);
        };
        let line = &self.buffer[self.at..end];
        let Some((b'$', digits)) = line.split_first().map(|(&sign, digits)| (sign, digits)) else {
            return Err(unexpected(self.buffer[self.at]));
        };
        let length = integer(digits).filter(|length| (0..=WORD_LIMIT).contains(length));
        let length = length.ok_or_else(|| ProtocolError::new("invalid bulk length"))? as usize;
        self.at = next;
        if let Some(begun) = &mut self.begun {
            // A word costs its bytes and a little more.
            begun.bytes += length + 64;
            if begun.bytes > MOST_REQUEST_BYTES {
                return Err(ProtocolError::new("too big request"));
            }
            begun.length = Some(length);
        }
        Ok(Some(length))
    }

    /// The end of the line that begins here, and where the next one does. As in Redis whatever stands in the place
    /// of the line feed is taken for one.
    fn line(&self, too_long: &str) -> Result<Option<(usize, usize)>, ProtocolError> {
        let rest = &self.buffer[self.at..];
        match rest.iter().take(LINE_LIMIT + 2).position(|&byte| byte == b'\r') {
            None if rest.len() > LINE_LIMIT => Err(ProtocolError::new(too_long)),
            Some(end) if end > LINE_LIMIT => Err(ProtocolError::new(too_long)),
            Some(end) if end + 1 < rest.len() => Ok(Some((self.at + end, self.at + end + 2))),
            _ => Ok(None),
        }
    }
}

/// What a step of reading found.
enum Step {
    Request(Rc<[Blob]>),
    /// Something without a request in it: read on.
    Nothing,
    /// Too few bytes.
    Starved,
}

fn starved(too_long: bool, error: &str) -> Result<Step, ProtocolError> {
    if too_long { Err(ProtocolError::new(error)) } else { Ok(Step::Starved) }
}

fn unexpected(byte: u8) -> ProtocolError {
    let shown = if matches!(byte, b'\r' | b'\n') { b' ' } else { byte };
    let mut text = b"-ERR Protocol error: expected '$', got '".to_vec();
    text.push(shown);
    text.extend_from_slice(b"'\r\n");
    ProtocolError(text)
}
