//! The market: an immutable picture of every active campaign, indexed by what targeting asks about.
//!
//! Activity and location split it into partitions (a campaign that is not active is not in the picture at all);
//! within a partition, blocks of campaigns keep a bitset per gender and per year of age. A change copies one block
//! and shares the rest, so publishing a picture costs microseconds, not a pass over all campaigns.

mod block;

use std::sync::Arc;

use barker_domain::{Day, Micros, client::Client};
use hashbrown::HashMap;

use crate::{glance::Glance, listing::Listing};
use block::Block;

/// The active campaigns of one day.
#[derive(Debug, Clone, Default)]
pub struct Market {
    /// The day these campaigns are active on.
    pub day: Day,
    /// The largest price among them.
    pub largest_price: Micros,
    anywhere: Partition,
    places: HashMap<Arc<str>, Partition>,
}

/// A campaign whose targeting a client fits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Match<'a> {
    pub(crate) glance: &'a Glance,
    pub(crate) listing: &'a Arc<Listing>,
    /// Whether it has budgets, or is paced.
    pub(crate) is_bounded: bool,
}

/// Room for so many matches is made at once.
const USUAL_MATCHES: usize = 512;

type Partition = Arc<Vec<Arc<Block>>>;

impl Market {
    /// The market of `day` made of these listings, which are active on it.
    pub(crate) fn open<'a>(day: Day, listings: impl IntoIterator<Item = &'a Arc<Listing>>) -> Self {
        let mut market = Self { day, ..Self::default() };
        let mut by_place: HashMap<Option<&str>, Vec<Arc<Listing>>> = HashMap::new();
        for listing in listings {
            by_place.entry(listing.campaign.terms.targeting.location.as_deref()).or_default().push(Arc::clone(listing));
        }
        for (place, listings) in by_place {
            let blocks: Vec<_> = listings.chunks(block::CAPACITY).map(|chunk| Arc::new(Block::new(chunk.to_vec()))).collect();
            *market.partition_mut(place) = Arc::new(blocks);
        }
        market
    }

    /// Adds a listing, whether or not it is active: the caller has looked.
    pub(crate) fn insert(&mut self, listing: &Arc<Listing>) {
        let blocks = Arc::make_mut(self.partition_mut(listing.campaign.terms.targeting.location.as_deref()));
        match blocks.last_mut() {
            Some(last) if last.has_room() => *last = Arc::new(last.with(Arc::clone(listing))),
            _ => blocks.push(Arc::new(Block::new(vec![Arc::clone(listing)]))),
        }
    }

    /// Takes a listing out. `false` when this very version of it is not on the market.
    pub(crate) fn remove(&mut self, listing: &Arc<Listing>) -> bool {
        let place = listing.campaign.terms.targeting.location.as_deref();
        let partition = match place {
            None => &mut self.anywhere,
            Some(place) => match self.places.get_mut(place) {
                Some(partition) => partition,
                None => return false,
            },
        };
        let Some((number, block)) = partition.iter().enumerate().find(|(_, block)| block.holds(listing)) else { return false };
        let rest = block.without(listing);
        let blocks = Arc::make_mut(partition);
        if rest.is_empty() {
            blocks.swap_remove(number);
        } else {
            blocks[number] = Arc::new(rest);
        }
        if let Some(place) = place.filter(|_| blocks.is_empty()) {
            self.places.remove(place);
        }
        true
    }

    /// Every active campaign whose targeting the client fits.
    pub(crate) fn matches(&self, client: &Client) -> Vec<Match<'_>> {
        let here = self.places.get(client.location.as_str());
        let mut matches = Vec::with_capacity(USUAL_MATCHES);
        for block in std::iter::once(&self.anywhere).chain(here).flat_map(|partition| partition.iter()) {
            block.each_match(client.gender, client.age, &mut |found| matches.push(found));
        }
        matches
    }

    fn partition_mut(&mut self, place: Option<&str>) -> &mut Partition {
        match place {
            None => &mut self.anywhere,
            Some(place) => self.places.entry(Arc::from(place)).or_default(),
        }
    }
}

#[cfg(test)]
mod tests;
