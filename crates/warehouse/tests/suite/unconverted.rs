//! What has no rate is counted once, however many sums read it, however many touches share it, and at however many levels it is taken off.

use barker_domain::{Day, Micros, ProjectId};
use barker_warehouse::{
    fact::{Event, Facts, Level, Order, Refund, Spend, SpendLoad},
    question::{Attribution, DatedBy, Dimension, Filter, Measure, Model, Question},
};
use rstest::rstest;
use rstest_reuse::apply;
use uuid::Uuid;

use crate::{
    engines::{Home, Kind, every_engine},
    plain::of_first_day,
    shop::Shop,
};

const HOUR_MS: i64 = 3_600_000;

impl Shop {
    /// Somebody comes three times and buys twice in dollars; one order is refunded. Nobody knows what a dollar is worth.
    async fn sell_in_dollars(&self) {
        let touch = |id: i64| Event {
            event_id: id.to_string(),
            event_type: "session_start".into(),
            occurred_at_ms: id * HOUR_MS,
            client_id: "phone".into(),
            channel: ["email", "social", "referral"][usize::try_from(id).unwrap()].into(),
            ..Event::default()
        };
        self.keep(Facts::Events((0..3).map(touch).collect())).await;
        let order = |id: &str| Order {
            order_id: id.into(),
            occurred_at_ms: 5 * HOUR_MS,
            client_id: "phone".into(),
            currency: "USD".into(),
            net: Micros(10),
            ..Order::default()
        };
        self.keep(Facts::Orders(vec![order("1"), order("2")])).await;
        let refund = Refund { refund_id: "1".into(), order_id: "1".into(), currency: "USD".into(), amount: Micros(3), ..Refund::default() };
        self.keep(Facts::Refunds(vec![refund])).await;
    }

    async fn spend(&self, level: Level, campaigns: &[&str]) {
        let row = |campaign: &&str| Spend {
            day: Day(0),
            campaign_id: (*campaign).into(),
            currency: "USD".into(),
            cost: Micros(5),
            ..Spend::default()
        };
        let load = SpendLoad {
            load_id: Uuid::now_v7(),
            source: "google_ads".into(),
            account: "1".into(),
            level,
            days: (Day(0), Day(0)),
            loaded_at_ms: 1,
            rows: campaigns.iter().map(row).collect(),
        };
        self.keep(Facts::Spend(load)).await;
    }

    async fn unconverted(&self, question: Question) -> u64 {
        self.engine.sums(question).await.unwrap().unconverted
    }
}

#[apply(every_engine)]
#[tokio::test]
async fn every_fact_without_a_rate_counts_once(#[case] kind: Kind) {
    let home = Home::new(kind).await;
    let shop = Shop { engine: home.open().await, project_id: ProjectId::generate() };
    shop.sell_in_dollars().await;
    let both = of_first_day(shop.project_id, vec![Measure::Revenue, Measure::LifetimeRevenue, Measure::Orders]);
    assert_eq!(shop.unconverted(both.clone()).await, 3, "two orders and a refund");
    for dated_by in [DatedBy::Conversion, DatedBy::Touch] {
        let attribution = Attribution { model: Model::Linear, dated_by, ..Attribution::default() };
        let shared = Question { attribution, group_by: vec![Dimension::Channel], ..both.clone() };
        assert_eq!(shop.unconverted(shared.clone()).await, 3, "three touches share each");
        let filter = Filter { dimension: Dimension::Channel, values: vec!["referral".into()], is_excluding: false };
        assert_eq!(shop.unconverted(Question { filters: vec![filter], ..shared }).await, 3, "the last touch has a part of each");
    }
    shop.spend(Level::Account, &[""]).await;
    shop.spend(Level::Campaign, &["a", "b"]).await;
    let cost = of_first_day(shop.project_id, vec![Measure::Cost, Measure::Clicks]);
    assert_eq!(shop.unconverted(cost.clone()).await, 1, "the account's");
    let split = Question { group_by: vec![Dimension::Campaign], ..cost };
    assert_eq!(shop.unconverted(split.clone()).await, 3, "what is taken off the account's is not taken off their number");
    let rest = Filter { dimension: Dimension::Campaign, values: vec![String::new()], is_excluding: false };
    assert_eq!(shop.unconverted(Question { filters: vec![rest], ..split }).await, 3, "nor where only the rest is shown");
    assert_eq!(shop.unconverted(Question { measures: vec![Measure::Cost, Measure::Revenue], ..both }).await, 4);
}
