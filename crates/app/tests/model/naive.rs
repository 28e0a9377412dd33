//! The model: everything that ever happened, in lists. Whatever is asked is found by reading them from end to end.
//!
//! Nothing of Barker's own rules is called from here. Its nouns hold the values, so that they can be compared.

mod choice;
mod money;
mod rules;
mod totals;

use std::collections::{BTreeMap, BTreeSet};

use barker_domain::{AdvertiserId, CampaignId, ClientId, Code, Day, advertiser::Advertiser, campaign::Terms, client::Client, score::Score};

use crate::disagreement::Expected;

/// A project as it should be.
#[derive(Debug, Default)]
pub(crate) struct Naive {
    pub(crate) today: Day,
    pub(crate) clients: BTreeMap<ClientId, Client>,
    pub(crate) advertisers: BTreeMap<AdvertiserId, Advertiser>,
    scores: BTreeMap<(ClientId, AdvertiserId), i32>,
    /// In the order of creation, deleted ones too.
    pub(crate) campaigns: Vec<NaiveCampaign>,
    impressions: Vec<Event>,
    /// The first click of each client that followed an impression.
    clicks: Vec<Event>,
    /// What was decided about money, and what moved besides spend.
    purses: BTreeMap<AdvertiserId, money::Purse>,
    /// What was asked for under each idempotency key.
    requests: BTreeMap<usize, money::Request>,
}

#[derive(Debug)]
pub(crate) struct NaiveCampaign {
    pub(crate) id: CampaignId,
    pub(crate) advertiser_id: AdvertiserId,
    pub(crate) terms: Terms,
    created_at_ms: i64,
    pub(crate) is_deleted: bool,
}

/// An impression or a click.
#[derive(Debug)]
struct Event {
    campaign_id: CampaignId,
    client_id: ClientId,
    day: Day,
    /// `None` when it is kept and not billed.
    price_micros: Option<i64>,
}

impl Naive {
    pub(crate) fn upsert_clients(&mut self, clients: &[Client]) -> Expected<BTreeMap<ClientId, Client>> {
        rules::refuse_unless(clients.iter().all(rules::is_client_valid))?;
        // The same id twice: the last one wins, and the answer holds it once.
        let answer: BTreeMap<_, _> = clients.iter().map(|client| (client.id, client.clone())).collect();
        self.clients.extend(answer.clone());
        Ok(answer)
    }

    pub(crate) fn upsert_advertisers(&mut self, advertisers: &[Advertiser]) -> Expected<BTreeMap<AdvertiserId, Advertiser>> {
        rules::refuse_unless(advertisers.iter().all(|advertiser| !advertiser.name.is_empty()))?;
        let answer: BTreeMap<_, _> = advertisers.iter().map(|advertiser| (advertiser.id, advertiser.clone())).collect();
        self.advertisers.extend(answer.clone());
        Ok(answer)
    }

    /// All or nothing; answers how many pairs were set.
    pub(crate) fn set_scores(&mut self, scores: &[Score]) -> Expected<usize> {
        rules::refuse_unless(scores.iter().all(|score| score.value >= 0))?;
        let unknown_client = scores.iter().any(|score| !self.clients.contains_key(&score.client_id));
        let unknown_advertiser = scores.iter().any(|score| !self.advertisers.contains_key(&score.advertiser_id));
        let strangers = [(unknown_client, Code::ClientNotFound), (unknown_advertiser, Code::AdvertiserNotFound)];
        let codes: Vec<_> = strangers.into_iter().filter(|(is_unknown, _)| *is_unknown).map(|(_, code)| code).collect();
        if !codes.is_empty() {
            return Err(codes);
        }
        self.scores.extend(scores.iter().map(|score| ((score.client_id, score.advertiser_id), score.value)));
        Ok(scores.iter().map(|score| (score.client_id, score.advertiser_id)).collect::<BTreeSet<_>>().len())
    }

    /// Whether the campaign would be made; its id comes from Barker.
    pub(crate) fn may_create(&self, advertiser_id: AdvertiserId, terms: &Terms) -> Expected<()> {
        self.known_advertiser(advertiser_id)?;
        let is_past = terms.start_date < self.today || terms.end_date < self.today;
        rules::refuse_unless(rules::are_terms_valid(terms) && !is_past)
    }

    pub(crate) fn create(&mut self, id: CampaignId, advertiser_id: AdvertiserId, (terms, created_at_ms): (Terms, i64)) {
        self.campaigns.push(NaiveCampaign { id, advertiser_id, terms, created_at_ms, is_deleted: false });
    }

    pub(crate) fn change(&mut self, advertiser_id: AdvertiserId, id: CampaignId, edit: impl Fn(&mut Terms)) -> Expected<Terms> {
        let before = self.named(advertiser_id, id)?.terms.clone();
        let mut after = before.clone();
        edit(&mut after);
        let is_allowed = if self.today >= before.start_date {
            rules::are_frozen_fields_equal(&before, &after)
        } else {
            let is_past = |before: Day, after: Day| after != before && after < self.today;
            let dates_are_fine = !is_past(before.start_date, after.start_date) && !is_past(before.end_date, after.end_date);
            dates_are_fine && self.is_room_for_what_was_delivered(id, &after)
        };
        rules::refuse_unless(rules::are_terms_valid(&after) && is_allowed)?;
        self.campaigns.iter_mut().filter(|campaign| campaign.id == id).for_each(|campaign| campaign.terms = after.clone());
        Ok(after)
    }

    pub(crate) fn delete(&mut self, advertiser_id: AdvertiserId, id: CampaignId) -> Expected<()> {
        self.named(advertiser_id, id)?;
        self.campaigns.iter_mut().filter(|campaign| campaign.id == id).for_each(|campaign| campaign.is_deleted = true);
        Ok(())
    }

    /// One day on, without a day.
    pub(crate) fn set_day(&mut self, day: Option<i32>) -> Expected<Day> {
        let day = day.unwrap_or(self.today.0 + 1);
        rules::refuse_unless(day >= 0)?;
        self.today = Day(day);
        Ok(self.today)
    }

    /// The impression is counted and billed once per client and campaign.
    pub(crate) fn show(&mut self, client_id: ClientId, campaign_id: CampaignId) {
        if !self.was_shown(client_id, campaign_id) {
            let price =
                self.campaigns.iter().find(|campaign| campaign.id == campaign_id).map(|campaign| campaign.terms.cost_per_impression.0);
            self.impressions.push(Event { campaign_id, client_id, day: self.today, price_micros: price });
        }
    }

    /// The first click after the impression is *the* click, billed if limit and money cover it. One before it is nothing to
    /// anybody, and so is every further one.
    pub(crate) fn click(&mut self, client_id: ClientId, campaign_id: CampaignId) -> Expected<()> {
        let campaign = self.campaigns.iter().find(|campaign| campaign.id == campaign_id && !campaign.is_deleted);
        // Two faults of one request: either may be told.
        let mut codes = Vec::new();
        if campaign.is_none() {
            codes.push(Code::CampaignNotFound);
        }
        if !self.clients.contains_key(&client_id) {
            codes.push(Code::ClientNotFound);
        }
        let Some(campaign) = campaign.filter(|_| codes.is_empty()) else { return Err(codes) };
        if self.was_shown(client_id, campaign_id) && !self.was_clicked(client_id, campaign_id) {
            let is_paid_for = self.may_spend(campaign.advertiser_id, campaign.terms.cost_per_click.0);
            let is_covered = is_paid_for && self.billed_clicks(campaign_id) < i64::from(campaign.terms.clicks_limit);
            let price_micros = is_covered.then_some(campaign.terms.cost_per_click.0);
            self.clicks.push(Event { campaign_id, client_id, day: self.today, price_micros });
        }
        Ok(())
    }

    /// The campaign, if it is not deleted.
    pub(crate) fn listed(&self, id: CampaignId) -> Expected<&NaiveCampaign> {
        let found = self.campaigns.iter().find(|campaign| campaign.id == id && !campaign.is_deleted);
        found.ok_or_else(|| vec![Code::CampaignNotFound])
    }

    /// The campaign, if it belongs to whom it is said to.
    pub(crate) fn named(&self, advertiser_id: AdvertiserId, id: CampaignId) -> Expected<&NaiveCampaign> {
        let campaign = self.listed(id)?;
        if campaign.advertiser_id == advertiser_id { Ok(campaign) } else { Err(vec![Code::CampaignNotFound]) }
    }

    pub(crate) fn known_advertiser(&self, id: AdvertiserId) -> Expected<&Advertiser> {
        self.advertisers.get(&id).ok_or_else(|| vec![Code::AdvertiserNotFound])
    }

    pub(crate) fn known_client(&self, id: ClientId) -> Expected<&Client> {
        self.clients.get(&id).ok_or_else(|| vec![Code::ClientNotFound])
    }

    /// An advertiser's campaigns that are not deleted.
    pub(crate) fn campaigns_of(&self, advertiser_id: AdvertiserId) -> impl Iterator<Item = &NaiveCampaign> {
        self.campaigns.iter().filter(move |campaign| campaign.advertiser_id == advertiser_id && !campaign.is_deleted)
    }

    /// A sandbox that was moved back can change the limits of a campaign that has delivered; they hold all the same.
    fn is_room_for_what_was_delivered(&self, id: CampaignId, terms: &Terms) -> bool {
        self.counted_impressions(id) <= i64::from(terms.impressions_limit) && self.billed_clicks(id) <= i64::from(terms.clicks_limit)
    }

    fn was_shown(&self, client_id: ClientId, campaign_id: CampaignId) -> bool {
        self.impressions.iter().any(|event| event.client_id == client_id && event.campaign_id == campaign_id)
    }

    fn was_clicked(&self, client_id: ClientId, campaign_id: CampaignId) -> bool {
        self.clicks.iter().any(|event| event.client_id == client_id && event.campaign_id == campaign_id)
    }
}
