//! Batches of events, made from their numbers alone, so that one can be sent again.

use std::{collections::HashSet, fmt::Write};

use jiff::Timestamp;

/// Visitors who come again and again.
const VISITORS: u64 = 200_000;
/// A number without factors in common with the visitors.
const STRIDE: u64 = 7_919;
const HOUR_MS: u64 = 3_600_000;
const CHANNELS: [&str; 5] = [
    "https://shop.example/?utm_source=yandex&utm_medium=cpc&utm_campaign=autumn",
    "https://shop.example/?utm_source=newsletter&utm_medium=email",
    "https://shop.example/catalogue",
    "https://shop.example/?utm_source=vk&utm_medium=social",
    "https://shop.example/?gclid=abc",
];

/// Which batches there are, and which of them are known to be kept.
#[derive(Debug)]
pub(super) struct Batches {
    size: u32,
    began_ms: i64,
    next: u64,
    kept: HashSet<u64>,
}

impl Batches {
    pub(super) fn new(size: u32, began_ms: i64) -> Self {
        Self { size, began_ms, next: 0, kept: HashSet::new() }
    }

    /// The number of a batch that was never sent.
    pub(super) fn next(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    pub(super) fn keep(&mut self, numbers: impl Iterator<Item = u64>) {
        self.kept.extend(numbers);
    }

    pub(super) fn events_kept(&self) -> u64 {
        self.events_of(self.kept.len())
    }

    pub(super) fn events_of(&self, batches: usize) -> u64 {
        u64::try_from(batches).unwrap_or(u64::MAX).saturating_mul(u64::from(self.size))
    }

    /// What makes the body of a batch; the same number, the same bytes.
    pub(super) fn recipe(&self) -> impl Fn(u64) -> String + Send + Sync + Copy + 'static {
        let (size, began_ms) = (u64::from(self.size), self.began_ms);
        move |number| body(number, size, began_ms)
    }
}

/// All of them begin a session, because that is what is counted afterwards.
fn body(number: u64, size: u64, began_ms: i64) -> String {
    let mut text = String::with_capacity(usize::try_from(size).unwrap_or_default() * 260);
    text.push_str(r#"{"events":["#);
    for place in 0..size {
        let event = number * size + place;
        // Of the last hour: what is sent at once happened at many moments.
        let at = Timestamp::from_millisecond(began_ms - i64::try_from(event * STRIDE % HOUR_MS).unwrap_or_default()).unwrap_or_default();
        let visitor = event * STRIDE % VISITORS;
        let page = CHANNELS[usize::try_from(event % 5).unwrap_or_default()];
        let comma = if place == 0 { "" } else { "," };
        // Writing to a text does not fail.
        let _written = write!(
            text,
            r#"{comma}{{"event_id":"{event}","event_type":"session_start","occurred_at":"{at}","client_id":"visitor-{visitor}","session_id":"s-{event}","page":"{page}","device":"mobile","country":"RU"}}"#
        );
    }
    text.push_str("]}");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_the_same_when_it_is_sent_again_and_shares_nothing_with_others() {
        let recipe = Batches::new(2, 1_795_305_599_000).recipe();
        assert_eq!(recipe(3), recipe(3));
        assert!(
            recipe(3).contains(r#""event_id":"6""#) && recipe(3).contains(r#""event_id":"7""#) && recipe(4).contains(r#""event_id":"8""#)
        );
    }
}
