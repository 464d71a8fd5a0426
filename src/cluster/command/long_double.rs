//! C's `long double` of x86 (64 bits of mantissa), in integers alone: what INCRBYFLOAT counts with.
//!
//! Source: Redis 7.0, `util.c`, `string2ld`, `ld2string` (`LD_STR_HUMAN`).

use super::big::{Big, Decimal};

/// A number `mantissa × 2^exponent`; the mantissa's top bit is set unless it is 0.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LongDouble {
    negative: bool,
    mantissa: u64,
    exponent: i32,
}

/// Beyond this power of two there is only infinity.
const LARGEST: i32 = 16_384;
/// Redis reads no longer texts.
const LONGEST: usize = 5_119;
/// How many decimals are written.
const DECIMALS: usize = 17;

impl LongDouble {
    /// Reads a decimal number; `None` if it is none, or out of range.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let negative = text.first() == Some(&b'-');
        let unsigned = text.strip_prefix(b"-").or_else(|| text.strip_prefix(b"+")).unwrap_or(text);
        if text.len() > LONGEST {
            return None;
        }
        if ["inf", "infinity"].iter().any(|word| unsigned.eq_ignore_ascii_case(word.as_bytes())) {
            return Some(Self { negative, mantissa: 1 << 63, exponent: LARGEST });
        }
        if let Some(hex) = unsigned.strip_prefix(b"0x").or_else(|| unsigned.strip_prefix(b"0X")) {
            let whole = hex.iter().all(u8::is_ascii_hexdigit);
            let number = std::str::from_utf8(hex).ok().filter(|_| whole);
            return number.and_then(|hex| u128::from_str_radix(hex, 16).ok()).map(|n| Self::round(negative, n, 0));
        }
        let Decimal { digits, power, .. } = Decimal::parse(unsigned, LONGEST)?;
        if digits.bits() == 0 {
            return Some(Self { negative, ..Self::default() });
        }
        Self::scaled(negative, digits, power)
    }

    /// `digits × 10^power`, rounded.
    fn scaled(negative: bool, digits: Big, power: i32) -> Option<Self> {
        if !(-11_000..=5_000).contains(&power) {
            return None;
        }
        let (digits, exponent, inexact) = digits.scaled(power);
        let number = Self::rounded(negative, &digits, exponent, inexact);
        (!number.is_infinite() && number.exponent > -16_510).then_some(number)
    }

    fn rounded(negative: bool, big: &Big, exponent: i32, inexact: bool) -> Self {
        let bits = big.bits();
        let extra = bits.saturating_sub(126);
        let (mut top, lost) = big.top(extra);
        // One bit stands for all that was cut off below.
        if lost || inexact {
            top = top << 1 | 1;
            return Self::round(negative, top, exponent + extra as i32 - 1);
        }
        Self::round(negative, top, exponent + extra as i32)
    }

    /// Rounds to 64 bits, half to even.
    fn round(negative: bool, number: u128, exponent: i32) -> Self {
        let bits = 128 - number.leading_zeros();
        if bits == 0 {
            return Self { negative, ..Self::default() };
        }
        if bits <= 64 {
            let shift = 64 - bits;
            return Self { negative, mantissa: (number as u64) << shift, exponent: exponent - shift as i32 };
        }
        let shift = bits - 64;
        let mantissa = (number >> shift) as u64;
        let rest = number & ((1 << shift) - 1);
        let half = 1 << (shift - 1);
        let exponent = exponent + shift as i32;
        if rest > half || (rest == half && mantissa & 1 == 1) {
            return match mantissa.checked_add(1) {
                Some(mantissa) => Self { negative, mantissa, exponent },
                None => Self { negative, mantissa: 1 << 63, exponent: exponent + 1 },
            };
        }
        Self { negative, mantissa, exponent }
    }

    /// Whether it is beyond all numbers.
    pub(super) fn is_infinite(&self) -> bool {
        self.mantissa != 0 && self.exponent + 64 > LARGEST
    }

    /// The rounded sum.
    pub(super) fn plus(self, other: Self) -> Self {
        let (large, small) = if (self.exponent, self.mantissa) >= (other.exponent, other.mantissa)
            && self.mantissa != 0
            || other.mantissa == 0
        {
            (self, other)
        } else {
            (other, self)
        };
        if small.mantissa == 0 {
            return if large.mantissa == 0 {
                Self { negative: self.negative && other.negative, ..large }
            } else {
                large
            };
        }
        // 62 bits below the larger mantissa; one of them stands for all that is smaller still.
        let distance = (large.exponent - small.exponent) as u32;
        let a = u128::from(large.mantissa) << 62;
        let whole = u128::from(small.mantissa) << 62;
        let b =
            if distance > 120 { 1 } else { whole >> distance | u128::from(whole & ((1 << distance) - 1) != 0) };
        let sum = if large.negative == small.negative { a + b } else { a - b };
        Self::round(large.negative && sum != 0, sum, large.exponent - 62)
    }

    /// With at most 17 decimals, and no zeros at their end.
    pub(super) fn text(&self) -> String {
        let mut text = if self.exponent >= 0 {
            let mut big = Big::from(u128::from(self.mantissa));
            big.shift_left(self.exponent as usize);
            big.decimal()
        } else {
            let shift = self.exponent.unsigned_abs();
            let product = u128::from(self.mantissa) * 10u128.pow(DECIMALS as u32);
            let mut number = if shift < 128 { product >> shift } else { 0 };
            let (rest, half) = if shift < 128 { (product & ((1 << shift) - 1), 1 << (shift - 1)) } else { (0, 1) };
            if rest > half || (rest == half && number & 1 == 1) {
                number += 1;
            }
            let digits = Big::from(number).decimal();
            let digits = "0".repeat((DECIMALS + 1).saturating_sub(digits.len())) + &digits;
            let (whole, fraction) = digits.split_at(digits.len() - DECIMALS);
            format!("{whole}.{fraction}").trim_end_matches('0').trim_end_matches('.').to_owned()
        };
        if self.negative && text != "0" {
            text.insert(0, '-');
        }
        text
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    use super::LongDouble;

    /// Thousandths as a person writes them.
    fn written(thousandths: i64) -> String {
        let (whole, part) = (thousandths.unsigned_abs() / 1000, thousandths.unsigned_abs() % 1000);
        let text = format!("{whole}.{part:03}");
        let short = text.trim_end_matches('0').trim_end_matches('.');
        format!("{}{short}", if thousandths < 0 { "-" } else { "" })
    }

    fn read(text: &str) -> LongDouble {
        LongDouble::parse(text.as_bytes()).unwrap_or_else(|| panic!("{text} is a number"))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 10_000, rng_seed: RngSeed::Fixed(5), ..ProptestConfig::default() })]

        /// Whole numbers of 63 bits have room in 64, and small thousandths lose what does not show.
        #[test]
        fn what_has_room_is_exact(a in any::<i64>(), b in any::<i64>(), shift in 1..60u32) {
            let (a, b) = (a >> shift, b >> shift);
            prop_assert_eq!(read(&a.to_string()).plus(read(&b.to_string())).text(), (a + b).to_string());
            // 17 decimals are written: below 32 what is lost lies beyond them. (809.408 is 809.40799999999999997.)
            let (a, b) = (a % 16_000, b % 16_000);
            prop_assert_eq!(read(&written(a)).text(), written(a));
            prop_assert_eq!(read(&written(a)).plus(read(&written(b))).text(), written(a + b));
        }

        #[test]
        fn any_text_is_a_number_or_none(text in prop_oneof![
            "[-+]?[0-9]{0,40}\\.?[0-9]{0,40}([eE][-+]?[0-9]{1,5})?", "[-+]?0[xX][0-9a-fA-F]{0,40}", "\\PC{0,9}",
        ]) {
            let Some(number) = LongDouble::parse(text.as_bytes()) else {
                return Ok(());
            };
            prop_assume!(!number.is_infinite());
            // What was written is written the same way again, as far as 17 decimals tell.
            let once = number.text();
            prop_assert_eq!(read(&once).text(), once.clone());
            prop_assert_eq!(number.plus(LongDouble::default()).text(), once, "{} and nothing", text);
        }
    }
}
