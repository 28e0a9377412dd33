//! Response times of requests for ads that were answered with an ad or with nothing to show.

use std::time::Duration;

use hdrhistogram::{CreationError, Histogram};

/// The longest time that is told apart, above the longest wait for an answer.
const LONGEST_US: u64 = 60_000_000;
/// Digits that percentiles are exact to.
const SIGNIFICANT_DIGITS: u8 = 3;

/// A histogram of microseconds.
#[derive(Debug)]
pub(super) struct ResponseTimes(Histogram<u64>);

impl ResponseTimes {
    pub(super) fn new() -> Result<Self, CreationError> {
        Histogram::new_with_bounds(1, LONGEST_US, SIGNIFICANT_DIGITS).map(Self)
    }

    /// Nothing is recorded for requests that were not answered.
    pub(super) fn record(&mut self, response_time: Option<Duration>) {
        if let Some(time) = response_time {
            self.0.saturating_record(u64::try_from(time.as_micros()).unwrap_or(LONGEST_US));
        }
    }

    pub(super) fn count(&self) -> u64 {
        self.0.len()
    }

    pub(super) fn mean_ms(&self) -> f64 {
        self.0.mean() / 1_000.0
    }

    #[expect(clippy::cast_precision_loss, reason = "microseconds of at most a minute")]
    pub(super) fn percentile_ms(&self, percent: f64) -> f64 {
        self.0.value_at_percentile(percent) as f64 / 1_000.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_milliseconds() {
        let mut times = ResponseTimes::new().unwrap();
        for milliseconds in 1..=100 {
            times.record(Some(Duration::from_millis(milliseconds)));
        }
        times.record(None);
        assert_eq!(times.count(), 100);
        assert!((times.mean_ms() - 50.5).abs() < 0.1);
        assert!((times.percentile_ms(99.0) - 99.0).abs() < 0.1);
    }
}
