//! The 90th percentile of all ML scores of a project, exact after every change.

use std::collections::BTreeMap;

use barker_domain::score::p90_rank;

/// A multiset of scores, split at the percentile: reading it costs nothing, a change costs O(log n).
#[derive(Debug, Default)]
pub struct ScoreDistribution {
    /// The `p90_rank(count)` smallest scores.
    lower: Half,
    /// The rest.
    upper: Half,
}

#[derive(Debug, Default)]
struct Half {
    counts: BTreeMap<i32, u64>,
    len: u64,
}

impl Half {
    fn insert(&mut self, score: i32, count: u64) {
        *self.counts.entry(score).or_default() += count;
        self.len += count;
    }

    /// `false` when there is none of it.
    fn remove_one(&mut self, score: i32) -> bool {
        let Some(count) = self.counts.get_mut(&score) else { return false };
        *count -= 1;
        if *count == 0 {
            self.counts.remove(&score);
        }
        self.len -= 1;
        true
    }
}

impl ScoreDistribution {
    /// A distribution of scores with how often each occurs.
    pub fn from_counts(counts: impl IntoIterator<Item = (i32, u64)>) -> Self {
        let mut all: Vec<_> = counts.into_iter().filter(|(_, count)| *count > 0).collect();
        all.sort_unstable();
        let mut room = p90_rank(all.iter().map(|(_, count)| count).sum());
        let mut distribution = Self::default();
        for (score, count) in all {
            let below = count.min(room);
            room -= below;
            if below > 0 {
                distribution.lower.insert(score, below);
            }
            if count > below {
                distribution.upper.insert(score, count - below);
            }
        }
        distribution
    }

    /// Replaces a pair's former score (`None` when it had none) by a new one.
    pub fn change(&mut self, former: Option<i32>, score: i32) {
        if let Some(former) = former
            && !self.lower.remove_one(former)
        {
            self.upper.remove_one(former);
        }
        let belongs_below = self.lower.counts.last_key_value().is_none_or(|(largest, _)| score <= *largest);
        if belongs_below {
            self.lower.insert(score, 1);
        } else {
            self.upper.insert(score, 1);
        }
        self.balance();
    }

    /// Takes a pair's score away.
    pub fn remove(&mut self, score: i32) {
        if !self.lower.remove_one(score) {
            self.upper.remove_one(score);
        }
        self.balance();
    }

    /// The 90th percentile by nearest rank; 1 when there are no scores or it is 0, so that it can be divided by.
    #[must_use]
    pub fn p90(&self) -> i32 {
        self.lower.counts.last_key_value().map_or(1, |(score, _)| (*score).max(1))
    }

    fn balance(&mut self) {
        let rank = p90_rank(self.lower.len + self.upper.len);
        while self.lower.len > rank {
            let Some((&score, _)) = self.lower.counts.last_key_value() else { return };
            self.lower.remove_one(score);
            self.upper.insert(score, 1);
        }
        while self.lower.len < rank {
            let Some((&score, _)) = self.upper.counts.first_key_value() else { return };
            self.upper.remove_one(score);
            self.lower.insert(score, 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn naive_p90(scores: &[i32]) -> i32 {
        let mut sorted = scores.to_vec();
        sorted.sort_unstable();
        let rank = usize::try_from(p90_rank(sorted.len() as u64)).unwrap();
        rank.checked_sub(1).map_or(1, |place| sorted[place].max(1))
    }

    #[test]
    fn nothing_and_zeros_give_one() {
        assert_eq!(ScoreDistribution::default().p90(), 1);
        assert_eq!(ScoreDistribution::from_counts([(0, 5)]).p90(), 1);
    }

    proptest! {
        #[test]
        fn any_sequence_of_changes_agrees_with_sorting(changes in proptest::collection::vec((0..20_usize, 0..50_i32), 0..200), loaded in 0..200_usize) {
            let mut pairs = [None; 20];
            let mut distribution = ScoreDistribution::default();
            for (turn, (pair, score)) in changes.iter().enumerate() {
                if turn == loaded {
                    distribution = ScoreDistribution::from_counts(pairs.iter().flatten().map(|score| (*score, 1)));
                }
                match pairs[*pair] {
                    // Every now and then a pair goes for good.
                    Some(former) if turn % 5 == 4 => {
                        pairs[*pair] = None;
                        distribution.remove(former);
                    }
                    _ => distribution.change(pairs[*pair].replace(*score), *score),
                }
                let all: Vec<i32> = pairs.iter().flatten().copied().collect();
                prop_assert_eq!(distribution.p90(), naive_p90(&all));
            }
        }
    }
}
