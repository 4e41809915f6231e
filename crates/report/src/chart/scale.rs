//! Positions on an axis from zero to the largest value, from 0 to 100.

use plimsoll_snapshot::{ByteDelta, Bytes};

/// An axis from zero to the largest value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    largest: Bytes,
}

impl Scale {
    /// An axis that ends with the largest value.
    #[must_use]
    pub const fn up_to(largest: Bytes) -> Self {
        Self { largest }
    }

    /// The position of a value, from 0 to 100.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a position in a picture")]
    pub fn at(self, bytes: Bytes) -> f64 {
        if self.largest == Bytes::ZERO {
            return 0.0;
        }
        (bytes.0 as f64 / self.largest.0 as f64 * 100.0).clamp(0.0, 100.0)
    }
}

/// The length of a difference against the largest one beside it, in percent.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "a length in a picture")]
pub fn share(delta: ByteDelta, largest: Bytes) -> f64 {
    if largest == Bytes::ZERO { 0.0 } else { delta.magnitude().0 as f64 / largest.0 as f64 * 100.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_has_no_length() {
        assert_eq!(Scale::up_to(Bytes::ZERO).at(Bytes(5)), 0.0);
        assert_eq!(share(ByteDelta(-5), Bytes::ZERO), 0.0);
    }
}
