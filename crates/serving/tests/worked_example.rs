//! The worked example of the guide to choosing ads, step by step: when this fails, the document is wrong or the engine is.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is its job")]

use barker_domain::{
    AdvertiserId, CampaignId, ClientId, Day, ImpressionId, Micros,
    campaign::{Campaign, Delivered, Plan, Rotation, Show, Terms},
    client::{Client, Gender},
    day::Moment,
    project::Ranking,
    targeting::{Audience, Targeting},
};
use barker_serving::{Allowance, Decision, Engine, Listing, Meter, Shown, Viewer, score_distribution::ScoreDistribution};

const ADVERTISERS: [&str; 4] = ["Lotus", "Dry Sky", "Green Basket", "Clear View"];
const SCORES: [[i32; 4]; 3] = [[60, 20, 40, 80], [10, 30, 5, 25], [50, 70, 15, 95]];

struct Row {
    letter: char,
    advertiser: &'static str,
    targeting: Targeting,
    days: (i32, i32),
    /// Micros per impression and per click.
    prices: (i64, i64),
    /// Counted so far, and the limit.
    impressions: (i64, i32),
    clicks: (i64, i32),
}

fn targeting(gender: Option<Audience>, ages: Option<(i32, i32)>, location: Option<&str>) -> Targeting {
    Targeting { gender, age_from: ages.map(|ages| ages.0), age_to: ages.map(|ages| ages.1), location: location.map(Into::into) }
}

#[rustfmt::skip]
fn rows() -> Vec<Row> {
    let (female, male, all, moscow) = (Some(Audience::Female), Some(Audience::Male), Some(Audience::All), Some("Moscow"));
    let row = |letter, advertiser, targeting, days, prices, (impressions, clicks)| Row { letter, advertiser, targeting, days, prices, impressions, clicks };
    vec![
        row('A', "Lotus", targeting(female, Some((25, 40)), moscow), (0, 10), (1_000_000, 8_000_000), ((100, 1_000), (2, 500))),
        row('B', "Dry Sky", targeting(None, None, None), (0, 10), (5_000_000, 6_000_000), ((400, 401), (20, 100))),
        row('C', "Green Basket", targeting(all, Some((18, 35)), moscow), (3, 10), (1_500_000, 10_000_000), ((100, 1_000), (12, 500))),
        row('D', "Clear View", targeting(female, None, None), (0, 10), (2_000_000, 20_000_000), ((300, 1_000), (30, 30))),
        row('E', "Lotus", targeting(male, Some((25, 40)), moscow), (0, 10), (3_000_000, 25_000_000), ((0, 1_000), (0, 500))),
        row('F', "Dry Sky", targeting(None, None, Some("Kazan")), (0, 10), (4_000_000, 15_000_000), ((0, 1_000), (0, 500))),
        row('G', "Green Basket", targeting(None, Some((18, 24)), None), (0, 10), (4_000_000, 15_000_000), ((0, 1_000), (0, 500))),
        row('H', "Clear View", targeting(None, None, moscow), (0, 4), (9_000_000, 40_000_000), ((10, 1_000), (1, 500))),
        row('I', "Lotus", targeting(None, None, moscow), (0, 10), (9_000_000, 40_000_000), ((50, 50), (5, 50))),
    ]
}

struct Example {
    engine: Engine,
    anna: Viewer,
    letters: Vec<(CampaignId, char)>,
}

impl Example {
    fn new(ranking: Ranking) -> Self {
        let ids = ADVERTISERS.map(|_| AdvertiserId::generate());
        let place = |name| ADVERTISERS.iter().position(|advertiser| *advertiser == name).unwrap();
        let (mut letters, mut listings) = (Vec::new(), Vec::new());
        for (age, row) in rows().into_iter().enumerate() {
            let terms = Terms {
                impressions_limit: row.impressions.1,
                clicks_limit: row.clicks.1,
                cost_per_impression: Micros(row.prices.0),
                cost_per_click: Micros(row.prices.1),
                ad_title: row.letter.into(),
                ad_text: "text".into(),
                start_date: Day(row.days.0),
                end_date: Day(row.days.1),
                targeting: row.targeting,
            };
            let created_at_ms = i64::try_from(age).unwrap();
            let id = CampaignId::generate();
            let campaign = Campaign {
                id,
                advertiser_id: ids[place(row.advertiser)],
                terms,
                plan: Plan::default(),
                ads: Rotation::first(id),
                version: 1,
                created_at_ms,
            };
            let delivered = Delivered { impressions: row.impressions.0, clicks: row.clicks.0, ..Delivered::default() };
            letters.push((campaign.id, row.letter));
            listings.push(Listing::new(campaign.clone(), Meter::new(&campaign, delivered, 0, Allowance::unlimited())));
        }
        let scores = ScoreDistribution::from_counts(SCORES.concat().into_iter().map(|score| (score, 1)));
        assert_eq!(scores.p90(), 80);
        let client = Client { id: ClientId::generate(), login: "anna".into(), age: 30, location: "Moscow".into(), gender: Gender::Female };
        let mut anna = Viewer::new(client);
        anna.scores.extend(ids.into_iter().zip(SCORES[0]));
        Self { engine: Engine::new(Day(5), ranking, scores, listings), anna, letters }
    }

    /// The letter of the ad Anna gets next, in upper case when it is counted and in lower case when it is a repeat.
    fn next(&mut self) -> Option<char> {
        let letter = |id: CampaignId| self.letters.iter().find(|(campaign, _)| *campaign == id).unwrap().1;
        match self.engine.decide(&self.anna, Moment::default())? {
            Decision::Repeat { listing, .. } => Some(letter(listing.campaign.id).to_ascii_lowercase()),
            Decision::New { listing, ad_id, reservation, .. } => {
                reservation.settle();
                self.engine.retire_when_full(&listing);
                let shown = Shown { impression_id: ImpressionId::generate(), ad_id, nth: 1, last: Show::default(), is_clicked: false };
                self.anna.history.insert(listing.campaign.id, shown);
                Some(letter(listing.campaign.id))
            }
        }
    }

    fn click(&mut self, letter: char) {
        let id = self.letters.iter().find(|(_, listed)| *listed == letter).unwrap().0;
        self.anna.history.get_mut(&id).unwrap().is_clicked = true;
    }
}

#[test]
fn expected_profit_gives_anna_the_ads_the_document_says() {
    let mut example = Example::new(Ranking::ExpectedProfit);
    let given: String = (0..5).map(|_| example.next().unwrap()).collect();
    assert_eq!(given, "ABCDa");
    example.click('A');
    assert_eq!(example.next(), Some('c'));
    example.click('C');
    assert_eq!(example.next(), Some('d'));
    example.click('D');
    assert_eq!(example.next(), None);
}

#[test]
fn blend_gives_anna_the_ads_the_document_says() {
    let mut example = Example::new(Ranking::Blend);
    let given: String = (0..5).map(|_| example.next().unwrap()).collect();
    assert_eq!(given, "CABDc");
    example.click('C');
    assert_eq!(example.next(), Some('a'));
}
