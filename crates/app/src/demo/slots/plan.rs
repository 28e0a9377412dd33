//! What is planned in Barker's own slots: brands, their campaigns of each season of thirty days, who sees which one when.
//!
//! Pure, like the shop. A client sees a campaign once at most, and no limit is ever reached.

use barker_domain::{
    AdvertiserId, CampaignId, Day, Micros,
    advertiser::Advertiser,
    campaign::{Campaign, Plan, Rotation, Terms},
    client::{Client, Gender},
    project::Project,
    score::Score,
    targeting::Targeting,
};
use uuid::Uuid;

use super::super::shop::{HOURS_UTC, MS_PER_DAY, OWN_CLIENTS, Shop, own_client};
use crate::draw::Draw;

pub(super) const CLIENTS: u32 = OWN_CLIENTS;
const SEASON_DAYS: i32 = 30;
/// More than there are clients, each of whom sees a campaign once.
const LIMIT: i32 = 3_000;
const SHOWN_PERCENT: usize = 35;
const CLICKED_PERCENT: usize = 8;
/// Streams that the shop does not use.
const STREAMS: u64 = 0xf0 << 56;

/// A brand with the titles and texts of its campaigns, which take turns.
type Brand = (&'static str, [(&'static str, &'static str); 2]);

const BRANDS: [Brand; 8] = [
    (
        "Облако, домашний текстиль",
        [("Сатин, который дышит", "Постельное бельё «Облако» со скидкой 20%."), ("Полотенца впрок", "Пять полотенец по цене четырёх.")],
    ),
    ("Льняной дом", [("Лён на каждый день", "Бельё из умягчённого льна."), ("Скатерти из льна", "К столу, за которым собираются все.")]),
    (
        "Сон, подушки и одеяла",
        [("Выспаться за неделю", "Подушка с памятью формы: 30 ночей на пробу."), ("Одеяло по сезону", "Тёплое, лёгкое или два в одном.")],
    ),
    (
        "Кузня, посуда",
        [("Сковорода на двадцать лет", "Литая, с деревянной ручкой."), ("Ножи из одной стали", "Набор шефа с точилкой в подарок.")],
    ),
    ("Скандия, фарфор", [("Сервиз без повода", "Восемнадцать предметов для шести гостей."), ("Кружки, которые не бьются", "Ну, почти.")]),
    ("Луч, свет для дома", [("Свет, как на закате", "Лампы с тёплым светом."), ("Торшер у кресла", "Место для чтения за один вечер.")]),
    (
        "Порядок, хранение",
        [("Шкаф вмещает больше", "Органайзеры, которые складываются."), ("Корзины из ротанга", "Бельё спрятано, ванная довольна.")],
    ),
    (
        "Галерея, постеры",
        [("Стена больше не пустая", "Постеры в рамах, готовы к подвесу."), ("Три кадра на стену", "Подборки под ваш интерьер.")],
    ),
];

const CITIES: [(&str, usize); 6] =
    [("Москва", 40), ("Санкт-Петербург", 20), ("Казань", 12), ("Екатеринбург", 12), ("Новосибирск", 9), ("Краснодар", 7)];
const NAMES: [(&str, Gender); 8] = [
    ("anna", Gender::Female),
    ("maria", Gender::Female),
    ("olga", Gender::Female),
    ("daria", Gender::Female),
    ("elena", Gender::Female),
    ("ivan", Gender::Male),
    ("dmitry", Gender::Male),
    ("pavel", Gender::Male),
];

/// A client sees a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) at_ms: i64,
    pub(super) client: u32,
    pub(super) campaign_id: CampaignId,
    pub(super) is_clicked: bool,
    /// Of the impression and of the click.
    pub(super) ids: (Uuid, Uuid),
}

fn draw(shop: &Shop, what: u64, place: i64, index: u32) -> Draw {
    let place = u64::from(i32::try_from(place).unwrap_or(0).cast_unsigned()) << 20;
    Draw::new(shop.seed, STREAMS | (what << 52) | place | u64::from(index))
}

pub(super) fn advertiser_ids(shop: &Shop) -> Vec<AdvertiserId> {
    (0..).zip(BRANDS).map(|(place, _)| AdvertiserId(draw(shop, 1, 0, place).uuid())).collect()
}

pub(super) fn advertisers(shop: &Shop) -> Vec<Advertiser> {
    let named = advertiser_ids(shop).into_iter().zip(BRANDS);
    named.map(|(id, (name, _))| Advertiser { id, name: name.to_owned() }).collect()
}

pub(super) fn clients(shop: &Shop) -> Vec<Client> {
    let client = |index| {
        let mut draw = draw(shop, 2, 0, index);
        let (name, gender) = *draw.pick(&NAMES);
        let location = (*draw.pick_weighted(&CITIES)).to_owned();
        Client { id: own_client(shop, index), login: format!("{name}.{index}"), age: draw.bell(18, 72), location, gender }
    };
    (0..CLIENTS).map(client).collect()
}

/// How relevant each brand is to each client.
pub(super) fn scores(shop: &Shop) -> Vec<Score> {
    let advertisers = advertiser_ids(shop);
    let of_client = |index| {
        let mut draw = draw(shop, 3, 0, index);
        let client_id = own_client(shop, index);
        let scores: Vec<_> = advertisers
            .iter()
            .map(|advertiser_id| Score { client_id, advertiser_id: *advertiser_id, value: draw.between(0, 1_000) })
            .collect();
        scores
    };
    (0..CLIENTS).flat_map(of_client).collect()
}

/// Seasons that days lie in.
pub(super) fn seasons(first: Day, last: Day) -> impl Iterator<Item = i32> {
    first.0.div_euclid(SEASON_DAYS)..=last.0.div_euclid(SEASON_DAYS)
}

fn campaign_id(shop: &Shop, season: i32, place: u32) -> CampaignId {
    CampaignId(draw(shop, 4, i64::from(season), place).uuid())
}

/// The campaigns of a season, one of each brand.
pub(super) fn campaigns(shop: &Shop, project: &Project, season: i32) -> Vec<Campaign> {
    let first = season * SEASON_DAYS;
    let advertisers = advertiser_ids(shop);
    let campaign = |(place, (_, ads)): (usize, &Brand)| {
        let index = u32::try_from(place).unwrap_or(0);
        let (title, text) = ads[usize::try_from((season + i32::try_from(place).unwrap_or(0)).rem_euclid(2)).unwrap_or(0)];
        let price = i64::from(index);
        let id = campaign_id(shop, season, index);
        Campaign {
            id,
            advertiser_id: advertisers[place],
            terms: Terms {
                impressions_limit: LIMIT,
                clicks_limit: LIMIT,
                cost_per_impression: Micros(300_000 + 70_000 * price),
                cost_per_click: Micros(8_000_000 + 750_000 * price),
                ad_title: title.to_owned(),
                ad_text: text.to_owned(),
                start_date: Day((first - project.epoch.0).max(0)),
                end_date: Day(first + SEASON_DAYS - 1 - project.epoch.0),
                targeting: Targeting::default(),
            },
            plan: Plan::default(),
            ads: Rotation::first(id),
            version: 1,
            created_at_ms: i64::from(first) * MS_PER_DAY,
        }
    };
    BRANDS.iter().enumerate().map(campaign).collect()
}

/// Who sees what from one instant on and before another, in the order of time.
pub(super) fn shown(shop: &Shop, epoch: Day, (from_ms, until_ms): (i64, i64)) -> Vec<Shown> {
    let last = Day(i32::try_from(until_ms.div_euclid(MS_PER_DAY)).unwrap_or(i32::MAX));
    let mut all = Vec::new();
    for season in seasons(epoch, last) {
        for client in 0..CLIENTS {
            let mut draw = draw(shop, 5, i64::from(season), client);
            for place in (0..).zip(BRANDS).map(|(place, _)| place) {
                let (is_shown, is_clicked) = (draw.chance(SHOWN_PERCENT), draw.chance(CLICKED_PERCENT));
                let day = Day(season * SEASON_DAYS + draw.between(0, SEASON_DAYS - 1));
                let (at_ms, ids) = (instant(day, &mut draw), (draw.uuid(), draw.uuid()));
                if is_shown && (from_ms..until_ms).contains(&at_ms) {
                    all.push(Shown { at_ms, client, campaign_id: campaign_id(shop, season, place), is_clicked, ids });
                }
            }
        }
    }
    all.sort_by_key(|shown| (shown.at_ms, shown.client, shown.campaign_id));
    all
}

fn instant(day: Day, draw: &mut Draw) -> i64 {
    let hours: Vec<_> = (0..).zip(HOURS_UTC).collect();
    let hour: i64 = *draw.pick_weighted(&hours);
    i64::from(day.0) * MS_PER_DAY + hour * 3_600_000 + i64::from(draw.between(0, 3_599_999))
}
