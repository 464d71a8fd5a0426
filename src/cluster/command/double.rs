//! Doubles from decimal digits and to them, rounded as C's library does: exactly, half to even.

use super::big::{Big, Decimal};

/// So many digits of a text can make a difference to a double; of those that follow, only whether any is not 0.
const DIGITS: usize = 800;
/// How many digits `%.17g` writes.
const WRITTEN: usize = 17;
/// Bits of a mantissa, the hidden one included.
const MANTISSA: i32 = 53;
/// The lowest exponent there is.
const LOWEST: i32 = -1_074;

/// Reads a number without a sign; `None` if it is none, or not a number. What is too large is infinite, and what is too
/// small is 0.
pub(super) fn read(text: &[u8]) -> Option<f64> {
    if [&b"inf"[..], b"infinity"].iter().any(|word| text.eq_ignore_ascii_case(word)) {
        return Some(f64::INFINITY);
    }
    let Decimal { digits, power, cut } = Decimal::parse(text, DIGITS)?;
    let bits = digits.bits() as i32;
    // A digit has three to four bits, so these are far out of range.
    if bits == 0 || power < -400 - bits / 3 {
        return Some(0.0);
    }
    if power > 400 {
        return Some(f64::INFINITY);
    }
    if bits <= MANTISSA && power.abs() <= 22 {
        // Both are doubles, and what becomes of them is rounded once.
        let number = digits.top(0).0 as u64 as f64;
        let scale = (0..power.abs()).fold(1.0, |scale, _| scale * 10.0);
        return Some(if power < 0 { number / scale } else { number * scale });
    }
    let (number, exponent, inexact) = digits.scaled(power);
    Some(round(&number, exponent, inexact || cut))
}

/// The double next to `number × 2^exponent` and, if `more`, a little beyond that.
fn round(number: &Big, exponent: i32, more: bool) -> f64 {
    let shift = (number.bits() as i32 - MANTISSA).max(LOWEST - exponent);
    // Two bits more than the mantissa decide, and what lies below them.
    let (top, lost) =
        if shift > 2 { number.top(shift as usize - 2) } else { (number.top(0).0 << (2 - shift), false) };
    let (mantissa, rest) = ((top >> 2) as u64, top & 3);
    let up = rest == 3 || (rest == 2 && (lost || more || mantissa & 1 == 1));
    let exponent = exponent + shift - LOWEST;
    if exponent > 2_045 {
        return f64::INFINITY;
    }
    // A mantissa's hidden bit, and what rounding carries over, count the exponent up.
    f64::from_bits(((exponent as u64) << (MANTISSA - 1)) + mantissa + u64::from(up))
}

/// The first 17 digits of a number above 0, rounded, and the power of ten of the first of them.
pub(super) fn digits(value: f64) -> (u64, i32) {
    let bits = value.to_bits();
    let (biased, fraction) = ((bits >> (MANTISSA - 1)) as i32, bits & ((1 << (MANTISSA - 1)) - 1));
    let hidden = if biased > 0 { 1 << (MANTISSA - 1) } else { 0 };
    let exponent = biased.max(1) - 1 + LOWEST;
    let mut number = Big::from(u128::from(fraction | hidden));
    if exponent > 0 {
        number.shift_left(exponent as usize);
    }
    // Halves are five tenths: 2^-n is 5^n times 10^-n.
    for _ in exponent..0 {
        number.multiply_add(5, 0);
    }
    let all = number.decimal();
    let power = all.len() as i32 - 1 + exponent.min(0);
    let (head, tail) = all.split_at(all.len().min(WRITTEN));
    let mut head: u64 = head.bytes().fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'));
    let more = tail.trim_end_matches('0');
    if more > "5" || (more == "5" && head % 2 == 1) {
        head += 1;
        if head == 10u64.pow(WRITTEN as u32) {
            return (head / 10, power + 1);
        }
    }
    (head, power)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::rng::Rng;

    /// As the standard library does it.
    fn check(value: f64) {
        let written = format!("{value:.16e}");
        let (head, power) = written.split_once('e').expect("an exponent");
        let head = head.replace('.', "");
        let (number, exponent) = digits(value);
        assert_eq!(
            (head.trim_end_matches('0'), power),
            (number.to_string().trim_end_matches('0'), &*exponent.to_string())
        );
        for text in
            [format!("{value}"), written, format!("{value:e}"), format!("{value:.3}"), format!("{value:.30}1")]
        {
            let known: f64 = text.parse().expect("a float");
            assert_eq!(read(text.as_bytes()).map(f64::to_bits), Some(known.to_bits()), "{text}");
        }
    }

    #[test]
    fn every_double_is_written_and_read_as_the_standard_library_does() {
        let mut rng = Rng::new(1);
        let mut number = || u64::from(rng.below(u32::MAX)) << 32 | u64::from(rng.below(u32::MAX));
        for round in 0..3_000 {
            let any = f64::from_bits(number() >> 1);
            let near = (number() >> (round % 60)) as f64 / 1024.0;
            [any, near].into_iter().filter(|value| value.is_finite() && *value > 0.0).for_each(check);
        }
        for value in
            [f64::MAX, f64::MIN_POSITIVE, f64::from_bits(1), f64::from_bits((1 << 52) - 1), 0.1, 9.5, 1e22, 1e23]
        {
            check(value);
        }
    }

    #[test]
    fn edges_are_read_as_the_standard_library_reads_them() {
        let long = "1".repeat(2_000);
        let tie = "9007199254740993".to_owned() + &"0".repeat(900) + "1e-901";
        for text in [
            "",
            ".",
            "e5",
            "1e",
            "1.e3",
            ".5",
            "0",
            "1e400",
            "1e-400",
            "2.4e-324",
            "2.5e-324",
            "1e999999999",
            "0e99999",
            "1.7976931348623159e308",
            "1 ",
            "1_0",
            "inf",
            "INFINITY",
            "0.0000000000000000000000001e25",
            "9007199254740993",
            "9007199254740995",
            &long,
            &tie,
        ] {
            let known: Option<f64> = text.parse().ok();
            assert_eq!(read(text.as_bytes()), known, "{text}");
        }
    }
}
