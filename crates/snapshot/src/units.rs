//! Numbers of bytes, and differences between them.

use std::iter::Sum;
use std::ops::{Add, AddAssign, Sub};

use serde::{Deserialize, Serialize};

/// A number of bytes.
///
/// Additions saturate: sizes come out of headers that may claim anything, and a sum that overflowed
/// would be a small number that looks right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Bytes(pub u64);

impl Bytes {
    /// No bytes at all.
    pub const ZERO: Self = Self(0);

    /// Whether there is none.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.0 == 0
    }

    /// The signed way from `self` to `after`.
    #[must_use]
    pub fn change_to(self, after: Self) -> ByteDelta {
        let delta = i128::from(after.0) - i128::from(self.0);
        ByteDelta(i64::try_from(delta).unwrap_or(if delta < 0 { i64::MIN } else { i64::MAX }))
    }
}

impl Add for Bytes {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Bytes {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Bytes {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Sum for Bytes {
    fn sum<I: Iterator<Item = Self>>(values: I) -> Self {
        values.fold(Self::ZERO, Add::add)
    }
}

/// A signed difference in bytes: negative where something became smaller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct ByteDelta(pub i64);

impl ByteDelta {
    /// The size of the difference without its sign.
    #[must_use]
    pub fn magnitude(self) -> Bytes {
        Bytes(self.0.unsigned_abs())
    }
}

impl Sum for ByteDelta {
    fn sum<I: Iterator<Item = Self>>(values: I) -> Self {
        Self(values.fold(0, |sum, value| i64::saturating_add(sum, value.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_saturate() {
        let sum: Bytes = [Bytes(u64::MAX), Bytes(1)].into_iter().sum();
        assert_eq!(sum, Bytes(u64::MAX));
    }

    #[test]
    fn changes_carry_a_sign() {
        assert_eq!(Bytes(10).change_to(Bytes(4)), ByteDelta(-6));
        assert_eq!(Bytes(0).change_to(Bytes(u64::MAX)), ByteDelta(i64::MAX));
        assert_eq!(ByteDelta(-6).magnitude(), Bytes(6));
    }
}
