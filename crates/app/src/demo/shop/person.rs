//! Who buys: people with one or two devices, who come back.

use barker_domain::Day;

use super::{Shop, Topic, season};
use crate::draw::Draw;

/// Countries with their weights.
const COUNTRIES: [(&str, usize); 5] = [("RU", 81), ("KZ", 9), ("BY", 6), ("AM", 2), ("DE", 2)];
const DEVICES: [(&str, usize); 3] = [("mobile", 62), ("desktop", 33), ("tablet", 5)];
const CITIES: [(&str, usize); 8] = [
    ("Москва", 31),
    ("Санкт-Петербург", 17),
    ("Екатеринбург", 9),
    ("Казань", 9),
    ("Новосибирск", 8),
    ("Краснодар", 8),
    ("Нижний Новгород", 7),
    ("Самара", 6),
];
const BROWSERS: [(&str, usize); 4] = [("Chrome", 46), ("Яндекс Браузер", 31), ("Safari", 19), ("Firefox", 4)];
/// Of a hundred orders those of somebody who has bought before.
const RETURNING_PERCENT: usize = 36;
/// How many days ago they bought last.
const RETURNS_AFTER: (i32, i32) = (4, 85);
/// Clients of Barker's own slots.
pub(crate) const OWN_CLIENTS: u32 = 1_000;

/// Somebody, by the order that was their first.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) key: String,
    /// On the device that they use most, and on the other one.
    pub(super) visitors: [Device; 2],
    pub(super) country: &'static str,
    pub(super) city: &'static str,
}

/// A visitor: somebody's browser.
#[derive(Debug, Clone)]
pub(super) struct Device {
    pub(super) client_id: String,
    pub(super) kind: &'static str,
    pub(super) browser: &'static str,
}

impl Device {
    pub(super) fn new(day: Day, draw: &mut Draw) -> Self {
        let second = i64::from(day.0) * 86_400 + i64::from(draw.between(0, 86_399));
        Self {
            client_id: format!("{}.{second}", 100_000_000 + draw.below(900_000_000)),
            kind: *draw.pick_weighted(&DEVICES),
            browser: *draw.pick_weighted(&BROWSERS),
        }
    }
}

impl Person {
    /// Whose first order that one was.
    fn born(shop: &Shop, day: Day, index: u32) -> Self {
        let mut draw = shop.draw(Topic::Person, day, index);
        let (country, city) = whereabouts(&mut draw);
        Self {
            key: format!("client-{}-{index:04}", day.0),
            country,
            city,
            visitors: [Device::new(day, &mut draw), Device::new(day, &mut draw)],
        }
    }

    /// One of the clients of Barker's own slots: the ad API knows them by the id of their only device.
    pub(super) fn of_own_slots(shop: &Shop, draw: &mut Draw) -> Self {
        let index = u32::try_from(draw.below(OWN_CLIENTS as usize)).unwrap_or(0);
        let device = Device { client_id: own_client(shop, index).0.to_string(), kind: "mobile", browser: "Safari" };
        Self { key: format!("client-app-{index:04}"), visitors: [device.clone(), device], country: "RU", city: CITIES[0].0 }
    }

    /// Who placed an order: somebody new, or somebody who comes back.
    pub(super) fn of_order(shop: &Shop, mut day: Day, mut index: u32) -> Self {
        loop {
            let mut draw = shop.draw(Topic::Mention, day, index);
            if !draw.chance(RETURNING_PERCENT) {
                return Self::born(shop, day, index);
            }
            let former = Day(day.0 - draw.between(RETURNS_AFTER.0, RETURNS_AFTER.1));
            let orders = orders_on(shop, former);
            if orders == 0 {
                return Self::born(shop, day, index);
            }
            (day, index) = (former, u32::try_from(draw.below(orders as usize)).unwrap_or(0));
        }
    }
}

/// Country and city of somebody.
pub(super) fn whereabouts(draw: &mut Draw) -> (&'static str, &'static str) {
    let country = *draw.pick_weighted(&COUNTRIES);
    (country, if country == "RU" { *draw.pick_weighted(&CITIES) } else { "" })
}

/// The id of a client of the ad API.
pub(crate) fn own_client(shop: &Shop, index: u32) -> barker_domain::ClientId {
    barker_domain::ClientId(shop.draw(Topic::Client, Day(0), index).uuid())
}

/// How many orders a day has.
pub(super) fn orders_on(shop: &Shop, day: Day) -> u32 {
    let mut draw = shop.draw(Topic::Demand, day, 0);
    u32::try_from(season::on_day(i64::from(shop.orders_per_day), day, 12, &mut draw)).unwrap_or(0)
}
