//! Doubles as text. Only scores, weights and timeouts are doubles; nothing else is decided by them.
//!
//! Source: Redis 7.0, `object.c`, `getDoubleFromObject`; `networking.c`, `addReplyDouble`.

use super::argument::err;
use super::double;
use crate::cluster::reply::Reply;
use crate::cluster::store::Score;

/// `ERR value is not a valid float`.
pub(super) const NOT_A_FLOAT: &str = "ERR value is not a valid float";

/// A double as C's `strtod` reads it, if that reads all of it and it is a number within range.
pub(super) fn parse(bytes: &[u8]) -> Option<Score> {
    let text = std::str::from_utf8(bytes).ok()?;
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
    if let Some(digits) = unsigned.strip_prefix("0x").or_else(|| unsigned.strip_prefix("0X")) {
        let whole = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        return if whole {
            u64::from_str_radix(digits, 16).ok().map(|number| Score(sign * number as f64))
        } else {
            None
        };
    }
    let value = double::read(unsigned.as_bytes())?;
    let digits = unsigned.bytes().take_while(|byte| !byte.eq_ignore_ascii_case(&b'e'));
    let too_large = value.is_infinite() && unsigned.starts_with(|first: char| !first.is_ascii_alphabetic());
    let too_small = value == 0.0 && digits.into_iter().any(|digit| (b'1'..=b'9').contains(&digit));
    (!too_large && !too_small).then_some(Score(sign * value))
}

/// A double argument, or this error.
pub(super) fn need(bytes: &[u8], error: &'static str) -> Result<Score, Reply> {
    parse(bytes).ok_or_else(|| err(error))
}

/// Milliseconds from a timeout in seconds, rounded up; 0 stands for no end. Source: Redis 7.0, `timeout.c`.
pub(super) fn timeout_ms(bytes: &[u8]) -> Result<u64, Reply> {
    let fits = parse_edge(bytes).filter(|_| !bytes.is_empty() && !bytes[0].is_ascii_whitespace());
    let seconds = fits.ok_or_else(|| err("ERR timeout is not a float or out of range"))?.0;
    let ms = (seconds * 1000.0).ceil();
    // What is too large for Redis turns negative there.
    if ms < 0.0 || ms > i64::MAX as f64 {
        return Err(err("ERR timeout is negative"));
    }
    Ok(ms as u64)
}

/// A double that is an integer within half of the range. Source: Redis 7.0, `util.c`, `double2ll`.
pub(super) fn whole(Score(value): Score) -> Option<i64> {
    let near = value.abs() <= (i64::MAX / 2) as f64;
    Some(value as i64).filter(|&number| near && number as f64 == value)
}

/// A double as C's `%.17g` writes it.
pub(super) fn text(Score(value): Score) -> String {
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    if value == value.trunc() && value.abs() < 1e15 {
        let sign = if value == 0.0 && value.is_sign_negative() { "-" } else { "" };
        return format!("{sign}{}", value as i64);
    }
    let sign = if value < 0.0 { "-" } else { "" };
    let (number, exponent) = double::digits(value.abs());
    let digits = number.to_string();
    let digits = digits.trim_end_matches('0');
    let (first, rest) = digits.split_at(digits.len().min(1));
    match exponent {
        -4..0 => format!("{sign}0.{}{digits}", "0".repeat(-exponent as usize - 1)),
        0..17 if digits.len() > exponent as usize + 1 => {
            let (whole, fraction) = digits.split_at(exponent as usize + 1);
            format!("{sign}{whole}.{fraction}")
        }
        0..17 => format!("{sign}{digits}{}", "0".repeat(exponent as usize + 1 - digits.len())),
        _ => {
            let dot = if rest.is_empty() { "" } else { "." };
            let minus = if exponent < 0 { '-' } else { '+' };
            format!("{sign}{first}{dot}{rest}e{minus}{:02}", exponent.abs())
        }
    }
}

/// An end of a range of scores: as Redis, more tolerant than a score. Source: `t_zset.c`, `zslParseRange`.
pub(super) fn parse_edge(bytes: &[u8]) -> Option<Score> {
    let trimmed = bytes.trim_ascii_start();
    if trimmed.is_empty() {
        return Some(Score(0.0)).filter(|_| bytes.is_empty());
    }
    parse(trimmed).or_else(|| {
        let unsigned = trimmed.strip_prefix(b"-").or_else(|| trimmed.strip_prefix(b"+")).unwrap_or(trimmed);
        let value = double::read(unsigned)?;
        Some(Score(if trimmed[0] == b'-' { -value } else { value }))
    })
}

/// What SORT sorts by: nothing counts as 0. Source: `sort.c`, `sortCommandGeneric`.
pub(super) fn parse_weight(bytes: &[u8]) -> Option<Score> {
    if bytes.is_empty() { Some(Score(0.0)) } else { parse(bytes.trim_ascii_start()) }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    use super::{parse, parse_edge, text, timeout_ms, whole};
    use crate::cluster::store::Score;

    /// Texts that are numbers, or nearly.
    fn texts() -> impl Strategy<Value = String> {
        prop_oneof![
            "[-+]?[0-9]{0,30}\\.?[0-9]{0,30}([eE][-+]?[0-9]{0,4})?",
            "[-+]?(inf|INF|Infinity|nan|infin|0x1|1e|e1|\\.|-|0x)?",
            any::<u64>().prop_map(|bits| format!("{:e}", f64::from_bits(bits))),
            "\\PC{0,8}",
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, rng_seed: RngSeed::Fixed(4), ..ProptestConfig::default() })]

        #[test]
        fn texts_are_read_as_the_standard_library_reads_them(typed in texts()) {
            prop_assume!(!typed.trim_start_matches(['-', '+']).to_ascii_lowercase().starts_with("0x"));
            let known = typed.parse::<f64>().ok().filter(|value| !value.is_nan());
            // C calls it an error where a number becomes infinite, or 0.
            let digits = typed.split(['e', 'E']).next().unwrap_or_default();
            let is_word = typed.to_ascii_lowercase().contains("inf");
            let fits = |value: &f64| {
                (is_word || value.is_finite()) && (*value != 0.0 || !digits.contains(|digit| ('1'..='9').contains(&digit)))
            };
            let read = parse(typed.as_bytes()).map(|score| score.0.to_bits());
            prop_assert_eq!(read, known.filter(fits).map(f64::to_bits), "{}", typed);
            // The end of a range takes all of these, and what is out of bounds.
            let edge = parse_edge(typed.as_bytes()).map(|score| score.0.to_bits());
            let blank = typed.is_empty() || typed.starts_with(|first: char| first.is_ascii_whitespace());
            prop_assert!(blank || edge == known.map(f64::to_bits), "{}", typed);
        }

        #[test]
        fn what_is_written_reads_back(bits in any::<u64>(), small in any::<i32>(), shift in 0..40u32) {
            for value in [f64::from_bits(bits), f64::from(small) / f64::from(1 << (shift % 31)), f64::from(small)] {
                // A subnormal number is one for C too; only what becomes 0 is an error.
                prop_assume!(!value.is_nan());
                let written = text(Score(value));
                let read = parse(written.as_bytes()).map(|score| score.0.to_bits());
                prop_assert_eq!(read, Some(value.to_bits()), "{}", written);
                prop_assert!(written.len() <= 24, "{}", written);
                let integer = whole(Score(value)).map(|number| number as f64);
                prop_assert!(integer.is_none_or(|number| number == value));
            }
        }

        #[test]
        fn any_timeout_is_a_time_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..9), ms in 0..u64::MAX / 4096) {
            let _time_or_error = timeout_ms(&bytes);
            let ms = ms >> (ms % 50);
            let typed = format!("{}.{:03}", ms / 1000, ms % 1000);
            // A double has 53 bits, and it is rounded up.
            let read = timeout_ms(typed.as_bytes()).unwrap_or(0);
            prop_assert!(read.abs_diff(ms) <= 1 + (ms >> 50), "{} is {}", typed, read);
        }
    }
}
