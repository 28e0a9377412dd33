//! What a report was read from, and how fresh that is.

use std::collections::BTreeSet;

use barker_domain::{
    Day,
    metric::{Family, Metric},
};
use barker_warehouse::{Latest, SourceState, question::Sales};

use super::{ReportRequest, plan::Ground};

/// One source of facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The metrics that it feeds: `ad_spend`, `sales`, `leads`, `events`.
    pub family: Family,
    /// The facts that it brings: `ad_spend`, `orders`, `events`, ...
    pub facts: &'static str,
    /// The platform, shop or CRM.
    pub source: String,
    /// The account there.
    pub account: String,
    /// When the latest fact happened.
    pub latest: Freshness,
    /// When the last one came, milliseconds UTC.
    pub arrived_at_ms: i64,
}

/// When something happened, as exactly as its source knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// A day of the source.
    Day(Day),
    /// Milliseconds UTC.
    Instant(i64),
}

/// The sources of the metrics that were asked for.
pub(super) fn used(ground: &Ground, request: &ReportRequest) -> Vec<Source> {
    let families: BTreeSet<_> = request.metrics.iter().flat_map(|metric| families(metric)).collect();
    let pairs = families.into_iter().flat_map(|family| ground.sources.iter().map(move |state| (family, state)));
    pairs.filter(|(family, state)| feeds(state, *family, ground)).map(|(family, state)| source(family, state)).collect()
}

fn families(metric: &Metric) -> impl Iterator<Item = Family> {
    metric.sums().map(barker_domain::metric::Sum::family)
}

fn feeds(state: &SourceState, family: Family, ground: &Ground) -> bool {
    match family {
        Family::Spend => state.facts == "ad_spend",
        Family::Sales => match ground.sales() {
            _ if !ground.conversion_events.is_empty() && state.facts == "events" => true,
            Sales::Orders => matches!(state.facts, "orders" | "refunds" | "deals"),
            Sales::Purchases => matches!(state.facts, "events" | "refunds" | "deals"),
        },
        Family::Leads => matches!(state.facts, "events" | "deals"),
        Family::Events => state.facts == "events",
    }
}

fn source(family: Family, state: &SourceState) -> Source {
    Source {
        family,
        facts: state.facts,
        source: state.source.clone(),
        account: state.account.clone(),
        latest: match state.latest {
            Latest::Day(day) => Freshness::Day(day),
            Latest::Instant(at_ms) => Freshness::Instant(at_ms),
        },
        arrived_at_ms: state.arrived_at_ms,
    }
}
