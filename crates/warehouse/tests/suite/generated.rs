//! Random facts and questions from small worlds, so that ids meet: duplicates, restated slices, renamed campaigns, late
//! events, versions, refunds, three currencies, people with several visitors, days on which clocks change.

use barker_domain::{Day, Micros, ProjectId};
use barker_warehouse::{
    fact::{Batch, Deal, Event, Facts, Identity, Level, Order, Rate, Refund, Spend, SpendLoad},
    question::{Attribution, DatedBy, Dimension, Filter, Measure, Model, Question, Sales},
};
use jiff::tz::TimeZone;
use proptest::{collection::vec, prelude::*, sample::select};
use uuid::Uuid;

const DAY_MS: i64 = 86_400_000;
/// Where clocks change within a fortnight: 2025-03-30 in Berlin, 2025-10-26 there and, on another day, in New York.
const FIRST_DAYS: [i32; 2] = [20_170, 20_380];
const ZONES: [&str; 5] = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Chatham"];
const CURRENCIES: [&str; 3] = ["RUB", "USD", "EUR"];
const LEVELS: [Level; 4] = [Level::Account, Level::Campaign, Level::AdGroup, Level::Ad];
const TIMES: [Dimension; 4] = [Dimension::Hour, Dimension::Day, Dimension::Week, Dimension::Month];
const NAMES: [Dimension; 13] = [
    Dimension::Source,
    Dimension::Account,
    Dimension::Campaign,
    Dimension::CampaignName,
    Dimension::CampaignKey,
    Dimension::AdGroup,
    Dimension::Ad,
    Dimension::AdName,
    Dimension::Channel,
    Dimension::SourceType,
    Dimension::Advertiser,
    Dimension::Device,
    Dimension::Country,
];
/// Some that look like a path.
const ATTRIBUTES: [&str; 4] = ["plan", "a/b~c", "$.plan", "it's \"quoted\""];

pub(crate) fn measures() -> Vec<Measure> {
    let events = |name: &str| Measure::Events(name.to_owned());
    vec![
        Measure::Impressions,
        Measure::Clicks,
        Measure::Cost,
        Measure::PlatformConversions,
        Measure::Orders,
        Measure::Revenue,
        Measure::NewCustomers,
        Measure::LifetimeRevenue,
        Measure::Conversions,
        Measure::Leads,
        Measure::People,
        Measure::Sessions,
        events("page_view"),
        events("it's"),
    ]
}

/// Batches of two projects, and questions of either.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) batches: Vec<Batch>,
    pub(crate) questions: Vec<Question>,
}

pub(crate) fn worlds(questions: usize) -> impl Strategy<Value = World> {
    let projects = [ProjectId::generate(), ProjectId::generate()];
    select(FIRST_DAYS.to_vec()).prop_flat_map(move |first| {
        let batch = (select(projects.to_vec()), facts(first)).prop_map(|(project_id, facts)| Batch { project_id, facts });
        (vec(batch, 1..40), vec(question(projects[0], first), questions)).prop_map(|(batches, questions)| World { batches, questions })
    })
}

fn facts(first: i32) -> impl Strategy<Value = Facts> {
    prop_oneof![
        3 => load(first).prop_map(Facts::Spend),
        3 => vec(event(first), 1..8).prop_map(Facts::Events),
        1 => vec(identity(first), 1..4).prop_map(Facts::Identities),
        2 => vec(order(first), 1..5).prop_map(Facts::Orders),
        1 => vec(refund(first), 1..4).prop_map(Facts::Refunds),
        1 => vec(deal(first), 1..4).prop_map(Facts::Deals),
        1 => vec(rate(first), 1..6).prop_map(Facts::Rates),
    ]
}

fn word(words: &[&'static str]) -> impl Strategy<Value = String> + use<> {
    select(words.to_vec()).prop_map(str::to_owned)
}

fn day(first: i32) -> impl Strategy<Value = Day> {
    (0..14).prop_map(move |more| Day(first + more))
}

/// Any instant, and often one at the edge of an hour.
fn instant(first: i32) -> impl Strategy<Value = i64> {
    let start = i64::from(first) * DAY_MS;
    prop_oneof![
        (0..14 * DAY_MS).prop_map(move |more| start + more),
        (0..14_i64 * 96, -1..=1_i64).prop_map(move |(q, ms)| start + q * 900_000 + ms)
    ]
}

fn money() -> impl Strategy<Value = Micros> {
    prop_oneof![Just(0), 0..100_i64, 0..2_000_000_000_i64].prop_map(Micros)
}

fn load(first: i32) -> impl Strategy<Value = SpendLoad> {
    let places = (word(&["google_ads", "barker"]), word(&["a", "b"]), select(LEVELS.to_vec()), day(first), 0..4);
    (places, vec(spend(), 0..6)).prop_map(|((source, account, level, start, more), mut rows)| {
        let last = Day(start.0 + more);
        for (place, row) in rows.iter_mut().enumerate() {
            row.day = Day(start.0 + i32::try_from(place).unwrap() % (more + 1));
            as_level_knows(row, level);
        }
        SpendLoad { load_id: Uuid::now_v7(), source, account, level, days: (start, last), loaded_at_ms: 0, rows }
    })
}

fn as_level_knows(row: &mut Spend, level: Level) {
    if level < Level::Ad {
        (row.ad_id, row.ad_name) = Default::default();
    }
    if level < Level::AdGroup {
        (row.ad_group_id, row.ad_group_name) = Default::default();
    }
    if level < Level::Campaign {
        (row.campaign_id, row.campaign_name) = Default::default();
    }
}

fn spend() -> impl Strategy<Value = Spend> {
    let names = (
        word(&["1", "2", "3", ""]),
        word(&["Sale", "sale!", "SALE | RU", "Весна", ""]),
        word(&["g", "h"]),
        word(&["x", "y", "z"]),
        word(&["Ad", "it's"]),
    );
    let counts = (0..1_000_i64, 0..100_i64, money(), word(&CURRENCIES), 0..9_000_000_i64, word(&["email", "paid_search", ""]));
    (names, counts).prop_map(
        |(
            (campaign_id, campaign_name, ad_group_id, ad_id, ad_name),
            (impressions, clicks, cost, currency, conversions_micros, channel),
        )| Spend {
            campaign_id,
            campaign_name,
            ad_group_id,
            ad_id,
            ad_name,
            impressions,
            clicks,
            cost,
            currency,
            conversions_micros,
            channel,
            ..Spend::default()
        },
    )
}

/// A resend carries the same time, so the time is told by the id.
fn event(first: i32) -> impl Strategy<Value = Event> {
    let who = (word(&["v1", "v2", "v3", ""]), word(&["u1", "u2", "", "", ""]));
    let types = word(&["purchase", "lead", "page_view", "click", "click", "session_start", "session_start", "impression"]);
    let what = (0..40_i64, types, word(&["o1", "o2", ""]), money(), word(&CURRENCIES));
    let whence = (
        (word(&["1", "2", "9", "", ""]), word(&["Sale", "SALE | RU", "Осень", "", ""]), word(&["2", "sale", "Весна", "", ""])),
        (word(&["x", "z", "q", ""]), word(&["Ad", ""])),
        (word(&["web", "barker", ""]), word(&["direct", "email", "paid_search", ""]), word(&["mobile", ""]), word(&["RU", "DE", ""])),
        attributes(),
    );
    (who, what, whence).prop_map(move |((client_id, user_key), (id, event_type, order_id, value, currency), whence)| {
        let ((campaign_id, campaign_name, utm_campaign), (ad_id, ad_name), (source_type, channel, device, country), attributes) = whence;
        let mut utm = <[String; 5]>::default();
        utm[2] = utm_campaign;
        Event {
            event_id: format!("e{}", id % 25),
            occurred_at_ms: i64::from(first) * DAY_MS + id / 2 * 61_123_457,
            event_type,
            client_id,
            user_key,
            order_id,
            value,
            currency,
            campaign_id,
            campaign_name,
            utm,
            ad_id,
            ad_name,
            source_type,
            channel,
            device,
            country,
            attributes,
            ..Event::default()
        }
    })
}

fn attributes() -> impl Strategy<Value = String> {
    let entries = vec((select(ATTRIBUTES.to_vec()), select(vec!["pro", "free", "\"it's\"", ""])), 0..3);
    prop_oneof![
        1 => Just(String::new()),
        3 => entries.prop_map(|entries| {
            let entries: std::collections::BTreeMap<_, _> = entries.into_iter().collect();
            serde_json::to_string(&entries).unwrap()
        })
    ]
}

fn identity(first: i32) -> impl Strategy<Value = Identity> {
    let who = (word(&["v1", "v2", "v3"]), word(&["u1", "u2"]));
    (who, instant(first)).prop_map(|((client_id, user_key), seen_at_ms)| Identity { client_id, user_key, seen_at_ms })
}

fn order(first: i32) -> impl Strategy<Value = Order> {
    let what = (word(&["shop", "till"]), word(&["o1", "o2", "o3", "o4"]), 0..3_i64, instant(first), prop::bool::weighted(0.2));
    let whose = (money(), word(&CURRENCIES), word(&["u1", "u3", ""]), word(&["v1", "v2", ""]));
    let whence = (word(&["2", "sale", ""]), word(&["direct", "email", "", "", ""]));
    (what, whose, whence).prop_map(
        |(
            (source, order_id, updated_at_ms, occurred_at_ms, is_cancelled),
            (net, currency, customer_key, client_id),
            (campaign, channel),
        )| {
            let utm = [String::new(), String::new(), campaign];
            let order = Order { source, order_id, updated_at_ms, occurred_at_ms, is_cancelled, ..Order::default() };
            Order { net, currency, customer_key, client_id, utm, channel, ..order }
        },
    )
}

fn refund(first: i32) -> impl Strategy<Value = Refund> {
    let what =
        (word(&["shop", "till"]), word(&["r1", "r2"]), word(&["o1", "o2", "o3"]), 0..3_i64, instant(first), money(), word(&CURRENCIES));
    what.prop_map(|(source, refund_id, order_id, updated_at_ms, occurred_at_ms, amount, currency)| Refund {
        source,
        refund_id,
        order_id,
        updated_at_ms,
        occurred_at_ms,
        amount,
        currency,
    })
}

fn deal(first: i32) -> impl Strategy<Value = Deal> {
    let what = (word(&["d1", "d2", "d3"]), 0..3_i64, instant(first), prop_oneof![Just(0), instant(first)], word(&["", "o1"]));
    let whose = (word(&["u1", "u4", ""]), word(&["v2", "v3", ""]));
    (what, whose, money(), word(&CURRENCIES)).prop_map(
        |((deal_id, updated_at_ms, created_at_ms, won_at_ms, order_id), whose, amount, currency)| Deal {
            source: "crm".to_owned(),
            deal_id,
            updated_at_ms,
            created_at_ms,
            won_at_ms,
            order_id,
            amount,
            currency,
            customer_key: whose.0,
            client_id: whose.1,
            ..Deal::default()
        },
    )
}

/// From before the first day on, so that most days have one.
fn rate(first: i32) -> impl Strategy<Value = Rate> {
    let value = prop_oneof![Just(1_000_000_000), 1..200_000_000_000_i64];
    (-5..10, word(&CURRENCIES), value).prop_map(move |(more, currency, value_nanos)| Rate { day: Day(first + more), currency, value_nanos })
}

fn question(project_id: ProjectId, first: i32) -> impl Strategy<Value = Question> {
    let range = (day(first), 0..10, between(first), word(&ZONES), word(&CURRENCIES));
    let split = (vec(select(measures()), 1..10), vec(dimension(), 0..4), vec(filter(), 0..2));
    let events = prop_oneof![Just(Vec::new()), vec(word(&["page_view", "it's", "purchase"]), 1..3)];
    let how = (any::<bool>(), any::<bool>(), events, attribution(), prop_oneof![3 => Just(1_000), 1 => 1..5_u32]);
    (range, split, how).prop_map(
        move |(range, (mut measures, mut group_by, filters), (has_shop, is_net_of_refunds, conversion_events, attribution, limit))| {
            let (start, more, between_ms, zone, currency) = range;
            measures.sort_unstable();
            measures.dedup();
            group_by.sort_unstable();
            group_by.dedup();
            Question {
                project_id,
                days: (start, Day(start.0 + more)),
                between_ms,
                time_zone: TimeZone::get(&zone).unwrap(),
                currency,
                measures,
                group_by,
                filters,
                sales: if has_shop { Sales::Orders } else { Sales::Purchases },
                is_net_of_refunds,
                conversion_events,
                attribution,
                limit,
            }
        },
    )
}

fn between(first: i32) -> impl Strategy<Value = Option<(i64, i64)>> {
    let between = (instant(first), 1..5 * DAY_MS).prop_map(|(from, more)| Some((from, from + more)));
    prop_oneof![4 => Just(None), 1 => between]
}

fn attribution() -> impl Strategy<Value = Attribution> {
    let model = select(vec![Model::LastNonDirect, Model::LastTouch, Model::FirstTouch, Model::Linear]);
    (model, select(vec![0, 1, 3, 30]), select(vec![DatedBy::Conversion, DatedBy::Touch]))
        .prop_map(|(model, lookback_days, dated_by)| Attribution { model, lookback_days, dated_by })
}

fn dimension() -> impl Strategy<Value = Dimension> {
    prop_oneof![2 => name(), 1 => select(TIMES.to_vec())]
}

fn name() -> impl Strategy<Value = Dimension> {
    prop_oneof![8 => select(NAMES.to_vec()), 1 => word(&ATTRIBUTES).prop_map(Dimension::Attribute)]
}

fn filter() -> impl Strategy<Value = Filter> {
    let values = vec(word(&["google_ads", "a", "1", "Sale", "sale_ru", "x", "g", "it's", "email", "mobile", "RU", "pro", "web", ""]), 1..4);
    (name(), values, any::<bool>()).prop_map(|(dimension, values, is_excluding)| Filter { dimension, values, is_excluding })
}
