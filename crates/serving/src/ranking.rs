//! Ranking: what showing each candidate is worth. Strategies share one interface and are chosen per project.
//!
//! A strategy sees the candidates of one decision together, because a worth may be relative to the best of them.
//! It neither reserves nor filters: limits and targeting hold whatever it answers.

mod blend;
mod expected_profit;

pub use blend::Blend;
pub use expected_profit::ExpectedProfit;

use barker_domain::project::Ranking;

/// What a strategy may know about one candidate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// Price of an impression, in units of currency.
    pub cost_per_impression: f64,
    /// What a click would earn, in units of currency: 0 once the campaign's clicks are used up.
    pub cost_per_click: f64,
    /// The ML score of the client and the advertiser, 0 or more.
    pub ml_score: i32,
    /// Counted impressions so far.
    pub impressions: i64,
    /// Billed clicks so far.
    pub clicks: i64,
    /// Whether the client has seen it, so that another show is neither counted nor billed.
    pub is_seen: bool,
}

/// What a strategy may know about the market as a whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Conditions {
    /// 90th percentile of all ML scores of the project, at least 1.
    pub ml_score_p90: i32,
    /// Largest price of the campaigns on the market, in units of currency.
    pub largest_price: f64,
}

/// A way to say what showing a candidate is worth.
pub trait Strategy: Send + Sync + std::fmt::Debug {
    /// Which of the project's choices this is.
    fn ranking(&self) -> Ranking;

    /// Pushes the worth of each candidate, in their order; the largest is shown.
    fn appraise(&self, conditions: &Conditions, candidates: &[Candidate], worths: &mut Vec<f64>);
}

/// The strategy a project has chosen.
#[must_use]
pub fn strategy(ranking: Ranking) -> &'static dyn Strategy {
    match ranking {
        Ranking::Blend => &Blend,
        Ranking::ExpectedProfit => &ExpectedProfit,
    }
}
