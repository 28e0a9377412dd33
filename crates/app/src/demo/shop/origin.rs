//! Where somebody comes from: a campaign, or a way that costs nothing.

use super::campaign::{CAMPAIGNS, Campaign, Tag};
use crate::draw::Draw;
use barker_domain::{Day, campaign_key::campaign_key};
use barker_warehouse::fact::Event;

/// A way that costs nothing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Path {
    /// Orders of a thousand.
    orders: usize,
    /// Visits for a hundred orders of the whole shop.
    pub(super) visits: i64,
    referrer: &'static str,
    /// Source, medium and campaign.
    utm: [&'static str; 3],
    landing: &'static str,
    channel: &'static str,
}

pub(super) const PATHS: &[Path] = &[
    Path { orders: 44, visits: 640, referrer: "https://yandex.ru/", utm: ["", "", ""], landing: "/catalog", channel: "organic_search" },
    Path {
        orders: 20,
        visits: 300,
        referrer: "https://www.google.com/",
        utm: ["", "", ""],
        landing: "/catalog",
        channel: "organic_search",
    },
    Path { orders: 34, visits: 150, referrer: "", utm: ["unisender", "email", "digest"], landing: "/sale", channel: "email" },
    Path { orders: 26, visits: 80, referrer: "", utm: ["unisender", "email", "abandoned_cart"], landing: "/cart", channel: "email" },
    Path { orders: 14, visits: 210, referrer: "https://vk.com/", utm: ["", "", ""], landing: "/new", channel: "social" },
    Path {
        orders: 12,
        visits: 110,
        referrer: "https://dom-interier.example/",
        utm: ["", "", ""],
        landing: "/catalog/decor",
        channel: "referral",
    },
    Path { orders: 10, visits: 90, referrer: "https://t.me/", utm: ["", "", ""], landing: "/sale", channel: "messengers" },
    Path { orders: 142, visits: 820, referrer: "", utm: ["", "", ""], landing: "/", channel: "direct" },
];

/// Orders of a thousand that come without a visit: by telephone, in the showroom.
const OFFLINE: usize = 44;
/// Orders of a thousand of people who see Barker's own slots.
const OWN: usize = 12;

/// Where an order comes from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Origin {
    /// By its place among campaigns.
    Campaign(usize),
    /// By its place in [`PATHS`].
    Path(usize),
    /// No visit is known.
    Offline,
    /// Somebody who was shown Barker's own advertising.
    Own,
}

impl Origin {
    pub(super) fn of_order(draw: &mut Draw) -> Self {
        let campaigns = CAMPAIGNS.iter().enumerate().map(|(place, campaign)| (Self::Campaign(place), campaign.orders));
        let paths = PATHS.iter().enumerate().map(|(place, path)| (Self::Path(place), path.orders));
        let all: Vec<_> = campaigns.chain(paths).chain([(Self::Offline, OFFLINE), (Self::Own, OWN)]).collect();
        *draw.pick_weighted(&all)
    }

    /// Of somebody who only asks; never a campaign that fails.
    pub(super) fn of_lead(draw: &mut Draw) -> Self {
        match Self::of_order(draw) {
            Self::Offline | Self::Own => Self::Path(PATHS.len() - 1),
            known => known,
        }
    }

    fn campaign(self) -> Option<&'static Campaign> {
        if let Self::Campaign(place) = self { CAMPAIGNS.get(place) } else { None }
    }

    /// Whether nobody who comes this way ever buys.
    pub(super) fn is_failing(self) -> bool {
        self.campaign().is_some_and(|campaign| campaign.is_failing)
    }

    /// Fills in how the visit began, as its first event tells.
    pub(super) fn mark(self, event: &mut Event, day: Day, draw: &mut Draw) {
        const SITE: &str = "https://uyut.example";
        match self {
            Self::Campaign(place) => mark_campaign(event, (&CAMPAIGNS[place], SITE), day, draw),
            Self::Path(place) => {
                let path = &PATHS[place];
                event.page = format!("{SITE}{}", path.landing);
                path.referrer.clone_into(&mut event.referrer);
                event.utm = [path.utm[0].into(), path.utm[1].into(), path.utm[2].into(), String::new(), String::new()];
                path.channel.clone_into(&mut event.channel);
            }
            Self::Offline | Self::Own => {
                event.page = format!("{SITE}/");
                "direct".clone_into(&mut event.channel);
            }
        }
    }
}

fn mark_campaign(event: &mut Event, (campaign, site): (&Campaign, &str), day: Day, draw: &mut Draw) {
    let (group, ad) = (draw.below(2), usize::from(draw.chance(40)));
    let ad_id = if campaign.groups.is_empty() { String::new() } else { campaign.ad_id(group, ad) };
    let said = match campaign.tag {
        Tag::Id => campaign.id.to_owned(),
        Tag::Name | Tag::Auto => campaign_key(&campaign.name_on(day)),
    };
    let (source, medium) = campaign.utm;
    let content = if campaign.tag == Tag::Id { ad_id.clone() } else { String::new() };
    event.utm = [source.into(), medium.into(), said, content, String::new()];
    if campaign.tag == Tag::Auto {
        campaign.id.clone_into(&mut event.campaign_id);
    }
    if campaign.tag != Tag::Name {
        event.ad_id = ad_id;
    }
    event.page = format!("{site}{}", campaign.landing);
    campaign.referrer.clone_into(&mut event.referrer);
    if !campaign.click_id.is_empty() {
        event.click_id = (campaign.click_id.into(), draw.below(1 << 60).to_string());
    }
    campaign.channel.as_str().clone_into(&mut event.channel);
}
