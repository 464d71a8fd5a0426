//! RESP, the protocol of Redis clients: replies into bytes, bytes into requests. Knows no socket.

mod encode;
mod parse;

pub use encode::encode;
pub use parse::{MOST_REQUEST_BYTES, Parser, ProtocolError};

/// Which version a connection speaks; `HELLO` changes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// RESP2: what every connection begins with.
    #[default]
    Resp2,
    /// RESP3.
    Resp3,
}
