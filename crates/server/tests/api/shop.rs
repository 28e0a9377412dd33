//! A shop with facts, for tests of reports: what campaigns cost, who clicked, who bought.

use barker_domain::{Day, Micros, ProjectId};
use barker_warehouse::fact::{Batch, Event, Facts, Level, Order, Refund, Spend, SpendLoad};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    harness::{Answer, TestApp},
    people::Person,
};

pub(crate) const HOUR_MS: i64 = 3_600_000;
pub(crate) const DAY_MS: i64 = 24 * HOUR_MS;

/// A live project of somebody's, in UTC, with facts.
pub(crate) struct Shop<'a> {
    pub(crate) app: &'a TestApp,
    pub(crate) owner: Person,
    pub(crate) project: Uuid,
}

pub(crate) fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// Milliseconds of an hour of a day.
pub(crate) fn at(text: &str, hour: i64) -> i64 {
    i64::from(day(text).0) * DAY_MS + hour * HOUR_MS
}

pub(crate) fn units(units: i64) -> Micros {
    Micros(units * 1_000_000)
}

impl<'a> Shop<'a> {
    pub(crate) async fn open(app: &'a TestApp, name: &str) -> Self {
        let owner = app.person(name).await;
        let new = json!({"name": name, "currency": "RUB", "time_zone": "UTC"});
        let project = app.post_as(&owner.access_token, "/api/v1/projects", &new).await.expect(201);
        Self { app, project: project["project_id"].as_str().unwrap().parse().unwrap(), owner }
    }

    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/api/v1/projects/{}/{rest}", self.project)
    }

    /// Keeps facts, and says nothing to anybody.
    pub(crate) async fn append(&self, facts: Facts) {
        self.app.app.warehouse().append(Batch { project_id: ProjectId(self.project), facts }).await.unwrap();
    }

    /// Keeps facts as intake does.
    pub(crate) async fn keep(&self, facts: Facts) {
        self.app.app.intake().keep(Batch { project_id: ProjectId(self.project), facts }).await.unwrap();
    }

    /// What campaigns cost on a day: name and whole units; a thousand shows and ten clicks each.
    pub(crate) async fn spend(&self, on: &str, campaigns: &[(&str, i64)]) {
        let row = |(name, cost): &(&str, i64)| Spend {
            day: day(on),
            campaign_id: format!("id-{name}"),
            campaign_name: (*name).to_owned(),
            impressions: 1_000,
            clicks: 10,
            cost: units(*cost),
            currency: "RUB".into(),
            channel: "paid_search".into(),
            ..Spend::default()
        };
        let load = SpendLoad {
            load_id: Uuid::now_v7(),
            source: "ads".into(),
            account: "main".into(),
            level: Level::Campaign,
            days: (day(on), day(on)),
            loaded_at_ms: at(on, 23),
            rows: campaigns.iter().map(row).collect(),
        };
        self.keep(Facts::Spend(load)).await;
    }

    /// A visitor clicks on a campaign's ad.
    pub(crate) async fn click(&self, visitor: &str, campaign: &str, at_ms: i64) {
        let event = Event {
            event_id: format!("click-{visitor}-{at_ms}"),
            event_type: "click".into(),
            occurred_at_ms: at_ms,
            received_at_ms: at_ms,
            client_id: visitor.into(),
            campaign_id: format!("id-{campaign}"),
            channel: "paid_search".into(),
            device: "mobile".into(),
            ..Event::default()
        };
        self.keep(Facts::Events(vec![event])).await;
    }

    /// A visitor buys, for whole units.
    pub(crate) async fn order(&self, id: &str, visitor: &str, (amount, at_ms): (i64, i64)) {
        let order = Order {
            source: "shop".into(),
            order_id: id.into(),
            updated_at_ms: at_ms,
            occurred_at_ms: at_ms,
            gross: units(amount),
            net: units(amount),
            currency: "RUB".into(),
            client_id: visitor.into(),
            ..Order::default()
        };
        self.keep(Facts::Orders(vec![order])).await;
    }

    pub(crate) async fn refund(&self, order: &str, (amount, at_ms): (i64, i64)) {
        let refund = Refund {
            source: "shop".into(),
            refund_id: format!("refund-{order}"),
            order_id: order.into(),
            updated_at_ms: at_ms,
            occurred_at_ms: at_ms,
            amount: units(amount),
            currency: "RUB".into(),
        };
        self.keep(Facts::Refunds(vec![refund])).await;
    }

    pub(crate) async fn ask(&self, body: &Value) -> Answer {
        self.app.post_as(&self.owner.access_token, &self.path("reports/kpi"), body).await
    }

    pub(crate) async fn get(&self, rest: &str) -> Answer {
        self.app.get_as(&self.owner.access_token, &self.path(rest)).await
    }

    pub(crate) async fn post(&self, rest: &str, body: &Value) -> Answer {
        self.app.post_as(&self.owner.access_token, &self.path(rest), body).await
    }

    /// Three campaigns: one that earned, one that lost, one that was for free; and an order that came from nowhere.
    pub(crate) async fn with_three_campaigns(app: &'a TestApp, name: &str) -> Self {
        let shop = Self::open(app, name).await;
        shop.spend("2026-11-10", &[("Gem", 1_000), ("Failing", 1_500), ("Free", 0)]).await;
        for (visitor, campaign, amount) in [("v1", "Gem", 1_500), ("v2", "Failing", 1_000), ("v3", "Free", 700)] {
            shop.click(visitor, campaign, at("2026-11-10", 9)).await;
            shop.order(&format!("order-{visitor}"), visitor, (amount, at("2026-11-10", 12))).await;
        }
        shop.order("order-v4", "v4", (300, at("2026-11-10", 13))).await;
        shop
    }
}
