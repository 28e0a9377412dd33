//! The books of the theatre: who was shown and clicked what, and what it cost. Simple, locked as a whole, exact unless flawed.

use std::collections::{BTreeMap, HashMap, HashSet};

use barker_domain::{Day, Micros, statistics::Counters};
use barker_server::contract::{Ad, Advertiser, Audience, Campaign, CampaignCreate, Client, DailyStats, Gender, Stats, Targeting};
use uuid::Uuid;

use super::theatre::Flaw;

/// Everything the theatre knows.
#[derive(Default)]
pub(super) struct Ledger {
    pub(super) flaw: Flaw,
    pub(super) day: i32,
    pub(super) advertisers: HashMap<Uuid, Advertiser>,
    pub(super) clients: HashMap<Uuid, Client>,
    pub(super) scores: HashMap<(Uuid, Uuid), i32>,
    pub(super) campaigns: Vec<Booked>,
    pub(super) requests_count: u64,
    has_counted_twice: bool,
}

/// A campaign with its events.
pub(super) struct Booked {
    pub(super) campaign: Campaign,
    first_prices: (Micros, Micros),
    shown: HashSet<Uuid>,
    clicked: HashSet<Uuid>,
    billed_clicks: i32,
    days: BTreeMap<Day, Counters>,
}

impl Ledger {
    pub(super) fn with(flaw: Flaw) -> Self {
        Self { flaw, ..Self::default() }
    }

    pub(super) fn create(&mut self, advertiser_id: Uuid, terms: CampaignCreate) -> Campaign {
        let campaign = with_terms(Uuid::now_v7(), advertiser_id, terms);
        let first_prices = (price(campaign.cost_per_impression), price(campaign.cost_per_click));
        let (shown, clicked) = (HashSet::new(), HashSet::new());
        self.campaigns.push(Booked { campaign: campaign.clone(), first_prices, shown, clicked, billed_clicks: 0, days: BTreeMap::new() });
        campaign
    }

    pub(super) fn replace(&mut self, id: Uuid, terms: CampaignCreate) -> Option<Campaign> {
        let booked = self.campaigns.iter_mut().find(|booked| booked.campaign.campaign_id == id)?;
        booked.campaign = with_terms(id, booked.campaign.advertiser_id, terms);
        Some(booked.campaign.clone())
    }

    /// The dearest ad that was not seen yet, or one that was seen and not clicked.
    pub(super) fn offer(&mut self, client_id: Uuid) -> Option<Ad> {
        let place = self.choose(client_id)?;
        let (day, flaw) = (Day(self.day), self.flaw);
        let booked = &mut self.campaigns[place];
        if booked.shown.insert(client_id) {
            let cost = if flaw == Flaw::BillsTheFirstPrice { booked.first_prices.0 } else { price(booked.campaign.cost_per_impression) };
            let times = if flaw == Flaw::CountsOneImpressionTwice && !self.has_counted_twice { 2 } else { 1 };
            self.has_counted_twice = true;
            for _ in 0..times {
                booked.add(day, &Counters { impressions: 1, spent_impressions: cost, ..Counters::default() });
            }
        }
        let Campaign { campaign_id, advertiser_id, ad_title, ad_text, .. } = booked.campaign.clone();
        Some(Ad { ad_id: campaign_id, ad_title, ad_text, advertiser_id, image_url: None, click_url: None })
    }

    /// Billed once per client that was shown the ad, up to the limit.
    pub(super) fn click(&mut self, campaign_id: Uuid, client_id: Uuid) -> Option<()> {
        let (day, flaw) = (Day(self.day), self.flaw);
        let booked = self.campaigns.iter_mut().find(|booked| booked.campaign.campaign_id == campaign_id)?;
        let is_first = booked.shown.contains(&client_id) && booked.clicked.insert(client_id);
        let limit = booked.campaign.clicks_limit + i32::from(flaw == Flaw::ExceedsClicksLimits);
        if is_first && booked.billed_clicks < limit {
            booked.billed_clicks += 1;
            let cost = if flaw == Flaw::BillsTheFirstPrice { booked.first_prices.1 } else { price(booked.campaign.cost_per_click) };
            booked.add(day, &Counters { clicks: 1, spent_clicks: cost, ..Counters::default() });
        }
        Some(())
    }

    /// The days of the campaigns that are meant, added up.
    pub(super) fn days(&self, is_meant: impl Fn(&Campaign) -> bool) -> BTreeMap<Day, Counters> {
        let mut days: BTreeMap<Day, Counters> = BTreeMap::new();
        for booked in self.campaigns.iter().filter(|booked| is_meant(&booked.campaign)) {
            for (day, counters) in &booked.days {
                days.entry(*day).or_default().add(counters);
            }
        }
        days
    }

    fn choose(&self, client_id: Uuid) -> Option<usize> {
        let client = self.clients.get(&client_id)?;
        let ignores_targeting = self.flaw == Flaw::IgnoresTargeting && self.requests_count.is_multiple_of(20);
        let allowed = |booked: &Booked| {
            let campaign = &booked.campaign;
            let is_in_flight = (campaign.start_date..=campaign.end_date).contains(&self.day);
            is_in_flight && (ignores_targeting || matches(&campaign.targeting, client))
        };
        let fresh = |booked: &Booked| !booked.shown.contains(&client_id) && booked.has_room(self.flaw);
        let again =
            |booked: &Booked| booked.shown.contains(&client_id) && !booked.clicked.contains(&client_id) && booked.has_room(self.flaw);
        let candidates = || self.campaigns.iter().enumerate().filter(|(_, booked)| allowed(booked));
        let best = candidates().filter(|(_, booked)| fresh(booked)).max_by_key(|(_, booked)| self.worth(client_id, &booked.campaign));
        best.or_else(|| candidates().find(|(_, booked)| again(booked))).map(|(place, _)| place)
    }

    fn worth(&self, client_id: Uuid, campaign: &Campaign) -> i64 {
        let score = self.scores.get(&(client_id, campaign.advertiser_id)).copied().unwrap_or(0);
        price(campaign.cost_per_impression).0 * 10_000 + price(campaign.cost_per_click).0 * i64::from(score)
    }
}

impl Booked {
    fn has_room(&self, flaw: Flaw) -> bool {
        let limit = self.campaign.impressions_limit + i32::from(flaw == Flaw::ExceedsImpressionsLimits);
        self.shown.len() < usize::try_from(limit).unwrap()
    }

    fn add(&mut self, day: Day, counters: &Counters) {
        self.days.entry(day).or_default().add(counters);
    }
}

/// The contract's shape of counters.
pub(super) fn stats(counters: &Counters) -> Stats {
    Stats {
        impressions_count: counters.impressions,
        clicks_count: counters.clicks,
        conversion: counters.conversion_percent(),
        spent_impressions: counters.spent_impressions.to_decimal(),
        spent_clicks: counters.spent_clicks.to_decimal(),
        spent_total: counters.spent_total().to_decimal(),
    }
}

/// The contract's shape of days.
pub(super) fn rows(days: &BTreeMap<Day, Counters>) -> Vec<DailyStats> {
    days.iter().map(|(day, counters)| DailyStats { stats: stats(counters), date: day.0 }).collect()
}

fn matches(targeting: &Targeting, client: &Client) -> bool {
    let gender_fits = match targeting.gender {
        None | Some(Audience::All) => true,
        Some(Audience::Male) => client.gender == Gender::Male,
        Some(Audience::Female) => client.gender == Gender::Female,
    };
    let is_old_enough = targeting.age_from.is_none_or(|from| client.age >= from);
    let is_young_enough = targeting.age_to.is_none_or(|to| client.age <= to);
    gender_fits && is_old_enough && is_young_enough && targeting.location.as_ref().is_none_or(|location| *location == client.location)
}

fn with_terms(campaign_id: Uuid, advertiser_id: Uuid, terms: CampaignCreate) -> Campaign {
    Campaign {
        campaign_id,
        advertiser_id,
        impressions_limit: terms.impressions_limit,
        clicks_limit: terms.clicks_limit,
        cost_per_impression: terms.cost_per_impression,
        cost_per_click: terms.cost_per_click,
        ad_title: terms.ad_title,
        ad_text: terms.ad_text,
        start_date: terms.start_date,
        end_date: terms.end_date,
        targeting: terms.targeting.unwrap_or_default(),
    }
}

fn price(decimal: f64) -> Micros {
    Micros::from_decimal(decimal).unwrap()
}
