//! C's `long double` of x86 (64 bits of mantissa), in integers alone: what INCRBYFLOAT counts with.
//!
//! Source: Redis 7.0, `util.c`, `string2ld`, `ld2string` (`LD_STR_HUMAN`).

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
        let (mut digits, mut power, mut seen, mut dot) = (Big::default(), 0i32, false, false);
        let mut rest = unsigned;
        while let Some((&byte, tail)) = rest.split_first() {
            match byte {
                b'0'..=b'9' => {
                    digits.multiply_add(10, u32::from(byte - b'0'));
                    power -= i32::from(dot);
                    seen = true;
                }
                b'.' if !dot => dot = true,
                _ => break,
            }
            rest = tail;
        }
        if let Some((b'e' | b'E', tail)) = rest.split_first() {
            let strict = tail.strip_prefix(b"-").or_else(|| tail.strip_prefix(b"+")).unwrap_or(tail);
            if strict.is_empty() || !strict.iter().all(u8::is_ascii_digit) {
                return None;
            }
            let amount = strict.iter().fold(0i32, |sum, digit| (sum * 10 + i32::from(digit - b'0')).min(99_999));
            power += if tail[0] == b'-' { -amount } else { amount };
            rest = &[];
        }
        if !seen || !rest.is_empty() {
            return None;
        }
        if digits.bits() == 0 {
            return Some(Self { negative, ..Self::default() });
        }
        Self::scaled(negative, digits, power)
    }

    /// `digits × 10^power`, rounded.
    fn scaled(negative: bool, mut digits: Big, power: i32) -> Option<Self> {
        if !(-11_000..=5_000).contains(&power) {
            return None;
        }
        let (mut exponent, mut inexact) = (0, false);
        if power < 0 {
            // Enough bits for the quotient to have more than a mantissa has.
            exponent = power * 4 - 70;
            digits.shift_left(-exponent as usize);
        }
        for _ in 0..power.unsigned_abs() {
            if power > 0 {
                digits.multiply_add(10, 0);
            } else {
                inexact |= digits.divide(10) > 0;
            }
        }
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
            let mut big = Big(vec![self.mantissa as u32, (self.mantissa >> 32) as u32]);
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
            let digits = format!("{number:018}");
            let (whole, fraction) = digits.split_at(digits.len() - DECIMALS);
            format!("{whole}.{fraction}").trim_end_matches('0').trim_end_matches('.').to_owned()
        };
        if self.negative && text != "0" {
            text.insert(0, '-');
        }
        text
    }
}

/// A natural number of any size, lowest digits first.
#[derive(Clone, Debug, Default)]
struct Big(Vec<u32>);

impl Big {
    fn bits(&self) -> usize {
        let top = self.0.iter().rposition(|&digit| digit != 0);
        top.map_or(0, |top| top * 32 + 32 - self.0[top].leading_zeros() as usize)
    }

    fn multiply_add(&mut self, factor: u32, addend: u32) {
        let mut carry = u64::from(addend);
        for digit in &mut self.0 {
            carry += u64::from(*digit) * u64::from(factor);
            *digit = carry as u32;
            carry >>= 32;
        }
        if carry > 0 {
            self.0.push(carry as u32);
        }
    }

    /// Divides in place; gives the remainder.
    fn divide(&mut self, divisor: u32) -> u32 {
        let mut rest = 0u64;
        for digit in self.0.iter_mut().rev() {
            let number = rest << 32 | u64::from(*digit);
            *digit = (number / u64::from(divisor)) as u32;
            rest = number % u64::from(divisor);
        }
        rest as u32
    }

    fn shift_left(&mut self, bits: usize) {
        self.multiply_add(1 << (bits % 32), 0);
        self.0.splice(0..0, std::iter::repeat_n(0, bits / 32));
    }

    /// The number without its lowest bits, and whether any of those was set. At most 127 bits may be left.
    fn top(&self, without: usize) -> (u128, bool) {
        let (words, bits) = (without / 32, without % 32);
        let high =
            self.0.iter().skip(words).take(5).rev().fold((0u128, 0u128), |(over, sum), &digit| {
                (over << 32 | sum >> 96, sum << 32 | u128::from(digit))
            });
        let number = if bits == 0 { high.1 } else { high.1 >> bits | high.0 << (128 - bits) };
        let lost = self.0.iter().take(words).any(|&digit| digit != 0) || high.1 & ((1 << bits) - 1) != 0;
        (number, lost)
    }

    fn decimal(mut self) -> String {
        let mut groups = Vec::new();
        while self.bits() > 0 {
            groups.push(self.divide(1_000_000_000));
        }
        let mut text = groups.pop().unwrap_or(0).to_string();
        groups.iter().rev().for_each(|group| text.push_str(&format!("{group:09}")));
        text
    }
}
