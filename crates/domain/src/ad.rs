//! An ad: one of the creatives that a campaign shows, with how much of the shows it gets. Price, limits, budgets, caps and targeting
//! are the campaign's.

use crate::{
    AdId, CampaignId, CreativeId, FieldError,
    campaign::{Campaign, Terms},
    creative::{Content, Creative},
    text,
};

/// The largest weight.
pub const MAX_WEIGHT: i32 = 1_000;
/// The weight of an ad of which nobody says another: there is room to both sides.
pub const DEFAULT_WEIGHT: i32 = 100;
/// Most ads of a campaign that are not archived: all that are active are looked at when one is drawn.
pub const MAX_PER_CAMPAIGN: usize = 100;

/// What the owner of an ad wants of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum AdStatus {
    /// It is drawn.
    #[default]
    Active,
    /// It rests: it is not drawn.
    Paused,
    /// It was put away: it is not drawn, and lists leave it out unless they are asked for it.
    Archived,
}

impl AdStatus {
    /// Every status there is.
    pub const ALL: [Self; 3] = [Self::Active, Self::Paused, Self::Archived];

    /// Its name in storage and in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Archived => "archived",
        }
    }

    /// The status of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }

    /// Why it cannot become `next`: what was put away comes back at rest, as campaigns do.
    #[must_use]
    pub fn fault_of_becoming(self, next: Self) -> Option<FieldError> {
        let message = "an ad that is archived comes back as paused";
        (self == Self::Archived && next == Self::Active).then(|| FieldError::new("/status", "state", message))
    }
}

/// An ad that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ad {
    /// Made by Barker, unique within the project.
    pub id: AdId,
    /// Whose shows it gets.
    pub campaign_id: CampaignId,
    /// What it shows.
    pub creative_id: CreativeId,
    /// What people call it; `None`: by its title.
    pub name: Option<String>,
    /// How much it gets, in proportion to the other active ads of the campaign: 1 to [`MAX_WEIGHT`].
    pub weight: i32,
    /// What its owner wants of it.
    pub status: AdStatus,
    /// Grows with every change, also of its creative.
    pub version: i32,
    /// Milliseconds UTC.
    pub created_at_ms: i64,
}

impl Ad {
    /// The ad that a campaign is made with.
    #[must_use]
    pub fn first(campaign_id: CampaignId, created_at_ms: i64) -> Self {
        Self {
            id: campaign_id.into(),
            campaign_id,
            creative_id: campaign_id.into(),
            name: None,
            weight: DEFAULT_WEIGHT,
            status: AdStatus::Active,
            version: 1,
            created_at_ms,
        }
    }

    /// Every field that breaks a rule.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        let mut faults: Vec<_> =
            self.name.as_deref().and_then(|name| text::fault("/name", name, text::MAX_NAME_CHARS)).into_iter().collect();
        if !(1..=MAX_WEIGHT).contains(&self.weight) {
            faults.push(FieldError::new("/weight", "range", format!("must be 1 to {MAX_WEIGHT}")));
        }
        faults
    }
}

/// An ad with what it shows.
pub type AdWithCreative = (Ad, Creative);

/// The ad that a campaign is made with: it shows what the campaign's terms say.
#[must_use]
pub fn first_of(campaign: &Campaign) -> AdWithCreative {
    let (Terms { ad_title, ad_text, .. }, created_at_ms) = (&campaign.terms, campaign.created_at_ms);
    let content = Content { title: ad_title.clone(), text: ad_text.clone(), landing_url: None, image: None };
    let creative = Creative { id: campaign.id.into(), content, is_archived: false, version: 1, created_at_ms };
    (Ad::first(campaign.id, created_at_ms), creative)
}

/// The ad that the contract knows, of a campaign's ads from the oldest to the newest: the oldest that is not archived; when all are,
/// the oldest.
#[must_use]
pub fn of_contract(ads: &[AdWithCreative]) -> Option<&AdWithCreative> {
    ads.iter().find(|(ad, _)| ad.status != AdStatus::Archived).or_else(|| ads.first())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contract_knows_the_oldest_ad_that_is_in_use() {
        use AdStatus::{Active, Archived, Paused};
        let creative = |id: CampaignId| Creative {
            id: id.into(),
            content: Content { title: "Bears".into(), text: "Soft".into(), landing_url: None, image: None },
            is_archived: false,
            version: 1,
            created_at_ms: 1,
        };
        let known = |statuses: &[AdStatus]| {
            let made = |status: &AdStatus| {
                let id = CampaignId::generate();
                (Ad { status: *status, ..Ad::first(id, 1) }, creative(id))
            };
            let ads: Vec<_> = statuses.iter().map(made).collect();
            of_contract(&ads).map(|(known, _)| ads.iter().position(|(ad, _)| ad.id == known.id))
        };
        assert_eq!(known(&[Active, Active]), Some(Some(0)));
        assert_eq!(known(&[Paused, Active]), Some(Some(0)), "what rests is in use");
        assert_eq!(known(&[Archived, Paused, Active]), Some(Some(1)));
        assert_eq!(known(&[Archived, Archived]), Some(Some(0)));
        assert_eq!(known(&[]), None);
    }

    #[test]
    fn what_an_ad_may_be_and_become() {
        let pointers = |ad: &Ad| ad.faults().into_iter().map(|fault| fault.pointer).collect::<Vec<_>>();
        let ad = Ad::first(CampaignId::generate(), 1);
        assert_eq!(pointers(&ad), [""; 0]);
        assert_eq!(pointers(&Ad { weight: 0, name: Some(" ".into()), ..ad.clone() }), ["/name", "/weight"]);
        assert_eq!(pointers(&Ad { weight: 1_001, ..ad }), ["/weight"]);
        let from = |status: AdStatus| AdStatus::ALL.map(|next| status.fault_of_becoming(next).is_none());
        assert_eq!([from(AdStatus::Active), from(AdStatus::Paused), from(AdStatus::Archived)], [[true; 3], [true; 3], [false, true, true]]);
    }
}
