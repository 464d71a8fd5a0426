//! Reading arguments: numbers, keywords, and the errors for what does not fit.

use crate::cluster::reply::Reply;

/// `ERR value is not an integer or out of range`.
pub const NOT_AN_INTEGER: &str = "ERR value is not an integer or out of range";
/// `ERR syntax error`.
pub const SYNTAX: &str = "ERR syntax error";
/// `WRONGTYPE Operation against a key holding the wrong kind of value`.
pub const WRONG_TYPE: &str = "WRONGTYPE Operation against a key holding the wrong kind of value";

/// A strictly written 64-bit integer: no blanks, no plus sign, no leading zeros.
///
/// Source: Redis 7.0, `util.c`, `string2ll`.
pub fn integer(bytes: &[u8]) -> Option<i64> {
    let digits = bytes.strip_prefix(b"-").unwrap_or(bytes);
    let strict = match digits {
        [b'0'] => bytes.len() == 1,
        [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    if !strict {
        return None;
    }
    std::str::from_utf8(bytes).ok()?.parse().ok()
}

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
        word(0).to_uppercase()
    ))
}

/// The two arms of a fallible command are both replies.
pub fn settle(result: Result<Reply, Reply>) -> Reply {
    result.unwrap_or_else(|error| error)
}
