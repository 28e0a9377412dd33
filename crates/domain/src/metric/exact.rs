//! Fractions of whole numbers of 128 bits: nothing is rounded before a number is written down.

use std::cmp::Ordering;

/// A fraction in lowest terms. What does not fit is no number rather than a wrong one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Exact {
    over: i128,
    /// Greater than 0.
    under: i128,
}

impl Exact {
    /// Nothing.
    pub const ZERO: Self = Self { over: 0, under: 1 };

    /// `over / under`; none when that is divided by 0, or when it does not fit.
    #[must_use]
    pub fn new(over: i128, under: i128) -> Option<Self> {
        let divisor = i128::try_from(greatest_common_divisor(over.unsigned_abs(), under.unsigned_abs())).ok().filter(|it| *it > 0)?;
        let (over, under) = (over / divisor, under / divisor);
        match under.cmp(&0) {
            Ordering::Less => Some(Self { over: over.checked_neg()?, under: under.checked_neg()? }),
            Ordering::Equal => None,
            Ordering::Greater => Some(Self { over, under }),
        }
    }

    /// The product with a whole number.
    #[must_use]
    pub fn times(self, factor: i128) -> Option<Self> {
        Self::new(self.over.checked_mul(factor)?, self.under)
    }

    /// The product.
    #[must_use]
    pub fn multiplied(self, factor: Self) -> Option<Self> {
        Self::new(self.over.checked_mul(factor.over)?, self.under.checked_mul(factor.under)?)
    }

    /// The quotient; none when that is divided by 0.
    #[must_use]
    pub fn over(self, divisor: Self) -> Option<Self> {
        Self::new(self.over.checked_mul(divisor.under)?, self.under.checked_mul(divisor.over)?)
    }

    /// The difference.
    #[must_use]
    pub fn minus(self, other: Self) -> Option<Self> {
        let (left, right) = (self.over.checked_mul(other.under)?, other.over.checked_mul(self.under)?);
        Self::new(left.checked_sub(right)?, self.under.checked_mul(other.under)?)
    }

    /// By what share it is more than another; less is negative. None where the other is 0.
    #[must_use]
    pub fn growth_from(self, before: Self) -> Option<Self> {
        let size = Self { over: before.over.checked_abs()?, under: before.under };
        self.minus(before)?.over(size)
    }

    /// The whole number that it is, if it is one.
    #[must_use]
    pub fn whole(self) -> Option<i128> {
        (self.under == 1).then_some(self.over)
    }

    /// As a double, for JSON and for files.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "rendering: this is where numbers are rounded")]
    pub fn to_decimal(self) -> f64 {
        self.over as f64 / self.under as f64
    }
}

impl Ord for Exact {
    /// By continued fractions: products of the two might not fit.
    fn cmp(&self, other: &Self) -> Ordering {
        let (mut left, mut right) = (*self, *other);
        let mut is_turned = false;
        loop {
            let (whole_left, whole_right) = (left.over.div_euclid(left.under), right.over.div_euclid(right.under));
            let (rest_left, rest_right) = (left.over.rem_euclid(left.under), right.over.rem_euclid(right.under));
            let order = whole_left.cmp(&whole_right);
            let order = match (order, rest_left, rest_right) {
                (Ordering::Equal, 0, 0) => Ordering::Equal,
                (Ordering::Equal, 0, _) => Ordering::Less,
                (Ordering::Equal, _, 0) => Ordering::Greater,
                (Ordering::Equal, ..) => {
                    // Of what is left over, the greater one has the smaller reciprocal.
                    (left, right) = (Self { over: left.under, under: rest_left }, Self { over: right.under, under: rest_right });
                    is_turned = !is_turned;
                    continue;
                }
                (order, ..) => order,
            };
            return if is_turned { order.reverse() } else { order };
        }
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn greatest_common_divisor(mut left: u128, mut right: u128) -> u128 {
    while right > 0 {
        (left, right) = (right, left % right);
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_divided_by_nothing_is_no_number() {
        assert_eq!(Exact::new(0, 0), None);
        assert_eq!(Exact::new(5, 0), None);
        assert_eq!(Exact::new(i128::MIN, -1), None);
        assert_eq!(Exact::new(-3, -6), Exact::new(1, 2));
    }

    #[test]
    fn numbers_are_rounded_once_when_they_are_written() {
        assert_eq!(Exact::new(-1, 3).unwrap().to_decimal(), -1.0 / 3.0);
        assert_eq!(Exact::new(1_000_000_000_000_000_001, 1_000_000).unwrap().to_decimal(), 1_000_000_000_000.000_001);
        assert_eq!(Exact::new(123_456_789, 1_000_000).unwrap().to_decimal(), 123.456_789);
    }

    #[test]
    fn growth_is_told_by_what_was_there_before() {
        let (ten, fifteen) = (Exact::new(10, 1).unwrap(), Exact::new(15, 1).unwrap());
        assert_eq!(fifteen.growth_from(ten), Exact::new(1, 2));
        assert_eq!(ten.growth_from(fifteen), Exact::new(-1, 3));
        assert_eq!(ten.growth_from(Exact::ZERO), None);
        let loss = Exact::new(-10, 1).unwrap();
        assert_eq!(ten.growth_from(loss), Exact::new(2, 1), "from a loss of ten to a gain of ten is upwards");
    }

    proptest::proptest! {
        #[test]
        fn fractions_are_ordered_as_their_products_are(a in -1000_i128..1000, b in 1_i128..1000, c in -1000_i128..1000, d in 1_i128..1000) {
            let order = Exact::new(a, b).unwrap().cmp(&Exact::new(c, d).unwrap());
            proptest::prop_assert_eq!(order, (a * d).cmp(&(c * b)));
        }

        #[test]
        fn any_two_fractions_can_be_compared(a: i128, b: i128, c: i128, d: i128) {
            if let (Some(left), Some(right)) = (Exact::new(a, b), Exact::new(c, d)) {
                proptest::prop_assert_eq!(left.cmp(&right), right.cmp(&left).reverse());
                proptest::prop_assert_eq!(left.cmp(&right).is_eq(), left == right);
            }
        }
    }
}
