//! Chance that is the same everywhere: integers from `ChaCha8`, and nothing that a library
//! version or a processor may round differently. What is made up (a demo shop, a market) is made with it.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

/// How many draws a bell is the mean of; four already look like a bell and stay within its ends.
const BELL_DRAWS: i64 = 4;

/// A source of chance, fixed by its seed and its stream.
#[derive(Debug, Clone)]
pub struct Draw(ChaCha8Rng);

impl Draw {
    /// Streams of one seed are independent: one more draw in one of them changes nothing in the others.
    #[must_use]
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        let mut generator = ChaCha8Rng::from_seed(key);
        generator.set_stream(stream);
        Self(generator)
    }

    /// A number from 0 to `bound` - 1; 0 when the bound is 0.
    ///
    /// The upper half of a product (Lemire 2019), without its rejection step: the bias is below `bound` / 2^64.
    pub fn below(&mut self, bound: usize) -> usize {
        let product = u128::from(self.0.next_u64()) * bound as u128;
        #[expect(clippy::cast_possible_truncation, reason = "the upper half is below the bound")]
        let number = (product >> 64) as usize;
        number
    }

    /// A whole number with both ends included; `low` when the ends are in the wrong order.
    pub fn between(&mut self, low: i32, high: i32) -> i32 {
        let count = usize::try_from(i64::from(high) - i64::from(low) + 1).unwrap_or(0);
        i32::try_from(self.below(count)).map_or(low, |offset| low.saturating_add(offset))
    }

    /// A whole number with both ends included, likelier in the middle.
    pub fn bell(&mut self, low: i32, high: i32) -> i32 {
        let sum: i64 = (0..BELL_DRAWS).map(|_| i64::from(self.between(low, high))).sum();
        i32::try_from(sum.div_euclid(BELL_DRAWS)).unwrap_or(low)
    }

    /// True this many times in a hundred.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of the items, which must not be empty.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// One of the items, which must not be empty, as often as its weight says.
    pub fn pick_weighted<'a, T>(&mut self, items: &'a [(T, usize)]) -> &'a T {
        let total = items.iter().map(|(_, weight)| weight).sum();
        let mut ticket = self.below(total);
        for (item, weight) in items {
            if ticket < *weight {
                return item;
            }
            ticket -= weight;
        }
        &items[0].0
    }

    /// Puts the items into a random order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }

    /// An id of version 4, made from this generator's bytes.
    pub fn uuid(&mut self) -> Uuid {
        let mut bytes = [0; 16];
        self.0.fill_bytes(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_of_a_seed_never_change() {
        let mut draw = Draw::new(7, 3);
        let numbers: Vec<_> = (0..5).map(|_| draw.below(1_000)).collect();
        assert_eq!((numbers, draw.uuid().to_string().as_str()), (vec![662, 504, 736, 43, 1], "1a2f0530-13d2-49a3-9185-23aada94ea67"));
    }

    #[test]
    fn seeds_and_streams_each_give_other_numbers() {
        let first = |seed, stream| Draw::new(seed, stream).below(1 << 40);
        assert_ne!(first(7, 1), first(7, 2));
        assert_ne!(first(7, 1), first(8, 1));
    }

    #[test]
    fn both_ends_are_drawn_and_nothing_beyond_them() {
        let mut draw = Draw::new(1, 1);
        let numbers: std::collections::BTreeSet<_> = (0..200).map(|_| draw.between(-2, 2)).collect();
        assert_eq!(numbers.into_iter().collect::<Vec<_>>(), [-2, -1, 0, 1, 2]);
        assert_eq!(draw.between(5, 4), 5);
    }

    #[test]
    fn a_bell_prefers_its_middle() {
        let mut draw = Draw::new(1, 1);
        let middle = (0..1_000).filter(|_| (40..60).contains(&draw.bell(0, 99))).count();
        assert!(middle > 400, "only {middle} of 1,000 in the middle fifth");
    }

    #[test]
    fn weights_are_kept() {
        let mut draw = Draw::new(1, 1);
        let items = [("never", 0), ("often", 9), ("rarely", 1)];
        let often = (0..1_000).filter(|_| *draw.pick_weighted(&items) == "often").count();
        assert!((850..950).contains(&often), "{often}");
    }

    #[test]
    fn shuffling_keeps_every_item() {
        let mut items: Vec<_> = (0..50).collect();
        Draw::new(1, 1).shuffle(&mut items);
        assert_ne!(items, (0..50).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..50).collect::<Vec<_>>());
    }
}
