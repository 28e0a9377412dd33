//! A made-up online shop, day by day: what its advertising cost, who came, who bought, what came back and what its CRM says.
//!
//! Pure: every fact follows from the seed, the size and the day that it belongs to, whatever was asked before. No clock, no IO.
//! The numbers are set so that reports look like those of a real shop of household goods.

mod assortment;
mod campaign;
mod crm;
mod order;
mod origin;
mod person;
mod season;
mod spend;
mod visit;

use barker_domain::Day;
use barker_warehouse::fact::{Facts, Rate};
use serde::{Deserialize, Serialize};

use crate::draw::Draw;

pub(super) use assortment::products;
pub(super) use person::{OWN_CLIENTS, own_client};
pub(super) use season::{HOURS_UTC, MS_PER_DAY};
pub(super) use spend::{MARKER_LEVEL, MARKER_SOURCE, account};

/// What the shop is called among sources of orders.
pub(super) const SHOP: &str = "uyut_shop";
/// What its CRM is called.
pub(super) const CRM: &str = "amocrm";
/// Events that are handed over together.
const EVENTS_TOGETHER: usize = 5_000;

/// Which shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shop {
    /// Where all chance comes from.
    pub seed: u64,
    /// Orders of a usual day.
    pub orders_per_day: u32,
}

/// What chance is drawn for: each has streams of its own, so that one more draw in one changes nothing elsewhere.
#[derive(Debug, Clone, Copy)]
enum Topic {
    Demand = 1,
    Order,
    Fate,
    Person,
    Visit,
    Lead,
    Deal,
    Clicks,
    Rate,
    Client,
    Mention,
}

/// Days that are made together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    /// First and last day.
    pub(super) days: (Day, Day),
    /// As of when, milliseconds UTC: nothing that happens later is told, and platforms still restate what is recent.
    pub(super) as_of_ms: i64,
    /// What shop and CRM did up to then was told before. Events are known by their ids and may be told again.
    pub(super) after_ms: i64,
}

impl Shop {
    /// The chance of one thing of one day.
    fn draw(&self, topic: Topic, day: Day, index: u32) -> Draw {
        let stream = ((topic as u64) << 56) | (u64::from(day.0.cast_unsigned()) << 24) | u64::from(index & 0x00ff_ffff);
        Draw::new(self.seed, stream)
    }

    /// Everything that happened on these days, piece by piece. Spend is not among it: it comes with [`Self::spend`].
    ///
    /// # Errors
    /// What `take` says, which ends it.
    pub(super) fn tell<E>(&self, stretch: Stretch, mut take: impl FnMut(Facts) -> Result<(), E>) -> Result<(), E> {
        let (mut facts, mut waiting) = (order::Told::default(), Vec::new());
        for day in stretch.days.0.through(stretch.days.1) {
            let sales = order::sales(self, day);
            order::tell(self, (day, &sales), stretch, &mut facts);
            crm::tell(self, day, stretch, &mut facts);
            visit::tell(self, (day, &sales), |visit| {
                waiting.extend(visit.into_iter().filter(|event| event.occurred_at_ms <= stretch.as_of_ms));
                if waiting.len() < EVENTS_TOGETHER { Ok(()) } else { take(Facts::Events(std::mem::take(&mut waiting))) }
            })?;
        }
        if !waiting.is_empty() {
            take(Facts::Events(waiting))?;
        }
        facts.into_facts().into_iter().try_for_each(&mut take)?;
        take(Facts::Rates(self.rates(stretch.days)))
    }

    /// What currencies were worth, in roubles.
    pub(super) fn rates(&self, (first, last): (Day, Day)) -> Vec<Rate> {
        let rates = first.through(last).flat_map(|day| {
            season::rates(self, day).map(|(currency, value_nanos)| Rate { day, currency: currency.to_owned(), value_nanos })
        });
        rates.collect()
    }

    /// Roughly how many events a day has.
    pub(super) fn events_per_day(&self) -> usize {
        self.orders_per_day as usize * 130
    }
}

impl Stretch {
    /// Whether it is to be told.
    fn includes(self, at_ms: i64) -> bool {
        at_ms > self.after_ms && at_ms <= self.as_of_ms
    }
}

#[cfg(test)]
mod tests;
