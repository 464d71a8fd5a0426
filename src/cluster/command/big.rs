//! Natural numbers of any size, and decimal texts as such numbers: what the reading and writing of floats is made of.
//!
//! The standard library's way with floats is faster and weighs a page 30 KB more.

/// A natural number of any size, lowest digits first.
#[derive(Clone, Debug, Default)]
pub(super) struct Big(Vec<u32>);

impl Big {
    /// How many bits it has.
    pub(super) fn bits(&self) -> usize {
        let top = self.0.iter().rposition(|&digit| digit != 0);
        top.map_or(0, |top| top * 32 + 32 - self.0[top].leading_zeros() as usize)
    }

    /// Multiplies and adds in place.
    pub(super) fn multiply_add(&mut self, factor: u32, addend: u32) {
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

    /// Multiplies by a power of two.
    pub(super) fn shift_left(&mut self, bits: usize) {
        self.multiply_add(1 << (bits % 32), 0);
        self.0.splice(0..0, std::iter::repeat_n(0, bits / 32));
    }

    /// The number without its lowest bits, and whether any of those was set. At most 127 bits may be left.
    pub(super) fn top(&self, without: usize) -> (u128, bool) {
        let (words, bits) = (without / 32, without % 32);
        let high =
            self.0.iter().skip(words).take(5).rev().fold((0u128, 0u128), |(over, sum), &digit| {
                (over << 32 | sum >> 96, sum << 32 | u128::from(digit))
            });
        let number = if bits == 0 { high.1 } else { high.1 >> bits | high.0 << (128 - bits) };
        let lost = self.0.iter().take(words).any(|&digit| digit != 0) || high.1 & ((1 << bits) - 1) != 0;
        (number, lost)
    }

    /// The number times a power of ten, as a number times a power of two, and whether anything was lost: beyond all bits
    /// that anybody rounds to.
    pub(super) fn scaled(mut self, power: i32) -> (Self, i32, bool) {
        let (mut exponent, mut inexact) = (0, false);
        if power < 0 {
            // Enough bits for the quotient to have more than a mantissa has.
            exponent = power * 4 - 70;
            self.shift_left(-exponent as usize);
        }
        for _ in 0..power.unsigned_abs() {
            if power > 0 {
                self.multiply_add(10, 0);
            } else {
                inexact |= self.divide(10) > 0;
            }
        }
        (self, exponent, inexact)
    }

    /// The number in decimal digits.
    pub(super) fn decimal(mut self) -> String {
        let mut groups = Vec::new();
        while self.bits() > 0 {
            groups.push(self.divide(1_000_000_000));
        }
        let mut text = groups.pop().unwrap_or(0).to_string();
        groups.iter().rev().for_each(|group| text.push_str(&format!("{group:09}")));
        text
    }
}

impl From<u128> for Big {
    fn from(number: u128) -> Self {
        Self((0..4).map(|word| (number >> (word * 32)) as u32).collect())
    }
}

/// A decimal text without its sign: `digits × 10^power`.
#[derive(Clone, Debug, Default)]
pub(super) struct Decimal {
    pub(super) digits: Big,
    pub(super) power: i32,
    /// More digits followed, and not only zeros.
    pub(super) cut: bool,
}

impl Decimal {
    /// Reads `12`, `1.5`, `.5e-3` and their like, of which so many digits count; `None` if that is not all of it.
    pub(super) fn parse(text: &[u8], most: usize) -> Option<Self> {
        let (mut read, mut taken, mut seen, mut dot) = (Self::default(), 0, false, false);
        let mut rest = text;
        while let Some((&byte, tail)) = rest.split_first() {
            match byte {
                b'0'..=b'9' if taken < most => {
                    read.digits.multiply_add(10, u32::from(byte - b'0'));
                    read.power -= i32::from(dot);
                    taken += usize::from(taken > 0 || byte != b'0');
                    seen = true;
                }
                b'0'..=b'9' => {
                    read.cut |= byte != b'0';
                    read.power += i32::from(!dot);
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
            read.power += if tail[0] == b'-' { -amount } else { amount };
            rest = &[];
        }
        (seen && rest.is_empty()).then_some(read)
    }
}
