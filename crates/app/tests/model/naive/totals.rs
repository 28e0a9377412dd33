//! What was delivered and spent, added up event by event.

use barker_domain::{AdvertiserId, CampaignId, Day, Micros, statistics::Counters};

use super::{Event, Naive};
use crate::disagreement::Expected;

/// Days with what happened on them.
pub(crate) type Rows = Vec<(Day, Counters)>;

impl Naive {
    pub(crate) fn total_of_campaign(&self, id: CampaignId) -> Expected<Counters> {
        self.listed(id)?;
        Ok(self.count(|event| event.campaign_id == id))
    }

    pub(crate) fn days_of_campaign(&self, id: CampaignId) -> Expected<Rows> {
        let terms = &self.listed(id)?.terms;
        Ok(self.rows(|event| event.campaign_id == id, Some((terms.start_date, terms.end_date))))
    }

    /// What deleted campaigns spent stays in it.
    pub(crate) fn total_of_advertiser(&self, id: AdvertiserId) -> Expected<Counters> {
        self.known_advertiser(id)?;
        Ok(self.count(|event| self.is_of(event, id)))
    }

    /// From the first start to the last end of the campaigns that are not deleted.
    pub(crate) fn days_of_advertiser(&self, id: AdvertiserId) -> Expected<Rows> {
        self.known_advertiser(id)?;
        let first = self.campaigns_of(id).map(|campaign| campaign.terms.start_date).min();
        let last = self.campaigns_of(id).map(|campaign| campaign.terms.end_date).max();
        Ok(self.rows(|event| self.is_of(event, id), first.zip(last)))
    }

    pub(super) fn counted_impressions(&self, id: CampaignId) -> i64 {
        self.count(|event| event.campaign_id == id).impressions
    }

    pub(super) fn billed_clicks(&self, id: CampaignId) -> i64 {
        self.count(|event| event.campaign_id == id).clicks
    }

    /// A row for every day from the start to the later of min(today, end) and the last day with an event, zeros included.
    /// The sum of the rows equals the total: in a sandbox that was moved back, a day before the start with an event is
    /// the first.
    fn rows(&self, belongs: impl Fn(&Event) -> bool, flight: Option<(Day, Day)>) -> Rows {
        let events = || self.impressions.iter().chain(self.clicks.iter().filter(|click| click.price_micros.is_some()));
        let days = || events().filter(|event| belongs(event)).map(|event| event.day);
        let first = flight.map(|(start, _)| start).into_iter().chain(days()).min();
        let last = flight.map(|(_, end)| end.min(self.today)).into_iter().chain(days()).max();
        let Some((first, last)) = first.zip(last) else { return Vec::new() };
        let row = |day: Day| (day, self.count(|event| belongs(event) && event.day == day));
        (first.0..=last.0).map(|day| row(Day(day))).collect()
    }

    fn is_of(&self, event: &Event, advertiser_id: AdvertiserId) -> bool {
        self.campaigns.iter().any(|campaign| campaign.id == event.campaign_id && campaign.advertiser_id == advertiser_id)
    }

    fn count(&self, belongs: impl Fn(&Event) -> bool) -> Counters {
        let (impressions, spent_impressions) = add_up(&self.impressions, &belongs);
        let (clicks, spent_clicks) = add_up(&self.clicks, &belongs);
        Counters { impressions, clicks, spent_impressions, spent_clicks }
    }
}

/// How many billed events, and for how much.
fn add_up(events: &[Event], belongs: impl Fn(&Event) -> bool) -> (i64, Micros) {
    let (mut count, mut micros) = (0, 0);
    for event in events.iter().filter(|event| belongs(event)) {
        if let Some(price) = event.price_micros {
            count += 1;
            micros += price;
        }
    }
    (count, Micros(micros))
}
