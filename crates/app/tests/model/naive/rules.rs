//! What may be brought, sentence by sentence.

use barker_domain::{Code, Micros, campaign::Terms, client::Client, targeting::Targeting};

use crate::disagreement::Expected;

/// The most a price may be: a million, in micros.
const MOST_MICROS: i64 = 1_000_000_000_000;

/// `invalid-request` for what may not be brought.
pub(super) fn refuse_unless(is_allowed: bool) -> Expected<()> {
    if is_allowed { Ok(()) } else { Err(vec![Code::InvalidRequest]) }
}

pub(super) fn is_client_valid(client: &Client) -> bool {
    client.age >= 0 && client.age <= 130 && !client.login.is_empty() && !client.location.is_empty()
}

pub(super) fn are_terms_valid(terms: &Terms) -> bool {
    let limits = terms.impressions_limit >= 0 && terms.clicks_limit >= 0 && terms.clicks_limit <= terms.impressions_limit;
    let texts = !terms.ad_title.is_empty() && !terms.ad_text.is_empty();
    let dates = terms.start_date <= terms.end_date;
    limits && texts && dates && is_price(terms.cost_per_impression) && is_price(terms.cost_per_click) && are_ages_ordered(&terms.targeting)
}

/// Both limits and both dates.
pub(super) fn are_frozen_fields_equal(before: &Terms, after: &Terms) -> bool {
    let limits = before.impressions_limit == after.impressions_limit && before.clicks_limit == after.clicks_limit;
    limits && before.start_date == after.start_date && before.end_date == after.end_date
}

fn is_price(price: Micros) -> bool {
    price.0 >= 0 && price.0 <= MOST_MICROS
}

fn are_ages_ordered(targeting: &Targeting) -> bool {
    match (targeting.age_from, targeting.age_to) {
        (Some(from), Some(to)) => from <= to,
        _ => true,
    }
}
