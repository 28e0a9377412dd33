//! How likely a client clicks what it is shown. Pure.

use super::{Clicks, stage::Stage};
use crate::market::draw::Draw;

/// Chances are counted in millionths.
pub(super) const CERTAIN_PPM: usize = 1_000_000;
/// The least likely and the likeliest of [`Clicks::Uniform`].
const UNIFORM_PPM: (i32, i32) = (100_000, 300_000);
/// Where the campaigns' fixed chances come from.
const STREAM: u64 = 3 << 32;

/// The likelihood of clicks in a run.
#[derive(Debug)]
pub(super) enum Clicking {
    ByScore,
    /// Millionths, by place of the campaign.
    Uniform(Vec<usize>),
}

impl Clicking {
    pub(super) fn new(clicks: Clicks, seed: u64, campaigns_count: usize) -> Self {
        match clicks {
            Clicks::ByScore => Self::ByScore,
            Clicks::Uniform => {
                let mut draw = Draw::new(seed, STREAM);
                Self::Uniform((0..campaigns_count).map(|_| draw.between(UNIFORM_PPM.0, UNIFORM_PPM.1).unsigned_abs() as usize).collect())
            }
        }
    }

    /// Chance in millionths that the client clicks the campaign's ad.
    pub(super) fn chance_ppm(&self, stage: &Stage, client: usize, campaign: usize) -> usize {
        match self {
            Self::ByScore => share_ppm(stage.score(client, stage.campaigns()[campaign].advertiser), stage.largest_score()),
            Self::Uniform(chances) => chances[campaign],
        }
    }
}

fn share_ppm(score: i32, largest: i32) -> usize {
    let (score, largest) = (score.max(0).unsigned_abs() as usize, largest.max(1).unsigned_abs() as usize);
    score * CERTAIN_PPM / largest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_score_always_clicks_and_none_never_does() {
        assert_eq!([0, 2_500, 10_000].map(|score| share_ppm(score, 10_000)), [0, 250_000, CERTAIN_PPM]);
        assert_eq!(share_ppm(0, 0), 0);
        assert_eq!(share_ppm(i32::MAX, i32::MAX), CERTAIN_PPM);
    }

    #[test]
    fn fixed_chances_are_a_tenth_to_three_tenths() {
        let Clicking::Uniform(chances) = Clicking::new(Clicks::Uniform, 1, 50) else { panic!("not uniform") };
        assert_eq!(chances.len(), 50);
        assert!(chances.iter().all(|chance| (100_000..=300_000).contains(chance)));
    }
}
