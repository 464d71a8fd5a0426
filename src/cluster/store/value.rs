//! The types of values.

use std::collections::VecDeque;

use crate::cluster::reply::Blob;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// A string of bytes; numbers are strings that read as numbers.
    String(Blob),
    /// A list.
    List(VecDeque<Blob>),
}

impl Value {
    /// The name that `TYPE` gives it.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::String(_) => "string",
            Self::List(_) => "list",
        }
    }

    /// Payload bytes.
    pub fn bytes(&self) -> u64 {
        match self {
            Self::String(bytes) => bytes.len() as u64,
            Self::List(items) => items.iter().map(|item| item.len() as u64 + 2).sum(),
        }
    }
}
