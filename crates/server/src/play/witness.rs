//! Own reckoning of a run: what was seen, what it must have cost, and what should not have been seen. Pure.
//!
//! A day's prices hold all day, so that neither the order of answers nor the choice of the last billed click changes a sum.

use std::collections::HashSet;

use barker_domain::{
    Day,
    statistics::{Counters, Days},
};
use serde::Serialize;
use uuid::Uuid;

use super::{mistargeting, stage::Today, traffic::Outcome};

/// How many shows outside their targeting are kept for people to look at.
const MAX_MISTARGETED_KEPT: usize = 20;

/// Everything that was seen so far.
#[derive(Debug)]
pub(super) struct Witness {
    /// Places of client and campaign.
    shown: HashSet<(usize, usize)>,
    clicked: HashSet<(usize, usize)>,
    /// By place of the campaign: unique impressions and billable clicks at the prices of their days.
    campaigns: Vec<Days>,
    billed_clicks: Vec<i32>,
    sightings: Sightings,
}

/// What was seen, over all campaigns.
#[derive(Debug, Clone, Default)]
pub(super) struct Sightings {
    /// Answers with an ad of this run.
    pub(super) shows_count: u64,
    /// Answers with an ad that is not of this run.
    pub(super) foreign_ads: u64,
    /// Unique pairs of client and clicked ad, billable or not.
    pub(super) unique_clicks: u64,
    /// Scores of the unique impressions, each at its moment, summed.
    pub(super) score_sum: i64,
    /// Shows to a client outside targeting or on a day outside the flight, repeated ones included.
    pub(super) not_matching_targeting_count: u64,
    /// The first of those.
    pub(super) mistargeted: Vec<Mistargeted>,
}

/// A show that should not have been.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Mistargeted {
    pub(super) day: i32,
    pub(super) client_id: Uuid,
    pub(super) campaign_id: Uuid,
    pub(super) reason: &'static str,
}

impl Witness {
    pub(super) fn new(campaigns_count: usize) -> Self {
        Self {
            shown: HashSet::new(),
            clicked: HashSet::new(),
            campaigns: vec![Days::new(); campaigns_count],
            billed_clicks: vec![0; campaigns_count],
            sightings: Sightings::default(),
        }
    }

    /// Takes note of one answer.
    pub(super) fn see(&mut self, today: Today<'_>, outcome: &Outcome) {
        let Some(ad_id) = outcome.ad_id else {
            return;
        };
        let Some(campaign) = today.stage.campaign_of_ad(ad_id) else {
            self.sightings.foreign_ads += 1;
            return;
        };
        self.see_show(today, outcome.client, campaign);
        if outcome.is_clicked {
            self.see_click(today, outcome.client, campaign);
        }
    }

    /// What a campaign must have delivered, by its place: only days with an event are there.
    pub(super) fn days(&self, campaign: usize) -> &Days {
        &self.campaigns[campaign]
    }

    pub(super) fn sightings(&self) -> &Sightings {
        &self.sightings
    }

    fn see_show(&mut self, Today { stage, day }: Today<'_>, client: usize, campaign: usize) {
        let launched = &stage.campaigns()[campaign];
        self.sightings.shows_count += 1;
        if let Some(reason) = mistargeting::reason(&launched.terms, &stage.clients()[client], day) {
            self.keep_mistargeted(Mistargeted {
                day: day.0,
                client_id: stage.clients()[client].client_id,
                campaign_id: launched.id,
                reason,
            });
        }
        if self.shown.insert((client, campaign)) {
            self.sightings.score_sum += i64::from(stage.score(client, launched.advertiser));
            self.add(campaign, day, Counters { impressions: 1, spent_impressions: launched.impression_price(), ..Counters::default() });
        }
    }

    /// Which of a day's clicks meets the limit is the server's choice; all of them cost the same.
    fn see_click(&mut self, Today { stage, day }: Today<'_>, client: usize, campaign: usize) {
        if !self.clicked.insert((client, campaign)) {
            return;
        }
        self.sightings.unique_clicks += 1;
        let launched = &stage.campaigns()[campaign];
        if self.billed_clicks[campaign] < launched.terms.clicks_limit {
            self.billed_clicks[campaign] += 1;
            self.add(campaign, day, Counters { clicks: 1, spent_clicks: launched.click_price(), ..Counters::default() });
        }
    }

    fn add(&mut self, campaign: usize, day: Day, counters: Counters) {
        self.campaigns[campaign].entry(day).or_default().add(&counters);
    }

    fn keep_mistargeted(&mut self, mistargeted: Mistargeted) {
        self.sightings.not_matching_targeting_count += 1;
        if self.sightings.mistargeted.len() < MAX_MISTARGETED_KEPT {
            self.sightings.mistargeted.push(mistargeted);
        }
    }
}

#[cfg(test)]
mod tests {
    use barker_domain::{Micros, statistics};

    use super::*;
    use crate::play::stage::Stage;
    use crate::{
        contract::Targeting,
        market::{MarketSize, generate},
    };

    /// One campaign for everyone on days 0 to 9: 2.00 an impression, 5.00 a click, at most one click.
    fn stage() -> Stage {
        let mut market = generate(&MarketSize { clients: 4, advertisers: 1, campaigns: 1, days: 10 }, 1);
        let terms = &mut market.campaigns[0].campaign_data;
        (terms.start_date, terms.end_date, terms.targeting) = (0, 9, None);
        (terms.cost_per_impression, terms.cost_per_click) = (2.0, 5.0);
        (terms.impressions_limit, terms.clicks_limit) = (3, 1);
        for score in &mut market.scores {
            score.score = 100;
        }
        Stage::new(market, &[Uuid::from_u128(1)])
    }

    fn show(client: usize, is_clicked: bool) -> Outcome {
        Outcome { client, ad_id: Some(Uuid::from_u128(1)), is_clicked, response_time: None }
    }

    #[test]
    fn an_impression_counts_once_per_client_at_the_price_of_its_day() {
        let (mut stage, mut witness) = (stage(), Witness::new(1));
        witness.see(Today { stage: &stage, day: Day(0) }, &show(0, false));
        witness.see(Today { stage: &stage, day: Day(0) }, &show(0, false));
        let terms = crate::contract::CampaignCreate { cost_per_impression: 3.0, ..stage.campaigns()[0].terms.clone() };
        stage.set_terms(0, terms);
        witness.see(Today { stage: &stage, day: Day(1) }, &show(0, false));
        witness.see(Today { stage: &stage, day: Day(1) }, &show(1, false));
        let total = statistics::total(witness.days(0));
        assert_eq!((total.impressions, total.spent_impressions), (2, Micros(5_000_000)));
        assert_eq!(witness.sightings().shows_count, 4);
        assert_eq!(witness.sightings().score_sum, 100 * 2);
    }

    #[test]
    fn clicks_beyond_the_limit_and_second_clicks_cost_nothing() {
        let (stage, mut witness) = (stage(), Witness::new(1));
        for client in [0, 0, 1, 2] {
            witness.see(Today { stage: &stage, day: Day(0) }, &show(client, true));
        }
        let total = statistics::total(witness.days(0));
        assert_eq!((total.clicks, total.spent_clicks), (1, Micros(5_000_000)));
        assert_eq!(witness.sightings().unique_clicks, 3);
    }

    #[test]
    fn every_show_outside_the_targeting_is_counted_and_the_first_are_kept() {
        let (mut stage, mut witness) = (stage(), Witness::new(1));
        let nowhere = Targeting { location: Some("Nowhere".into()), ..Targeting::default() };
        let terms = crate::contract::CampaignCreate { targeting: Some(nowhere), ..stage.campaigns()[0].terms.clone() };
        stage.set_terms(0, terms);
        for _ in 0..50 {
            witness.see(Today { stage: &stage, day: Day(0) }, &show(0, false));
        }
        assert_eq!(witness.sightings().not_matching_targeting_count, 50);
        assert_eq!(witness.sightings().mistargeted.len(), MAX_MISTARGETED_KEPT);
        assert_eq!(witness.sightings().mistargeted[0].reason, "location");
    }

    #[test]
    fn an_ad_of_another_run_is_foreign_and_nothing_else() {
        let mut witness = Witness::new(1);
        witness.see(Today { stage: &stage(), day: Day(0) }, &Outcome { ad_id: Some(Uuid::from_u128(2)), ..show(0, true) });
        assert_eq!((witness.sightings().foreign_ads, witness.sightings().shows_count), (1, 0));
        assert!(witness.days(0).is_empty());
    }
}
