//! Reading arguments: numbers, keywords, and the errors for what does not fit.

use crate::cluster::reply::{Blob, Reply};
pub use crate::cluster::store::integer;

/// `ERR value is not an integer or out of range`.
pub const NOT_AN_INTEGER: &str = "ERR value is not an integer or out of range";
/// `ERR syntax error`.
pub const SYNTAX: &str = "ERR syntax error";
/// `WRONGTYPE Operation against a key holding the wrong kind of value`.
pub const WRONG_TYPE: &str = "WRONGTYPE Operation against a key holding the wrong kind of value";

/// An integer argument, or Redis's error.
pub fn need_integer(bytes: &[u8]) -> Result<i64, Reply> {
    integer(bytes).ok_or_else(|| Reply::error(NOT_AN_INTEGER))
}

/// Whether an argument is this keyword, in any case.
pub fn is_word(argument: &[u8], word: &str) -> bool {
    argument.eq_ignore_ascii_case(word.as_bytes())
}

/// `ERR syntax error` as a reply.
pub fn syntax() -> Reply {
    Reply::error(SYNTAX)
}

/// A subcommand whose number of words fits no form of it. Source: Redis 7.0, `networking.c`,
/// `addReplySubcommandSyntaxError`.
pub fn subcommand_syntax(argv: &[crate::cluster::reply::Blob]) -> Reply {
    let word = |at: usize| argv.get(at).map(|word| String::from_utf8_lossy(word)).unwrap_or_default();
    Reply::error(format!(
        "ERR unknown subcommand or wrong number of arguments for '{}'. Try {} HELP.",
        word(1),
        word(0).to_ascii_uppercase()
    ))
}

/// The two arms of a fallible command are both replies.
pub fn settle(result: Result<Reply, Reply>) -> Reply {
    result.unwrap_or_else(|error| error)
}

/// `ERR` with these words as a reply: the error of most commands.
pub fn err(text: &'static str) -> Reply {
    Reply::error(text)
}

/// An integer argument within bounds, or this error.
pub fn need_within(bytes: &[u8], low: i64, high: i64, error: &'static str) -> Result<i64, Reply> {
    integer(bytes).filter(|number| (low..=high).contains(number)).ok_or_else(|| Reply::error(error))
}

/// How many, from a length.
pub fn count(length: usize) -> Reply {
    Reply::Integer(length as i64)
}

/// Strings as an array.
pub fn bulks<'a>(items: impl Iterator<Item = &'a Blob>) -> Reply {
    Reply::Array(items.map(|item| Reply::Bulk(item.clone())).collect())
}

/// Start and stop with negative numbers counting from the end, cut to a length: what is taken, `None` if nothing is.
pub fn range(start: i64, stop: i64, length: usize) -> Option<(usize, usize)> {
    let length = length as i64;
    let start = if start < 0 { start.saturating_add(length).max(0) } else { start };
    let stop = (if stop < 0 { stop.saturating_add(length) } else { stop }).min(length - 1);
    (start <= stop && start < length).then_some((start as usize, stop as usize))
}
