//! The market that is loaded: who sees ads, who pays, and for what. The same numbers give the same market every time.
//!
//! Targeting leaves about [`CANDIDATES`] campaigns for a client, however many there are, as in a real market: most
//! campaigns are for other places, other ages or the other gender. Limits are so high that nothing ever fills.

use serde_json::{Value, json};
use uuid::Uuid;

/// Campaigns that fit a client, on average.
const CANDIDATES: u32 = 300;
/// Of a place's campaigns, the percentage that fits one of its clients by gender (3 in 4) and by age (4 in 5).
const FITTING_PERCENT: u32 = 60;
/// Scores of a client.
pub(crate) const SCORES_PER_CLIENT: u32 = 2;
const YOUNGEST: u32 = 18;
const AGES: u32 = 50;
/// Years of age in a campaign's targeting.
const AGE_SPAN: u32 = 40;
/// Whom campaigns are for: half of them for everyone.
const GENDERS: [&str; 4] = ["ALL", "ALL", "FEMALE", "MALE"];
/// Shown often enough to never be reached.
const LIMIT: i32 = i32::MAX;
const LAST_DAY: i32 = 1_000;

/// Sizes of a market.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Market {
    pub(crate) clients: u32,
    pub(crate) advertisers: u32,
    pub(crate) campaigns: u32,
    places: u32,
}

/// Kinds of things, so that no two of them share an id.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Advertiser = 1,
    Client = 2,
}

impl Market {
    pub(crate) fn new(clients: u32, campaigns: u32) -> Self {
        let places = (campaigns / 100 * FITTING_PERCENT / CANDIDATES).max(1);
        Self { clients, advertisers: (campaigns / 10).clamp(10, 10_000), campaigns, places }
    }

    pub(crate) fn client_id(number: u32) -> Uuid {
        id(Kind::Client, number)
    }

    pub(crate) fn advertiser_id(number: u32) -> Uuid {
        id(Kind::Advertiser, number)
    }

    pub(crate) fn advertiser(number: u32) -> Value {
        json!({"advertiser_id": Self::advertiser_id(number), "name": format!("Advertiser {number}")})
    }

    pub(crate) fn client(self, number: u32) -> Value {
        let drawn = scatter(u64::from(number));
        json!({
            "client_id": Self::client_id(number),
            "login": format!("client.{number}@example.com"),
            "age": YOUNGEST + below(drawn, AGES),
            "location": self.place(below(drawn >> 16, self.places)),
            "gender": if drawn >> 63 == 0 { "FEMALE" } else { "MALE" },
        })
    }

    /// The score with this number: client by client, each for [`SCORES_PER_CLIENT`] different advertisers.
    pub(crate) fn score(self, number: u32) -> Value {
        let (client, which) = (number / SCORES_PER_CLIENT, number % SCORES_PER_CLIENT);
        let drawn = scatter(u64::from(client) << 1 | 1);
        let advertiser = (below(drawn, self.advertisers) + which * (self.advertisers / SCORES_PER_CLIENT)) % self.advertisers;
        json!({
            "client_id": Self::client_id(client),
            "advertiser_id": Self::advertiser_id(advertiser),
            "score": below(scatter(drawn ^ u64::from(which)), 1_000),
        })
    }

    /// Who pays for the campaign with this number.
    pub(crate) fn payer(self, number: u32) -> Uuid {
        Self::advertiser_id(number % self.advertisers)
    }

    pub(crate) fn campaign(self, number: u32) -> Value {
        let drawn = scatter(u64::from(number) ^ 1 << 40);
        let age_from = YOUNGEST + below(drawn, AGES - AGE_SPAN + 1);
        let gender = GENDERS[below(drawn >> 40, 4) as usize];
        json!({
            "impressions_limit": LIMIT,
            "clicks_limit": LIMIT,
            "cost_per_impression": f64::from(100 + below(drawn >> 8, 900)) / 100.0,
            "cost_per_click": f64::from(1_000 + below(drawn >> 24, 9_000)) / 100.0,
            "ad_title": format!("Offer number {number}"),
            "ad_text": "Softer, lighter and cheaper than yesterday: have a look while it lasts.",
            "start_date": 0,
            "end_date": LAST_DAY,
            "targeting": {
                "gender": gender,
                "age_from": age_from,
                "age_to": age_from + AGE_SPAN - 1,
                "location": self.place(number % self.places),
            },
        })
    }

    fn place(self, number: u32) -> String {
        debug_assert!(number < self.places);
        format!("City {number}")
    }
}

/// Looks random, as callers' ids do, so that neighbours in the list are none in an index.
fn id(kind: Kind, number: u32) -> Uuid {
    let high = scatter((kind as u64) << 32 | u64::from(number));
    uuid::Builder::from_random_bytes((u128::from(high) << 64 | u128::from(scatter(high))).to_be_bytes()).into_uuid()
}

/// One step of the generator `SplitMix64` (Steele, Lea and Flood, 2014): a bijection, so that no two numbers meet.
fn scatter(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A number below `limit` from the lower half of what was drawn.
#[expect(clippy::cast_possible_truncation, reason = "the lower half is what is wanted, and a remainder of a u32 is one")]
fn below(drawn: u64, limit: u32) -> u32 {
    (u64::from(drawn as u32) % u64::from(limit)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn fits(campaign: &Value, client: &Value) -> bool {
        let targeting = &campaign["targeting"];
        let age = client["age"].as_u64().unwrap();
        targeting["location"] == client["location"]
            && (targeting["gender"] == "ALL" || targeting["gender"] == client["gender"])
            && (targeting["age_from"].as_u64().unwrap()..=targeting["age_to"].as_u64().unwrap()).contains(&age)
    }

    #[test]
    fn a_client_has_some_three_hundred_candidates_in_a_market_of_ten_thousand() {
        let market = Market::new(1_000, 10_000);
        let campaigns: Vec<_> = (0..10_000).map(|number| market.campaign(number)).collect();
        let candidates = |number| {
            let client = market.client(number);
            campaigns.iter().filter(|campaign| fits(campaign, &client)).count()
        };
        let counts: Vec<_> = (0..200).map(candidates).collect();
        let average = counts.iter().sum::<usize>() / counts.len();
        assert!((250..=350).contains(&average), "{average}");
    }

    #[test]
    fn nobody_is_without_candidates_in_a_market_of_a_hundred() {
        let market = Market::new(1_000, 100);
        let campaigns: Vec<_> = (0..100).map(|number| market.campaign(number)).collect();
        for number in 0..1_000 {
            let client = market.client(number);
            assert!(campaigns.iter().filter(|campaign| fits(campaign, &client)).count() >= 3, "{client}");
        }
    }

    #[test]
    fn ids_and_pairs_of_a_score_occur_once() {
        let market = Market::new(10_000, 100);
        let ids: HashSet<_> = (0..10_000).flat_map(|number| [Market::client_id(number), Market::advertiser_id(number)]).collect();
        assert_eq!(ids.len(), 20_000);
        let pairs: HashSet<_> = (0..20_000)
            .map(|number| market.score(number))
            .map(|score| (score["client_id"].to_string(), score["advertiser_id"].to_string()))
            .collect();
        assert_eq!(pairs.len(), 20_000);
    }
}
