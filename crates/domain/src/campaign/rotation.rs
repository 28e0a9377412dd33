//! The rotation of a campaign: those of its ads that are active, as decisions need them. How one is drawn is the engine's business.

use std::{ops::Deref, sync::Arc};

use super::Terms;
use crate::{
    AdId, CampaignId,
    ad::{AdStatus, AdWithCreative, DEFAULT_WEIGHT},
    creative::Content,
    file::FileName,
};

/// An active ad.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// Which.
    pub id: AdId,
    /// How much it gets, in proportion to the others.
    pub weight: i32,
    /// What it shows; `None`: the title and the text of the campaign's terms and nothing else, which most campaigns need not keep
    /// twice.
    pub content: Option<Arc<Content>>,
}

/// A campaign's active ads, the oldest first. Cheap to clone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rotation(Arc<[Rotated]>);

impl Rotation {
    /// The one ad that a campaign is made with.
    #[must_use]
    pub fn first(campaign_id: CampaignId) -> Self {
        Self(Arc::from([Rotated { id: campaign_id.into(), weight: DEFAULT_WEIGHT, content: None }]))
    }

    /// The active ones of a campaign's ads, from the oldest to the newest, when these are its terms.
    #[must_use]
    pub fn of(ads: &[AdWithCreative], terms: &Terms) -> Self {
        let active = ads.iter().filter(|(ad, _)| ad.status == AdStatus::Active);
        let rotated = active.map(|(ad, creative)| {
            let content = &creative.content;
            let is_told = content.title == terms.ad_title
                && content.text == terms.ad_text
                && content.landing_url.is_none()
                && content.image.is_none();
            Rotated { id: ad.id, weight: ad.weight, content: (!is_told).then(|| Arc::new(content.clone())) }
        });
        Self(rotated.collect())
    }
}

impl Deref for Rotation {
    type Target = [Rotated];

    fn deref(&self) -> &[Rotated] {
        &self.0
    }
}

impl super::Campaign {
    /// Where one of its active ads leads; `None`: nowhere.
    #[must_use]
    pub fn landing_of(&self, ad_id: AdId) -> Option<&str> {
        self.ads.iter().find(|ad| ad.id == ad_id)?.content.as_deref()?.landing_url.as_deref()
    }

    /// The image of one of its active ads.
    #[must_use]
    pub fn image_of(&self, ad_id: AdId) -> Option<FileName> {
        self.ads.iter().find(|ad| ad.id == ad_id)?.content.as_deref()?.image?.kept()
    }

    /// Title and text of one of its ads.
    #[must_use]
    pub fn words_of(&self, ad_id: AdId) -> (&str, &str) {
        let content = self.ads.iter().find(|ad| ad.id == ad_id).and_then(|ad| ad.content.as_deref());
        content.map_or((&self.terms.ad_title, &self.terms.ad_text), |content| (&content.title, &content.text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        AdvertiserId, CreativeId, Day, Micros,
        ad::Ad,
        campaign::{Campaign, Plan},
        creative::Creative,
        targeting::Targeting,
    };

    #[test]
    fn only_what_is_active_is_rotated_and_says_its_own_words() {
        let terms = Terms {
            impressions_limit: 1,
            clicks_limit: 1,
            cost_per_impression: Micros(1),
            cost_per_click: Micros(1),
            ad_title: "Bears".into(),
            ad_text: "Soft".into(),
            start_date: Day(0),
            end_date: Day(1),
            targeting: Targeting::default(),
        };
        let id = CampaignId::generate();
        let ad = |title: &str, landing_url: Option<&str>, status| {
            let content = Content { title: title.into(), text: "Soft".into(), landing_url: landing_url.map(str::to_owned), image: None };
            let creative = Creative { id: CreativeId::generate(), content, is_archived: false, version: 1, created_at_ms: 1 };
            (Ad { id: AdId::generate(), status, ..Ad::first(id, 1) }, creative)
        };
        let ads = [
            ad("Bears", None, AdStatus::Active),
            ad("Foxes", None, AdStatus::Active),
            ad("Bears", Some("https://example.com"), AdStatus::Active),
            ad("Wolves", None, AdStatus::Paused),
            ad("Hares", None, AdStatus::Archived),
        ];
        let rotation = Rotation::of(&ads, &terms);
        assert_eq!(rotation.iter().map(|ad| ad.content.is_some()).collect::<Vec<_>>(), [false, true, true]);
        let campaign = Campaign {
            id,
            advertiser_id: AdvertiserId::generate(),
            terms,
            plan: Plan::default(),
            ads: rotation,
            version: 1,
            created_at_ms: 1,
        };
        let titles = ads.each_ref().map(|(ad, _)| campaign.words_of(ad.id).0);
        assert_eq!(titles, ["Bears", "Foxes", "Bears", "Bears", "Bears"], "what is not drawn says nothing of its own");
    }
}
