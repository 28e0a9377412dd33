//! What the shop promises: it is always the same, and its parts agree with each other.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use barker_domain::channel::{self, Visit};
use barker_warehouse::fact::{Event, Level};
use proptest::prelude::*;

use super::*;

const TODAY: Day = Day(20_778);

fn end_of(day: Day) -> i64 {
    i64::from(day.0 + 1) * MS_PER_DAY - 1
}

fn whole(first: Day, last: Day) -> Stretch {
    Stretch { days: (first, last), as_of_ms: end_of(last), after_ms: i64::MIN }
}

/// Everything that is told, each piece as text, in an order of its own.
fn told(shop: Shop, stretch: Stretch) -> BTreeSet<String> {
    let mut told = BTreeSet::new();
    let mut note = |facts: Facts| {
        match facts {
            Facts::Events(rows) => told.extend(rows.iter().map(|row| format!("{row:?}"))),
            Facts::Orders(rows) => told.extend(rows.iter().map(|row| format!("{row:?}"))),
            Facts::OrderItems(rows) => told.extend(rows.iter().map(|row| format!("{row:?}"))),
            Facts::Refunds(rows) => told.extend(rows.iter().map(|row| format!("{row:?}"))),
            Facts::Deals(rows) => told.extend(rows.iter().map(|row| format!("{row:?}"))),
            Facts::Identities(rows) => told.extend(rows.iter().map(|row| format!("{row:?}"))),
            Facts::Rates(rows) => told.extend(rows.iter().map(|row| format!("{row:?}"))),
            other => panic!("{other:?}"),
        }
        Ok::<_, ()>(())
    };
    shop.tell(stretch, &mut note).unwrap();
    told
}

fn events(shop: Shop, stretch: Stretch) -> Vec<Event> {
    let mut all = Vec::new();
    let take = |facts| {
        if let Facts::Events(events) = facts {
            all.extend(events);
        }
        Ok::<_, ()>(())
    };
    shop.tell(stretch, take).unwrap();
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn days_told_together_apart_or_hour_by_hour_are_the_same(
        seed in any::<u64>(), orders_per_day in 1_u32..12, first in 20_000..21_000_i32, days in 1..4_i32, hour in 0..24_i64,
    ) {
        let shop = Shop { seed, orders_per_day };
        let last = Day(first + days - 1);
        let together = told(shop, whole(Day(first), last));
        let mut apart = BTreeSet::new();
        for day in Day(first).through(last) {
            let between_ms = i64::from(day.0) * MS_PER_DAY + hour * 3_600_000;
            apart.extend(told(shop, Stretch { as_of_ms: between_ms, ..whole(day, day) }));
            apart.extend(told(shop, Stretch { after_ms: between_ms, ..whole(day, day) }));
        }
        prop_assert_eq!(together, apart);
    }
}

#[test]
fn a_visit_ends_on_the_day_that_it_began_on() {
    for seed in 0..40 {
        let stretch = Stretch { as_of_ms: end_of(Day(TODAY.0 + 1)), ..whole(TODAY, TODAY) };
        let events = events(Shop { seed, orders_per_day: 30 }, stretch);
        let late: Vec<_> = events.iter().filter(|event| event.occurred_at_ms > end_of(TODAY)).collect();
        assert!(late.is_empty(), "seed {seed}: {late:?}");
    }
}

#[test]
fn another_seed_is_another_shop() {
    let [one, other] = [1, 2].map(|seed| told(Shop { seed, orders_per_day: 5 }, whole(TODAY, TODAY)));
    assert!(one.intersection(&other).count() * 20 < one.len(), "rates of the rouble alone agree");
}

#[test]
fn nothing_is_told_before_it_happens() {
    let shop = Shop { seed: 3, orders_per_day: 20 };
    let noon_ms = end_of(TODAY) - MS_PER_DAY / 2;
    let stretch = Stretch { as_of_ms: noon_ms, ..whole(TODAY, TODAY) };
    let events = events(shop, stretch);
    assert!(!events.is_empty() && events.iter().all(|event| event.occurred_at_ms <= noon_ms));
    let so_far: i64 = shop.spend(stretch, TODAY).iter().flat_map(|load| &load.rows).map(|row| row.clicks).sum();
    let all: i64 = shop.spend(whole(TODAY, TODAY), TODAY).iter().flat_map(|load| &load.rows).map(|row| row.clicks).sum();
    assert!(so_far * 3 > all && so_far * 3 < all * 2, "{so_far} of {all} clicks by noon");
}

#[test]
fn ids_of_events_are_told_apart_and_every_channel_is_what_the_rules_say() {
    let events = events(Shop { seed: 3, orders_per_day: 40 }, whole(Day(TODAY.0 - 2), TODAY));
    let ids: BTreeSet<_> = events.iter().map(|event| &event.event_id).collect();
    assert_eq!(ids.len(), events.len());
    for event in events.iter().filter(|event| event.event_type == "session_start") {
        let [utm_source, utm_medium, utm_campaign, ..] = event.utm.each_ref().map(String::as_str);
        let (click_id_name, referrer, page) = (event.click_id.0.as_str(), event.referrer.as_str(), event.page.as_str());
        let told = channel::classify(&Visit { utm_source, utm_medium, utm_campaign, click_id_name, referrer, page });
        assert_eq!(told.channel.as_str(), event.channel, "{event:?}");
    }
    let kinds: BTreeMap<_, usize> = events.iter().fold(BTreeMap::new(), |mut kinds, event| {
        *kinds.entry(event.event_type.as_str()).or_default() += 1;
        kinds
    });
    assert_eq!(
        kinds.keys().copied().collect::<Vec<_>>(),
        ["add_to_cart", "checkout", "lead", "page_view", "purchase", "session_start"],
        "{kinds:?}"
    );
}

#[test]
fn ads_and_groups_add_up_to_their_campaigns() {
    let loads = Shop { seed: 3, orders_per_day: 60 }.spend(whole(TODAY, TODAY), TODAY);
    let cost = |level: Level| {
        let mut costs: HashMap<String, i64> = HashMap::new();
        for row in loads.iter().filter(|load| load.level == level).flat_map(|load| &load.rows) {
            *costs.entry(row.campaign_id.clone()).or_default() += row.cost.0;
        }
        costs
    };
    let campaigns = cost(Level::Campaign);
    for level in [Level::AdGroup, Level::Ad] {
        let finer = cost(level);
        assert!(finer.len() >= 5 && finer.iter().all(|(id, cost)| campaigns[id] == *cost), "{level:?}");
    }
}

#[test]
fn what_is_recent_is_restated() {
    let shop = Shop { seed: 3, orders_per_day: 60 };
    let cost_of = |as_of: Day| {
        let stretch = Stretch { as_of_ms: end_of(as_of), ..whole(TODAY, as_of) };
        let loads = shop.spend(stretch, TODAY);
        let google = loads.iter().filter(|load| load.source == "google_ads" && load.level == Level::Campaign);
        google.flat_map(|load| &load.rows).filter(|row| row.day == TODAY).map(|row| row.cost.0).sum::<i64>()
    };
    let (at_first, at_last) = (cost_of(TODAY), cost_of(Day(TODAY.0 + 2)));
    assert!(at_first < at_last && at_first * 10 > at_last * 9, "{at_first} became {at_last}");
    assert_eq!(at_last, cost_of(Day(TODAY.0 + 3)));
}

#[test]
fn orders_are_sums_of_their_lines() {
    for sale in order::sales(&Shop { seed: 3, orders_per_day: 200 }, TODAY) {
        let lines: i64 = sale.items.iter().map(|item| item.net.0).sum();
        assert_eq!(sale.order.net.0, lines + sale.order.shipping.0, "{sale:?}");
        assert_eq!(sale.order.gross.0 - sale.order.discount.0, lines);
    }
}
