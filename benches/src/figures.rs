//! Figures of several runs: the median, with the least and the most beside it.

/// One figure, measured several times.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Figure {
    /// In order.
    values: Vec<f64>,
}

impl FromIterator<f64> for Figure {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let mut values: Vec<_> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        Self { values }
    }
}

impl Figure {
    /// The one in the middle; of an even number, the lower of the two.
    pub(crate) fn median(&self) -> f64 {
        self.values.get(self.values.len().saturating_sub(1) / 2).copied().unwrap_or(f64::NAN)
    }

    /// `median (least to most)`, or the one value there is.
    pub(crate) fn show(&self, decimals: usize) -> String {
        let median = grouped(self.median(), decimals);
        match (self.values.first(), self.values.last()) {
            (Some(least), Some(most)) if self.values.len() > 1 => {
                format!("{median} ({} to {})", grouped(*least, decimals), grouped(*most, decimals))
            }
            _ => median,
        }
    }
}

/// A number with commas between thousands.
pub(crate) fn grouped(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), None), |(whole, fraction)| (whole, Some(fraction)));
    let mut shown = String::new();
    for (place, digit) in whole.chars().enumerate() {
        let is_group_start = (whole.len() - place).is_multiple_of(3);
        if is_group_start && shown.ends_with(|last: char| last.is_ascii_digit()) {
            shown.push(',');
        }
        shown.push(digit);
    }
    fraction.map_or(shown.clone(), |fraction| format!("{shown}.{fraction}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_stands_first_and_its_bounds_beside_it() {
        let figure: Figure = [3.0, 1.0, 2.0].into_iter().collect();
        assert_eq!(figure.show(1), "2.0 (1.0 to 3.0)");
        assert_eq!([1234.0].into_iter().collect::<Figure>().show(0), "1,234");
    }

    #[test]
    fn thousands_are_told_apart() {
        let shown =
            [(0.5, 2), (999.0, 0), (1_000_000.0, 0), (-1_234.5, 1), (123_456.0, 0)].map(|(value, decimals)| grouped(value, decimals));
        assert_eq!(shown, ["0.50", "999", "1,000,000", "-1,234.5", "123,456"]);
    }
}
