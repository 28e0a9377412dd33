//! Money as whole micros (millionths of a currency unit): sums are exact, and no float is ever stored.
//!
//! Decimals exist in JSON only. A price has at most six decimals, so that it is a whole number of micros.

use serde::{Deserialize, Serialize};

/// Micros in one unit of currency.
pub const MICROS_PER_UNIT: i64 = 1_000_000;
/// The largest price of one impression or click: 1,000,000 units of currency.
pub const MAX_PRICE: Micros = Micros(1_000_000 * MICROS_PER_UNIT);

/// An amount of money in millionths of the project's currency.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Micros(pub i64);

/// Why a decimal number is not an amount of micros.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotMicros {
    /// More than six digits after the point.
    TooPrecise,
    /// Beyond what 64 bits of micros hold, infinite or not a number.
    OutOfRange,
}

impl Micros {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// Reads a decimal as JSON carries it.
    ///
    /// A double keeps fifteen significant digits; the largest price with six decimals has thirteen, so what
    /// a caller wrote is recovered to the micro from the shortest decimal that reads back as the same double.
    ///
    /// # Errors
    /// [`NotMicros`] when the amount has more than six decimals or is out of range.
    pub fn from_decimal(units: f64) -> Result<Self, NotMicros> {
        // Beyond this a double no longer tells neighbouring micros apart.
        const LARGEST_EXACT: f64 = 9.0e9;
        if !(-LARGEST_EXACT..=LARGEST_EXACT).contains(&units) {
            return Err(NotMicros::OutOfRange);
        }
        let written = format!("{units}");
        let decimals = written.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        if decimals > 6 {
            return Err(NotMicros::TooPrecise);
        }
        // The product is within half a micro of a whole number: rounding is exact, and it fits by the check above.
        #[expect(clippy::cast_possible_truncation, reason = "bounded by LARGEST_EXACT above")]
        Ok(Self((units * 1_000_000.0).round() as i64))
    }

    /// The amount as a decimal for JSON, in units of currency.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "display only: sums are made in micros")]
    pub fn to_decimal(self) -> f64 {
        self.0 as f64 / 1_000_000.0
    }

    /// The amount as a double of micros, for ranking only.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "prices are at most 10^12 micros, exact in a double")]
    pub fn weight(self) -> f64 {
        self.0 as f64
    }

    /// The sum, or the largest amount when it does not fit: money never wraps around.
    #[must_use]
    pub fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl std::iter::Sum for Micros {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Self::saturating_add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_become_whole_micros_and_back() {
        for (decimal, micros) in [(0.0, 0), (1.5, 1_500_000), (0.000_001, 1), (1_000_000.0, 1_000_000_000_000), (0.1, 100_000)] {
            assert_eq!(Micros::from_decimal(decimal), Ok(Micros(micros)));
            assert_eq!(Micros(micros).to_decimal(), decimal);
        }
    }

    #[test]
    fn a_seventh_decimal_is_refused_rather_than_rounded() {
        assert_eq!(Micros::from_decimal(0.000_000_1), Err(NotMicros::TooPrecise));
        assert_eq!(Micros::from_decimal(999_999.123_456_7), Err(NotMicros::TooPrecise));
    }

    #[test]
    fn amounts_beyond_exact_doubles_are_refused() {
        for decimal in [f64::NAN, f64::INFINITY, 1e300, -1e300] {
            assert_eq!(Micros::from_decimal(decimal), Err(NotMicros::OutOfRange));
        }
    }

    proptest::proptest! {
        #[test]
        fn every_price_survives_json(micros in 0..=MAX_PRICE.0) {
            let price = Micros(micros);
            let json = serde_json::to_string(&price.to_decimal()).unwrap();
            let read: f64 = serde_json::from_str(&json).unwrap();
            proptest::prop_assert_eq!(Micros::from_decimal(read), Ok(price));
        }
    }
}
