//! A block: up to [`CAPACITY`] campaigns of one partition, with a bitset for each gender and each year of age.

use std::sync::Arc;

use barker_domain::client::{Gender, MAX_AGE};

use super::Match;
use crate::{glance::Glance, listing::Listing};

/// Most campaigns in a block: large enough to be scanned at memory speed, small enough to be copied on a change.
pub(super) const CAPACITY: usize = 4_096;

const AGES: usize = MAX_AGE as usize + 1;
const WORD_BITS: usize = u64::BITS as usize;

/// Immutable campaigns and the bitsets that tell, for each question targeting asks, which of them fit.
#[derive(Debug)]
pub(super) struct Block {
    listings: Vec<Arc<Listing>>,
    /// What decisions look at of each of them.
    glances: Vec<Glance>,
    /// A bit per listing: whether it has budgets, or is paced.
    bounded: Box<[u64]>,
    /// `words` words for each gender, a bit per listing.
    genders: [Box<[u64]>; 2],
    /// `words` words for each age from 0 to [`MAX_AGE`], one age after the other.
    ages: Box<[u64]>,
}

impl Block {
    pub(super) fn new(listings: Vec<Arc<Listing>>) -> Self {
        let words = listings.len().div_ceil(WORD_BITS);
        let empty = || vec![0; words].into_boxed_slice();
        let mut block = Self {
            glances: listings.iter().map(|listing| Glance::of(listing)).collect(),
            bounded: empty(),
            genders: [empty(), empty()],
            ages: vec![0; words * AGES].into_boxed_slice(),
            listings,
        };
        for place in 0..block.listings.len() {
            block.mark(place);
        }
        block
    }

    pub(super) fn has_room(&self) -> bool {
        self.listings.len() < CAPACITY
    }

    pub(super) fn is_empty(&self) -> bool {
        self.listings.is_empty()
    }

    /// Whether this very listing (not another version of its campaign) is here.
    pub(super) fn holds(&self, listing: &Arc<Listing>) -> bool {
        self.listings.iter().any(|held| Arc::ptr_eq(held, listing))
    }

    /// A copy with one listing more.
    pub(super) fn with(&self, listing: Arc<Listing>) -> Self {
        let glances = one_more(&self.glances, Glance::of(&listing));
        let listings = one_more(&self.listings, listing);
        if self.listings.len().is_multiple_of(WORD_BITS) {
            // A word more for every bitset: built anew, once in 64 times.
            return Self::new(listings);
        }
        let mut block = Self { listings, glances, bounded: self.bounded.clone(), genders: self.genders.clone(), ages: self.ages.clone() };
        block.mark(block.listings.len() - 1);
        block
    }

    /// A copy without the listing.
    pub(super) fn without(&self, listing: &Arc<Listing>) -> Self {
        Self::new(self.listings.iter().filter(|held| !Arc::ptr_eq(held, listing)).map(Arc::clone).collect())
    }

    pub(super) fn each_match<'a>(&'a self, gender: Gender, age: i32, visit: &mut impl FnMut(Match<'a>)) {
        let genders = &self.genders[gender as usize];
        let first = words_before(age, genders.len());
        let Some(ages) = self.ages.get(first..first + genders.len()) else { return };
        for (number, (gender_word, age_word)) in genders.iter().zip(ages).enumerate() {
            let mut fitting = gender_word & age_word;
            while fitting != 0 {
                let bit = fitting.trailing_zeros();
                let place = number * WORD_BITS + bit as usize;
                let is_bounded = self.bounded[number] >> bit & 1 == 1;
                visit(Match { glance: &self.glances[place], listing: &self.listings[place], is_bounded });
                fitting &= fitting - 1;
            }
        }
    }

    fn mark(&mut self, place: usize) {
        let targeting = &self.listings[place].campaign.terms.targeting;
        let (word, bit) = (place / WORD_BITS, 1 << (place % WORD_BITS));
        if self.listings[place].is_bounded() {
            self.bounded[word] |= bit;
        }
        for gender in Gender::ALL {
            if targeting.only_gender().is_none_or(|only| only == gender) {
                self.genders[gender as usize][word] |= bit;
            }
        }
        let words = self.genders[0].len();
        for age in (0..=MAX_AGE).filter(|age| targeting.includes_age(*age)) {
            self.ages[words_before(age, words) + word] |= bit;
        }
    }
}

fn one_more<T: Clone>(of: &[T], one: T) -> Vec<T> {
    let mut all = Vec::with_capacity(of.len() + 1);
    all.extend_from_slice(of);
    all.push(one);
    all
}

/// Where an age's words begin; past the end for an age that no client has.
fn words_before(age: i32, words: usize) -> usize {
    usize::try_from(age).unwrap_or(AGES) * words
}
