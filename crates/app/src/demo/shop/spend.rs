//! What platforms say about the shop's campaigns: slices by account and level, with what they restate.

use std::collections::BTreeMap;

use barker_domain::{Day, Micros};
use barker_warehouse::fact::{Level, Spend, SpendLoad};
use uuid::Uuid;

use super::{
    Shop, Stretch, Topic,
    campaign::{CAMPAIGNS, Campaign, PLATFORMS, Platform},
    order::{self, cents},
    origin::Origin,
    person::orders_on,
    season::{self, MS_PER_DAY},
};

/// Whose rows say that a day was told to its end: they come last.
pub(crate) const MARKER_SOURCE: &str = "yandex_direct";
pub(crate) const MARKER_LEVEL: Level = Level::Campaign;
/// How many days back some platforms restate.
const RESTATED_DAYS: i32 = 2;
/// What they know at first, in thousandths of the end.
const FIRST_COST: i64 = 940;
const FIRST_CONVERSIONS: i64 = 620;
/// Shares of a campaign's four ads, in percent.
const SHARES: [i64; 4] = [38, 27, 21, 14];
/// Conversions that platforms claim for an order, in thousandths.
const CLAIMED: i64 = 1_180;
/// Views without an order that a campaign claims, for a million clicks.
const CLAIMED_VIEWS: i64 = 5_200;

/// The account of a platform: of this shop, and of no other.
pub(crate) fn account(shop: &Shop, platform: &str) -> String {
    let known = PLATFORMS.iter().find(|known| known.source == platform);
    format!("{}-{}-{}", known.map_or(platform, |known| known.account), shop.seed, shop.orders_per_day)
}

/// Clicks that a campaign has on a day.
pub(super) fn clicks(shop: &Shop, day: Day, place: usize) -> i64 {
    let mut draw = shop.draw(Topic::Clicks, day, u32::try_from(place).unwrap_or(0));
    season::on_day(CAMPAIGNS[place].clicks * i64::from(shop.orders_per_day), day, 12, &mut draw) / 100
}

/// A campaign's numbers, in kopecks or cents times ten thousand.
#[derive(Debug, Clone, Copy, Default)]
struct Numbers {
    impressions: i64,
    clicks: i64,
    cost: i64,
    conversions_micros: i64,
}

impl Numbers {
    /// So many of so many parts; what is left over by rounding belongs to the first.
    fn shares(self, of: [i64; 4]) -> [Self; 4] {
        let parts = of.map(|percent| self.times(percent, 100));
        let sum = parts.iter().fold(Self::default(), |sum, part| sum.plus(*part));
        let mut parts = parts;
        parts[0] = parts[0].plus(self).plus(sum.times(-1, 1));
        parts
    }

    fn times(self, over: i64, under: i64) -> Self {
        let part = |number: i64| number * over / under;
        Self {
            impressions: part(self.impressions),
            clicks: part(self.clicks),
            // Whole cents and kopecks.
            cost: part(self.cost / 10_000) * 10_000,
            conversions_micros: part(self.conversions_micros),
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            impressions: self.impressions + other.impressions,
            clicks: self.clicks + other.clicks,
            cost: self.cost + other.cost,
            conversions_micros: self.conversions_micros + other.conversions_micros,
        }
    }
}

impl Shop {
    /// What every platform says about these days, the marker's slice last. Some say again what they said of the days before, not
    /// of those before `first`.
    pub(in crate::demo) fn spend(&self, stretch: Stretch, first: Day) -> Vec<SpendLoad> {
        let mut bought: BTreeMap<Day, Vec<i64>> = BTreeMap::new();
        let from = Day(stretch.days.0.0 - RESTATED_DAYS).max(first.min(stretch.days.0));
        for day in from.through(stretch.days.1) {
            bought.insert(day, orders_by_campaign(self, day));
        }
        let mut loads = Vec::new();
        for (place, platform) in PLATFORMS.iter().enumerate() {
            let from = if platform.restates { from } else { stretch.days.0 };
            let days = Stretch { days: (from, stretch.days.1), ..stretch };
            loads.extend(platform.levels.iter().map(|level| self.load((place, level_of(*level)), days, &bought)));
        }
        loads.sort_by_key(|load| load.source == MARKER_SOURCE && load.level == MARKER_LEVEL);
        loads
    }

    /// What the platform at that place says at one level.
    fn load(&self, (place, level): (usize, Level), stretch: Stretch, bought: &BTreeMap<Day, Vec<i64>>) -> SpendLoad {
        let (platform, mut rows) = (&PLATFORMS[place], Vec::new());
        for day in stretch.days.0.through(stretch.days.1) {
            let campaigns = CAMPAIGNS.iter().enumerate().filter(|(_, campaign)| campaign.platform == place);
            let told: Vec<_> = campaigns
                .map(|(place, campaign)| {
                    let orders = bought.get(&day).and_then(|orders| orders.get(place)).copied().unwrap_or(0);
                    (campaign, self.numbers((day, place), orders, stretch.as_of_ms))
                })
                .collect();
            rows.extend(rows_of(platform, level, day, &told));
        }
        SpendLoad {
            // Every load has an id of its own, also one that says the same again: it replaces what stood there.
            load_id: Uuid::now_v7(),
            source: platform.source.to_owned(),
            account: account(self, platform.source),
            level,
            days: stretch.days,
            loaded_at_ms: stretch.as_of_ms,
            rows,
        }
    }

    /// What the campaign at that place has on a day.
    fn numbers(&self, (day, place): (Day, usize), orders: i64, as_of_ms: i64) -> Numbers {
        let campaign = &CAMPAIGNS[place];
        let mut draw = self.draw(Topic::Clicks, day, 2_000 + u32::try_from(place).unwrap_or(0));
        let clicks = clicks(self, day, place);
        let kopecks = clicks * campaign.click_price * i64::from(draw.bell(86, 114)) / 100;
        let cost = if campaign.platform().is_in_dollars { cents(kopecks, season::dollar_nanos(self, day)).0 } else { kopecks * 10_000 };
        let claimed = if campaign.is_failing { clicks * CLAIMED_VIEWS } else { orders * CLAIMED * i64::from(draw.bell(900, 1_100)) };
        let all = Numbers {
            impressions: clicks * 10_000 / campaign.click_rate + i64::from(draw.between(0, 90)),
            clicks,
            cost,
            conversions_micros: claimed,
        };
        let so_far = all.times(season::elapsed(day, as_of_ms), 1_000);
        let is_recent = i64::from(day.0 + RESTATED_DAYS) * MS_PER_DAY > as_of_ms;
        if !(campaign.platform().restates && is_recent) {
            return so_far;
        }
        let first = so_far.times(FIRST_COST, 1_000);
        Numbers { cost: first.cost, conversions_micros: so_far.conversions_micros * FIRST_CONVERSIONS / 1_000, ..so_far }
    }
}

fn orders_by_campaign(shop: &Shop, day: Day) -> Vec<i64> {
    let mut orders = vec![0; CAMPAIGNS.len()];
    for index in 0..orders_on(shop, day) {
        if let Origin::Campaign(place) = order::origin(shop, day, index) {
            orders[place] += 1;
        }
    }
    orders
}

fn level_of(number: u8) -> Level {
    match number {
        0 => Level::Account,
        1 => Level::Campaign,
        2 => Level::AdGroup,
        _ => Level::Ad,
    }
}

fn rows_of(platform: &Platform, level: Level, day: Day, told: &[(&Campaign, Numbers)]) -> Vec<Spend> {
    if level == Level::Account {
        let sum = told.iter().fold(Numbers::default(), |sum, (_, numbers)| sum.plus(*numbers));
        let cost = sum.cost + sum.times(platform.fee, 1_000).cost;
        let channel = told.first().map_or("", |(campaign, _)| campaign.channel.as_str());
        return vec![row(platform, day, Numbers { cost, ..sum }, channel)];
    }
    told.iter().flat_map(|(campaign, numbers)| rows_of_campaign(level, day, campaign, *numbers)).collect()
}

fn rows_of_campaign(level: Level, day: Day, campaign: &Campaign, numbers: Numbers) -> Vec<Spend> {
    let whole = |numbers: Numbers| Spend {
        campaign_id: campaign.id.to_owned(),
        campaign_name: campaign.name_on(day),
        ..row(campaign.platform(), day, numbers, campaign.channel.as_str())
    };
    if level == Level::Campaign {
        return vec![whole(numbers)];
    }
    let ads = numbers.shares(SHARES);
    let groups = campaign.groups.iter().enumerate().flat_map(|(group, name)| {
        let in_group =
            |numbers: Numbers| Spend { ad_group_id: campaign.group_id(group), ad_group_name: (*name).to_owned(), ..whole(numbers) };
        if level == Level::AdGroup {
            return vec![in_group(ads[2 * group].plus(ads[2 * group + 1]))];
        }
        let ad =
            |ad: usize| Spend { ad_id: campaign.ad_id(group, ad), ad_name: campaign.ads[ad].to_owned(), ..in_group(ads[2 * group + ad]) };
        vec![ad(0), ad(1)]
    });
    groups.collect()
}

fn row(platform: &Platform, day: Day, numbers: Numbers, channel: &str) -> Spend {
    Spend {
        day,
        impressions: numbers.impressions,
        clicks: numbers.clicks,
        cost: Micros(numbers.cost),
        currency: if platform.is_in_dollars { "USD" } else { "RUB" }.to_owned(),
        conversions_micros: numbers.conversions_micros,
        account_time_zone: platform.time_zone.to_owned(),
        channel: channel.to_owned(),
        ..Spend::default()
    }
}
