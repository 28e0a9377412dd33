//! A viewer: everything the engine must know about a client to decide for them.

use barker_domain::{
    AdId, AdvertiserId, CampaignId, ImpressionId,
    campaign::{FrequencyCap, Show, Window},
    client::Client,
    day::Moment,
};
use hashbrown::HashMap;

/// A client with what models and history say about them.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// Who they are.
    pub client: Client,
    /// How relevant each advertiser is to them; a missing one counts as 0.
    pub scores: HashMap<AdvertiserId, i32>,
    /// What they have been shown.
    pub history: HashMap<CampaignId, Shown>,
    /// Counted shows before the last one, as often as they fell into one hour; of campaigns with a frequency cap.
    pub earlier: HashMap<CampaignId, Vec<(Show, i32)>>,
}

/// One ad a client has been shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// The counted impression, the last one when there are several.
    pub impression_id: ImpressionId,
    /// Which of the campaign's ads it showed.
    pub ad_id: AdId,
    /// Which counted show it was, from 1.
    pub nth: i32,
    /// When it was.
    pub last: Show,
    /// Whether they clicked it; a clicked ad is not given again.
    pub is_clicked: bool,
}

impl Viewer {
    /// A client about whom nothing else is known.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self { client, scores: HashMap::new(), history: HashMap::new(), earlier: HashMap::new() }
    }

    /// How relevant the advertiser is, 0 when nobody judged.
    #[must_use]
    pub fn score(&self, advertiser_id: AdvertiserId) -> i32 {
        self.scores.get(&advertiser_id).copied().unwrap_or(0)
    }

    /// Takes note of a counted show; in any order.
    pub fn note(&mut self, campaign_id: CampaignId, shown: Shown) {
        let Some(present) = self.history.get_mut(&campaign_id) else {
            self.history.insert(campaign_id, shown);
            return;
        };
        if present.nth == shown.nth {
            return;
        }
        let is_clicked = present.is_clicked || shown.is_clicked;
        let earlier = if shown.nth > present.nth { std::mem::replace(present, shown) } else { shown };
        present.is_clicked = is_clicked;
        let shows = self.earlier.entry(campaign_id).or_default();
        match shows.iter_mut().find(|(show, _)| *show == earlier.last) {
            Some((_, count)) => *count += 1,
            None => shows.push((earlier.last, 1)),
        }
    }

    /// How often a campaign was shown in the window that is open now.
    #[must_use]
    pub fn shows_in(&self, campaign_id: CampaignId, window: Window, now: Moment) -> i32 {
        let Some(shown) = self.history.get(&campaign_id) else { return 0 };
        if window == Window::Flight {
            return shown.nth;
        }
        let earlier = self.earlier.get(&campaign_id).into_iter().flatten();
        let before: i32 = earlier.filter(|(show, _)| window.holds(now, *show)).map(|(_, count)| count).sum();
        before + i32::from(window.holds(now, shown.last))
    }

    /// Whether a cap allows another show now.
    #[must_use]
    pub fn is_below(&self, cap: FrequencyCap, campaign_id: CampaignId, now: Moment) -> bool {
        self.shows_in(campaign_id, cap.window, now) < cap.shows
    }

    /// About how many bytes of memory this viewer takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        // A hash table keeps a control byte per slot and is at most 7/8 full.
        let scores = self.scores.capacity() * (size_of::<(AdvertiserId, i32)>() + 1) * 8 / 7;
        let history = self.history.capacity() * (size_of::<(CampaignId, Shown)>() + 1) * 8 / 7;
        let earlier: usize =
            self.earlier.values().map(|shows| size_of::<(CampaignId, Vec<Show>)>() + shows.capacity() * size_of::<(Show, i32)>()).sum();
        size_of::<Self>() + earlier + self.client.login.len() + self.client.location.len() + scores + history
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use barker_domain::{ClientId, Day, client::Gender};

    #[test]
    fn shows_are_counted_by_window_in_whatever_order_they_are_told() {
        let client = Client { id: ClientId::generate(), login: "anna".into(), age: 30, location: "Moscow".into(), gender: Gender::Female };
        let id = CampaignId::generate();
        let now = Moment { day: Day(2), civil_day: Day(2), ms_of_day: 0, utc_hour: 10 };
        let shown = |nth, day, utc_hour| Shown {
            impression_id: ImpressionId::generate(),
            ad_id: id.into(),
            nth,
            last: Show { day: Day(day), utc_hour },
            is_clicked: false,
        };
        let mut viewer = Viewer::new(client);
        for shown in [shown(2, 2, 10), shown(4, 2, 10), shown(1, 1, 10), shown(3, 2, 9)] {
            viewer.note(id, shown);
        }
        assert_eq!(viewer.history[&id].nth, 4);
        assert_eq!(Window::ALL.map(|window| viewer.shows_in(id, window, now)), [2, 3, 4, 4]);
        let cap = |shows| FrequencyCap { shows, window: Window::Hour };
        assert!(viewer.is_below(cap(3), id, now) && !viewer.is_below(cap(2), id, now));
        assert_eq!(viewer.shows_in(CampaignId::generate(), Window::Flight, now), 0);
    }
}
