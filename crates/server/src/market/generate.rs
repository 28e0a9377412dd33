//! Draws a whole market from a seed. Each part has a stream of its own: more campaigns do not change the clients.

use super::{Market, MarketSize, advertising, audience, draw::Draw, relevance};

const ADVERTISERS_STREAM: u64 = 1;
const CLIENTS_STREAM: u64 = 2;
const CAMPAIGNS_STREAM: u64 = 3;
const SCORES_STREAM: u64 = 4;

/// A believable market: the same seed and sizes give the same market on every machine.
///
/// Every campaign can be created on day 0; memory grows with clients times advertisers, see [`super::MAX_SCORES`].
#[must_use]
pub fn generate(size: &MarketSize, seed: u64) -> Market {
    let advertisers = advertising::advertisers(size.advertisers, &mut Draw::new(seed, ADVERTISERS_STREAM));
    let clients = audience::clients(size.clients, &mut Draw::new(seed, CLIENTS_STREAM));
    let campaigns = advertising::campaigns(size, &advertisers, &mut Draw::new(seed, CAMPAIGNS_STREAM));
    let scores = relevance::scores(&clients, &advertisers, &mut Draw::new(seed, SCORES_STREAM));
    Market { advertisers, clients, campaigns, scores }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn large() -> Market {
        generate(&MarketSize { clients: 2_000, advertisers: 30, campaigns: 400, days: 30 }, 11)
    }

    #[test]
    fn sizes_are_kept_and_markets_of_different_seeds_differ() {
        let size = MarketSize::default();
        let market = generate(&size, 1);
        assert_eq!((market.clients.len(), market.advertisers.len(), market.campaigns.len()), (200, 20, 30));
        assert_eq!(generate(&size, 1), market);
        assert_ne!(generate(&size, 2), market);
    }

    #[test]
    fn more_campaigns_leave_the_audience_as_it_was() {
        let few = generate(&MarketSize { campaigns: 1, ..MarketSize::default() }, 1);
        let many = generate(&MarketSize { campaigns: 99, ..MarketSize::default() }, 1);
        assert_eq!(few.clients, many.clients);
        assert_eq!(few.scores, many.scores);
    }

    #[test]
    fn a_market_without_advertisers_has_no_campaigns() {
        assert_eq!(generate(&MarketSize { advertisers: 0, ..MarketSize::default() }, 1).campaigns, []);
    }

    #[test]
    fn the_largest_city_has_several_times_the_clients_of_a_small_one() {
        let mut inhabitants: HashMap<String, usize> = HashMap::new();
        for client in large().clients {
            assert!((14..=85).contains(&client.age));
            *inhabitants.entry(client.location).or_default() += 1;
        }
        assert!(inhabitants.len() >= 12);
        assert!(inhabitants["Moscow"] > 5 * inhabitants["Krasnoyarsk"]);
    }

    #[test]
    fn targeting_is_sometimes_absent_and_often_partly_null() {
        let campaigns = large().campaigns;
        let targetings: Vec<_> = campaigns.iter().map(|campaign| &campaign.campaign_data.targeting).collect();
        assert!(targetings.iter().any(|targeting| targeting.is_none()));
        assert!(
            targetings
                .iter()
                .flat_map(|targeting| *targeting)
                .any(|targeting| targeting.location.is_none() && targeting.age_from.is_some())
        );
    }

    #[test]
    fn some_advertisers_are_generally_more_relevant() {
        let market = large();
        let mut sums: HashMap<_, i64> = HashMap::new();
        for score in &market.scores {
            *sums.entry(score.advertiser_id).or_default() += i64::from(score.score);
        }
        let (least, most) = (sums.values().min().unwrap(), sums.values().max().unwrap());
        assert!(*most > 2 * least, "{least} to {most}");
        assert!(market.scores.len() < 60_000, "some pairs were never judged");
    }
}
