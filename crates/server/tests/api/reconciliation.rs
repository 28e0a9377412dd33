//! Reports add up, over random facts and random questions: rows to totals, breakdowns to each other, what is attributed and what is not
//! to the revenue, and files to the API.

use barker_domain::Micros;
use barker_testkit::Backend;
use barker_warehouse::fact::{Event, Facts, Order, Refund};
use rand::{RngExt, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use crate::{
    harness::{TestApp, overlay},
    shop::{DAY_MS, Shop, at, day},
};

const CAMPAIGNS: [&str; 4] = ["Gem", "Failing", "Free", "Old | 2025"];
const CHANNELS: [&str; 4] = ["direct", "paid_search", "email", ""];
pub(crate) const DIMENSIONS: [&str; 13] = [
    "channel",
    "source",
    "source_type",
    "account",
    "campaign_name",
    "campaign_key",
    "campaign_id",
    "device",
    "country",
    "advertiser",
    "day",
    "week",
    "month",
];
/// Metrics that are sums of their rows.
const SUMS: [&str; 9] =
    ["impressions", "clicks", "cost", "platform_conversions", "orders", "revenue", "conversions", "leads", "new_customers"];
const FIRST: &str = "2026-09-01";
const DAYS: i64 = 60;
const VISITORS: u32 = 25;

/// Facts of two months that anything may have happened in.
pub(crate) async fn fill(shop: &Shop<'_>, random: &mut ChaCha8Rng) {
    for offset in 0..DAYS {
        let on = day(FIRST).plus(i32::try_from(offset).unwrap()).date().to_string();
        let campaigns: Vec<_> = CAMPAIGNS.iter().map(|name| (*name, random.random_range(0..500))).collect();
        shop.spend(&on, &campaigns).await;
    }
    let events = (0..400).map(|number| any_event(number, random)).collect();
    let orders: Vec<_> = (0..150).map(|number| any_order(number, random)).collect();
    let refunded: Vec<_> = orders.iter().filter(|_| random.random_bool(0.2)).collect();
    let refunds = refunded.into_iter().map(|order| any_refund(order, random)).collect();
    shop.keep(Facts::Events(events)).await;
    shop.keep(Facts::Orders(orders)).await;
    shop.keep(Facts::Refunds(refunds)).await;
}

fn any_instant(random: &mut ChaCha8Rng) -> i64 {
    at(FIRST, 0) + random.random_range(0..DAYS * DAY_MS)
}

fn or_nothing(random: &mut ChaCha8Rng, chance: f64, text: impl FnOnce(&mut ChaCha8Rng) -> String) -> String {
    if random.random_bool(chance) { text(random) } else { String::new() }
}

fn any_visitor(random: &mut ChaCha8Rng) -> String {
    format!("v{}", random.random_range(0..VISITORS))
}

fn any_event(number: u32, random: &mut ChaCha8Rng) -> Event {
    let at_ms = any_instant(random);
    let campaign = CAMPAIGNS.choose(random).unwrap();
    Event {
        event_id: format!("event-{number}"),
        event_type: (*["click", "session_start", "lead", "page_view"].choose(random).unwrap()).into(),
        occurred_at_ms: at_ms,
        received_at_ms: at_ms,
        client_id: any_visitor(random),
        user_key: or_nothing(random, 0.2, |random| format!("p{}", random.random_range(0..5))),
        source_type: "web".into(),
        campaign_id: or_nothing(random, 0.5, |_| format!("id-{campaign}")),
        campaign_name: or_nothing(random, 0.3, |_| (*campaign).into()),
        channel: (*CHANNELS.choose(random).unwrap()).into(),
        device: (*["mobile", "desktop", ""].choose(random).unwrap()).into(),
        country: (*["RU", "KZ", ""].choose(random).unwrap()).into(),
        ..Event::default()
    }
}

fn any_order(number: u32, random: &mut ChaCha8Rng) -> Order {
    let at_ms = any_instant(random);
    Order {
        source: "shop".into(),
        order_id: format!("order-{number}"),
        updated_at_ms: at_ms,
        occurred_at_ms: at_ms,
        is_cancelled: random.random_bool(0.1),
        net: Micros(random.random_range(1..5_000_000_000)),
        currency: "RUB".into(),
        client_id: or_nothing(random, 0.9, any_visitor),
        ..Order::default()
    }
}

fn any_refund(order: &Order, random: &mut ChaCha8Rng) -> Refund {
    Refund {
        source: order.source.clone(),
        refund_id: format!("refund of {}", order.order_id),
        order_id: order.order_id.clone(),
        updated_at_ms: order.updated_at_ms,
        occurred_at_ms: order.occurred_at_ms + DAY_MS,
        amount: Micros(random.random_range(0..=order.net.0)),
        currency: order.currency.clone(),
    }
}

/// A question about some of these days, by anybody's attribution.
pub(crate) fn question(random: &mut ChaCha8Rng) -> Value {
    let first = random.random_range(0..DAYS);
    let last = random.random_range(first..DAYS);
    let date = |offset: i64| day(FIRST).plus(i32::try_from(offset).unwrap()).date().to_string();
    let models = ["last_non_direct", "last_touch", "first_touch", "linear"];
    json!({
        "metrics": SUMS, "date_from": date(first), "date_to": date(last), "limit": 10_000,
        "attribution": {
            "model": models.choose(random).unwrap(), "lookback_days": random.random_range(0..40),
            "dated_by": (["conversion", "touch"].choose(random).unwrap()),
        },
    })
}

fn micros(value: &Value) -> i128 {
    #[expect(clippy::cast_possible_truncation, reason = "sums of a test, far below where doubles lose millionths")]
    let micros = (value.as_f64().unwrap() * 1_000_000.0).round() as i128;
    micros
}

fn sum(rows: &Value, metric: &str) -> i128 {
    rows.as_array().unwrap().iter().map(|row| micros(&row[metric])).sum()
}

pub(crate) fn with(mut question: Value, more: Value) -> Value {
    overlay(&mut question, more);
    question
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_report_adds_up() {
    let app = TestApp::start(Backend::Sqlite).await;
    let shop = Shop::open(&app, "anna").await;
    let mut random = ChaCha8Rng::seed_from_u64(5);
    fill(&shop, &mut random).await;
    for _ in 0..30 {
        let question = question(&mut random);
        let whole = shop.ask(&question).await.expect(200);
        assert_eq!(whole["rows"].as_array().unwrap().len(), 1, "{question}");
        let mut by: Vec<_> = DIMENSIONS.to_vec();
        for _ in 0..random.random_range(1..4) {
            let place = random.random_range(0..by.len());
            by.swap(0, place);
        }
        by.truncate(random.random_range(1..3));
        let split = shop.ask(&with(question.clone(), json!({"group_by": by}))).await.expect(200);
        assert_eq!(split["totals"], whole["totals"], "{by:?} {question}: a breakdown has the totals of the whole");
        for metric in SUMS {
            assert_eq!(sum(&split["rows"], metric), micros(&whole["totals"][metric]), "{metric} by {by:?} {question}");
        }
        let filtered = async |operator: &str| {
            let filters = json!([{"dimension": "campaign_name", "operator": operator, "values": ["(unattributed)"]}]);
            shop.ask(&with(question.clone(), json!({"filters": filters}))).await.expect(200)["totals"].clone()
        };
        let (unattributed, attributed) = (filtered("is").await, filtered("is_not").await);
        for metric in ["orders", "revenue", "new_customers", "leads", "conversions", "cost"] {
            let parts = micros(&unattributed[metric]) + micros(&attributed[metric]);
            assert_eq!(parts, micros(&whole["totals"][metric]), "{metric}: attributed and not, {question}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_say_what_the_api_says() {
    let app = TestApp::start(Backend::Sqlite).await;
    let shop = Shop::open(&app, "anna").await;
    let mut random = ChaCha8Rng::seed_from_u64(6);
    fill(&shop, &mut random).await;
    for _ in 0..10 {
        let more = json!({
            "metrics": ["cost", "revenue", "romi", "orders", "people"], "group_by": [DIMENSIONS.choose(&mut random).unwrap(), "attributes.x"],
            "compare_to": "previous_period",
        });
        let question = with(question(&mut random), more);
        let report = shop.ask(&question).await.expect(200);
        let columns: Vec<_> = report["columns"].as_array().unwrap().iter().map(|column| column["name"].as_str().unwrap()).collect();
        let request = app.http.post(app.url(&shop.path("reports/export?format=csv"))).bearer_auth(&shop.owner.access_token).json(&question);
        let file = request.send().await.unwrap();
        assert!(file.headers()["content-disposition"].to_str().unwrap().ends_with(".csv\""));
        let text = file.text().await.unwrap();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let names: Vec<_> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        assert_eq!(names[..columns.len()], columns);
        let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), report["rows"].as_array().unwrap().len());
        for (cells, row) in rows.iter().zip(report["rows"].as_array().unwrap()) {
            for (cell, name) in cells.iter().zip(&names) {
                let told = match name.split_once('.') {
                    Some((part @ ("previous" | "change"), metric)) => &row[part][metric],
                    _ => &row[name.as_str()],
                };
                match told {
                    Value::Null => assert_eq!(cell, "", "{name}"),
                    Value::String(text) => assert_eq!(cell, text, "{name}"),
                    // Read as the answer was: this reader of JSON may be a last digit off, and then alike.
                    number => assert_eq!(serde_json::from_str::<Value>(cell).unwrap().as_f64(), number.as_f64(), "{name}"),
                }
            }
        }
        for (format, beginning) in [("xlsx", b"PK".as_slice()), ("parquet", b"PAR1")] {
            let path = shop.path(&format!("reports/export?format={format}"));
            let request = app.http.post(app.url(&path)).bearer_auth(&shop.owner.access_token).json(&question);
            let bytes = request.send().await.unwrap().bytes().await.unwrap();
            assert!(bytes.starts_with(beginning) && bytes.len() > 100, "{format}");
        }
    }
    assert_eq!(shop.get("reports/export?format=pdf").await.problem(400).1, ["/format enum"]);
}
