//! What makes a batch impossible to keep, and how many rows it brings.

use barker_domain::{Day, FieldError, Result, error::unless_faulty};

use super::{Batch, Facts, attributes};
use crate::question::MAX_DAYS;

impl Batch {
    /// Refuses what could not be told apart or taken back later.
    ///
    /// # Errors
    /// `invalid-request` that names the row.
    pub fn check(&self) -> Result<()> {
        let mut faults = Vec::new();
        let mut require = |place: usize, name: &str, is_there: bool| {
            if !is_there {
                faults.push(FieldError::new(format!("/{place}/{name}"), "required", "is empty"));
            }
        };
        match &self.facts {
            Facts::Spend(load) => faults.extend(faults_of_days(load.days, load.rows.iter().map(|row| row.day))),
            Facts::WebSessions(load) => faults.extend(faults_of_days(load.days, load.rows.iter().map(|row| row.day))),
            Facts::Events(rows) => {
                rows.iter().enumerate().for_each(|(place, row)| require(place, "event_id", !row.event_id.is_empty()));
                let garbled =
                    rows.iter().enumerate().filter(|(_, row)| !row.attributes.is_empty() && !attributes::are_texts(&row.attributes));
                faults.extend(
                    garbled.map(|(place, _)| FieldError::new(format!("/{place}/attributes"), "type", "is not a JSON object of texts")),
                );
            }
            Facts::OrderItems(rows) => rows.iter().enumerate().for_each(|(place, row)| {
                require(place, "order_id", !row.order_id.is_empty());
            }),
            Facts::Products(rows) => {
                rows.iter().enumerate().for_each(|(place, row)| require(place, "product_id", !row.product_id.is_empty()));
            }
            Facts::Orders(rows) => rows.iter().enumerate().for_each(|(place, row)| require(place, "order_id", !row.order_id.is_empty())),
            Facts::Refunds(rows) => rows.iter().enumerate().for_each(|(place, row)| require(place, "refund_id", !row.refund_id.is_empty())),
            Facts::Deals(rows) => rows.iter().enumerate().for_each(|(place, row)| require(place, "deal_id", !row.deal_id.is_empty())),
            Facts::Rates(rows) => rows.iter().enumerate().for_each(|(place, row)| require(place, "value_nanos", row.value_nanos > 0)),
            Facts::Identities(rows) => {
                rows.iter().enumerate().for_each(|(place, row)| require(place, "client_id", !row.client_id.is_empty()));
            }
        }
        unless_faulty((), faults)
    }

    /// Rows that it brings.
    #[must_use]
    pub fn row_count(&self) -> usize {
        let count = |(first, last): (Day, Day)| usize::try_from(first.count_through(last)).unwrap_or(usize::MAX);
        match &self.facts {
            Facts::Spend(load) => load.rows.len() + count(load.days),
            Facts::WebSessions(load) => load.rows.len() + count(load.days),
            Facts::Events(rows) => rows.len(),
            Facts::Identities(rows) => rows.len(),
            Facts::Orders(rows) => rows.len(),
            Facts::OrderItems(rows) => rows.len(),
            Facts::Products(rows) => rows.len(),
            Facts::Refunds(rows) => rows.len(),
            Facts::Deals(rows) => rows.len(),
            Facts::Rates(rows) => rows.len(),
        }
    }
}

/// Of a load that speaks of too many days, or of others than it says.
fn faults_of_days((first, last): (Day, Day), days: impl Iterator<Item = Day>) -> Vec<FieldError> {
    let mut faults = Vec::new();
    if !(1..=MAX_DAYS).contains(&first.count_through(last)) {
        faults.push(FieldError::new("/days", "range", format!("from 1 to {MAX_DAYS} days")));
    }
    let strays = days.enumerate().filter(|(_, day)| !(first..=last).contains(day));
    faults.extend(strays.map(|(place, _)| FieldError::new(format!("/{place}/day"), "range", "is not a day of the load")));
    faults
}
