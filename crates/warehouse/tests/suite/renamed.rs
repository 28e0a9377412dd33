//! Campaigns get other names, and links go on saying the former ones.

use barker_domain::{Day, Micros, ProjectId};
use barker_warehouse::{
    fact::{Event, Facts, Level, Order, Spend, SpendLoad},
    question::{Dimension, Key, Measure, Question},
};
use rstest::rstest;
use rstest_reuse::apply;
use uuid::Uuid;

use crate::{
    engines::{Home, Kind, every_engine},
    plain::of_first_day,
    shop::Shop,
};

const DAY_MS: i64 = 86_400_000;

impl Shop {
    /// What campaigns were called on a day, on which each cost 1.
    async fn called(&self, day: i32, campaigns: &[(&str, &str)]) {
        let row = |(id, name): &(&str, &str)| Spend {
            day: Day(day),
            campaign_id: (*id).to_owned(),
            campaign_name: (*name).to_owned(),
            cost: Micros(1_000_000),
            currency: "RUB".to_owned(),
            ..Spend::default()
        };
        self.keep(Facts::Spend(SpendLoad {
            load_id: Uuid::now_v7(),
            source: "google_ads".to_owned(),
            account: "1".to_owned(),
            level: Level::Campaign,
            days: (Day(day), Day(day)),
            loaded_at_ms: 0,
            rows: campaigns.iter().map(row).collect(),
        }))
        .await;
    }

    /// Somebody comes by a link on the second day and buys for 10.
    async fn bought_by(&self, utm_campaign: &str) {
        let event_id = Uuid::now_v7().to_string();
        let touch = Event {
            event_type: "session_start".to_owned(),
            occurred_at_ms: DAY_MS,
            client_id: event_id.clone(),
            channel: "paid_search".to_owned(),
            utm: ["", "", utm_campaign, "", ""].map(str::to_owned),
            event_id: event_id.clone(),
            ..Event::default()
        };
        let order = Order {
            order_id: event_id.clone(),
            occurred_at_ms: DAY_MS + 1,
            client_id: event_id,
            currency: "RUB".to_owned(),
            net: Micros(10_000_000),
            ..Order::default()
        };
        self.keep(Facts::Events(vec![touch])).await;
        self.keep(Facts::Orders(vec![order])).await;
    }

    /// Cost and revenue by cleaned name and name.
    async fn earned(&self) -> Vec<(Key, Key, i128, i128)> {
        let question = of_first_day(self.project_id, vec![Measure::Cost, Measure::Revenue]);
        let group_by = vec![Dimension::CampaignKey, Dimension::CampaignName];
        let answer = self.engine.sums(Question { days: (Day(0), Day(9)), group_by, ..question }).await.unwrap();
        let sum = |sums: &[Option<i128>], place: usize| sums[place].unwrap() / 1_000_000;
        answer.rows.iter().map(|row| (row.keys[0].clone(), row.keys[1].clone(), sum(&row.sums, 0), sum(&row.sums, 1))).collect()
    }
}

#[apply(every_engine)]
#[tokio::test]
async fn a_former_name_finds_the_campaign_unless_another_has_it_now(#[case] kind: Kind) {
    let home = Home::new(kind).await;
    let shop = Shop { engine: home.open().await, project_id: ProjectId::generate() };
    let row = |key: &str, name: &str, cost, revenue| (Key::Text(key.to_owned()), Key::Text(name.to_owned()), cost, revenue);
    shop.called(0, &[("1", "Spring Sale")]).await;
    shop.called(1, &[("1", "Spring NEW")]).await;
    shop.bought_by("spring-sale").await;
    shop.bought_by("Spring NEW").await;
    shop.bought_by("autumn").await;
    let expected = [row("autumn", "autumn", 0, 10), row("spring_new", "Spring NEW", 2, 20)];
    assert_eq!(shop.earned().await, expected);
    shop.engine.compact().await.unwrap();
    assert_eq!(shop.earned().await, expected, "as it was worked out once");
    shop.called(2, &[("2", "Spring sale")]).await;
    let expected = [row("autumn", "autumn", 0, 10), row("spring_new", "Spring NEW", 2, 10), row("spring_sale", "Spring sale", 1, 10)];
    assert_eq!(shop.earned().await, expected);
}
