//! `blend`: income and click-through rate, each relative to the largest among the candidates.

use barker_domain::project::Ranking;

use super::{Candidate, Conditions, Strategy};

const INCOME_SHARE: f64 = 0.8;
const CTR_SHARE: f64 = 0.2;

/// score = 0.8 x income / largest income + 0.2 x ctr / largest ctr, where income = ml x cost per click + cost per impression.
#[derive(Debug, Clone, Copy)]
pub struct Blend;

impl Strategy for Blend {
    fn ranking(&self) -> Ranking {
        Ranking::Blend
    }

    fn appraise(&self, _conditions: &Conditions, candidates: &[Candidate], worths: &mut Vec<f64>) {
        let largest_income = candidates.iter().map(income).fold(0.0, f64::max);
        let largest_ctr = candidates.iter().map(ctr).fold(0.0, f64::max);
        worths.extend(candidates.iter().map(|candidate| {
            INCOME_SHARE * relative(income(candidate), largest_income) + CTR_SHARE * relative(ctr(candidate), largest_ctr)
        }));
    }
}

fn income(candidate: &Candidate) -> f64 {
    f64::from(candidate.ml_score) * candidate.cost_per_click + candidate.cost_per_impression
}

#[expect(clippy::cast_precision_loss, reason = "a ratio for ranking")]
fn ctr(candidate: &Candidate) -> f64 {
    if candidate.impressions == 0 { 0.0 } else { candidate.clicks as f64 / candidate.impressions as f64 }
}

/// A largest value of 0 makes its term 0.
fn relative(value: f64, largest: f64) -> f64 {
    if largest > 0.0 { value / largest } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn appraise(candidates: &[Candidate]) -> Vec<f64> {
        let mut worths = Vec::new();
        Blend.appraise(&Conditions { ml_score_p90: 1, largest_price: 1.0 }, candidates, &mut worths);
        worths
    }

    const WORTHLESS: Candidate =
        Candidate { cost_per_impression: 0.0, cost_per_click: 0.0, ml_score: 0, impressions: 0, clicks: 0, is_seen: false };

    #[test]
    fn each_term_is_relative_to_the_best_candidate() {
        let rich = Candidate { cost_per_impression: 2.0, cost_per_click: 1.0, ml_score: 8, ..WORTHLESS };
        let clicked = Candidate { cost_per_impression: 5.0, impressions: 10, clicks: 5, ..WORTHLESS };
        assert_eq!(appraise(&[rich, clicked]), [0.8, 0.4 + 0.2]);
    }

    #[test]
    fn maxima_of_zero_make_their_terms_zero() {
        assert_eq!(appraise(&[WORTHLESS, WORTHLESS]), [0.0, 0.0]);
    }
}
