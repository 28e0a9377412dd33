//! `expected_profit`: what a show is expected to earn, the ML score standing for the chance of a click.

use barker_domain::project::Ranking;

use super::{Candidate, Conditions, Strategy};

/// ml / P90 x cost per click + cost per impression; for an ad already seen, whose show earns nothing,
/// (that - cost per impression) / (2 x largest price), which keeps it below one half for a score at P90.
#[derive(Debug, Clone, Copy)]
pub struct ExpectedProfit;

impl Strategy for ExpectedProfit {
    fn ranking(&self) -> Ranking {
        Ranking::ExpectedProfit
    }

    fn appraise(&self, conditions: &Conditions, candidates: &[Candidate], worths: &mut Vec<f64>) {
        worths.extend(candidates.iter().map(|candidate| worth(conditions, candidate)));
    }
}

fn worth(conditions: &Conditions, candidate: &Candidate) -> f64 {
    let from_click = f64::from(candidate.ml_score) / f64::from(conditions.ml_score_p90.max(1)) * candidate.cost_per_click;
    if !candidate.is_seen {
        return from_click + candidate.cost_per_impression;
    }
    // A maximum of 0 makes its term 0.
    if conditions.largest_price > 0.0 { from_click / (2.0 * conditions.largest_price) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONDITIONS: Conditions = Conditions { ml_score_p90: 80, largest_price: 10.0 };
    const CANDIDATE: Candidate =
        Candidate { cost_per_impression: 1.5, cost_per_click: 10.0, ml_score: 40, impressions: 9, clicks: 3, is_seen: false };

    #[test]
    fn an_unseen_ad_earns_its_impression_and_the_chance_of_a_click() {
        assert_eq!(worth(&CONDITIONS, &CANDIDATE), 6.5);
    }

    #[test]
    fn a_seen_ad_earns_only_the_chance_of_a_click_relative_to_the_largest_price() {
        assert_eq!(worth(&CONDITIONS, &Candidate { is_seen: true, ..CANDIDATE }), 0.25);
    }

    #[test]
    fn a_market_of_free_ads_is_worth_nothing_and_divides_by_nothing() {
        let free = Candidate { cost_per_impression: 0.0, cost_per_click: 0.0, is_seen: true, ..CANDIDATE };
        assert_eq!(worth(&Conditions { ml_score_p90: 1, largest_price: 0.0 }, &free), 0.0);
    }
}
