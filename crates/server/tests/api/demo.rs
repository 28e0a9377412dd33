//! The demo shop: every report has something to say, it adds up, and it is the same however it was told.

use std::{collections::HashMap, sync::Arc, time::Duration};

use barker_app::{
    demo::{self, Demo, Told},
    outbox, own_facts,
    project::NewSandbox,
};
use barker_domain::{Code, ProjectId, project::Ranking};
use barker_testkit::Backend;
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::{Value, json};

use crate::{every_database, harness::TestApp, people::Person, shop::HOUR_MS};

/// Small enough for a test, large enough to be told by.
const DEMO: Demo = Demo { shop: demo::Shop { seed: 2026, orders_per_day: 30 }, days: 60 };
const METRICS: [&str; 12] = [
    "impressions",
    "clicks",
    "cost",
    "platform_conversions",
    "sessions",
    "orders",
    "revenue",
    "leads",
    "new_customers",
    "ltv",
    "romi",
    "cr",
];

fn silent() -> Told {
    Arc::new(|_| ())
}

struct Opened<'a> {
    app: &'a TestApp,
    owner: Person,
    project: ProjectId,
}

impl<'a> Opened<'a> {
    async fn project(app: &'a TestApp, name: &str) -> Self {
        let owner = app.person(name).await;
        let new = json!({"name": name, "currency": "RUB", "time_zone": "UTC"});
        let project = app.post_as(&owner.access_token, "/api/v1/projects", &new).await.expect(201);
        Self { app, project: ProjectId(project["project_id"].as_str().unwrap().parse().unwrap()), owner }
    }

    async fn tell(&self, demo: Demo) -> barker_domain::Result<u64> {
        let handle = self.app.app.get_open_project(self.project).await.unwrap();
        loop {
            match demo::tell_now(&self.app.app, &handle, demo, silent()).await {
                // The hour of the shop's own job has come.
                Err(error) if error.code == Code::Busy => tokio::time::sleep(Duration::from_millis(20)).await,
                told => return told,
            }
        }
    }

    async fn report(&self, more: Value) -> Value {
        let mut body = json!({"metrics": METRICS, "date_from": "2025-11-03", "date_to": "2026-01-01", "limit": 10_000});
        crate::harness::overlay(&mut body, more);
        let path = format!("/api/v1/projects/{}/reports/kpi", self.project);
        // Hours pass between questions; a session does not last as long.
        let (token, _) = self.app.log_in(&self.owner.email).await;
        let mut report = self.app.post_as(&token, &path, &body).await.expect(200);
        report.as_object_mut().unwrap().retain(|name, _| name == "rows" || name == "totals");
        report
    }

    /// Rows of a report by what they are called.
    async fn by(&self, dimension: &str) -> HashMap<String, Value> {
        let report = self.report(json!({"group_by": dimension})).await;
        let rows = report["rows"].as_array().unwrap().iter().map(|row| (row[dimension].as_str().unwrap().to_owned(), row.clone()));
        rows.collect()
    }

    async fn totals(&self) -> Value {
        self.report(json!({})).await["totals"].clone()
    }
}

fn number(row: &Value, metric: &str) -> f64 {
    row[metric].as_f64().unwrap_or_else(|| panic!("{metric} of {row}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_marketer_finds_what_pays_what_does_not_and_what_nobody_can_tell() {
    let app = TestApp::start(Backend::Sqlite).await;
    app.clock.advance_ms(13 * HOUR_MS);
    let shop = Opened::project(&app, "shop").await;
    shop.tell(DEMO).await.unwrap();
    let campaigns = shop.by("campaign_name").await;
    let romi = |name: &str| number(&campaigns[name], "romi");
    let failing = &campaigns["Reels | Охват | Широкая аудитория 18–65"];
    assert!(number(failing, "romi") < -0.7 && number(failing, "orders") == 0.0, "{failing}");
    let total = shop.totals().await;
    assert!(number(failing, "cost") > number(&total, "cost") / 10.0, "it costs enough to be seen: {failing}");
    let gem = romi("Ретаргетинг | Брошенные корзины");
    assert!((4.0..9.0).contains(&gem), "{gem}");
    for name in ["Поиск | Постельное бельё | Москва и СПб", "РСЯ | Смарт-баннеры | Товары для дома", "CPA-сеть | Кэшбэк-сервисы"]
    {
        assert!((0.2..3.5).contains(&romi(name)), "{name}: {}", romi(name));
    }
    assert!(campaigns.contains_key("Поиск | Посуда | РФ | Зима") && !campaigns.contains_key("Поиск | Посуда | РФ | Осень"), "renamed");

    assert!((0.01..0.04).contains(&number(&total, "cr")), "{total}");
    let channels = shop.by("channel").await;
    let revenue = number(&total, "revenue");
    let unknown = number(&channels["(unattributed)"], "revenue") + channels.get("direct").map_or(0.0, |row| number(row, "revenue"));
    assert!((0.15..0.30).contains(&(unknown / revenue)), "{unknown} of {revenue}");
    let paid = channels.values().filter(|row| number(row, "cost") > 0.0 && row["channel"] != "(unattributed)").count();
    assert!(paid >= 6, "{channels:?}");
    for dimension in ["day", "device", "country", "attributes.browser", "ad", "ad_group", "source"] {
        let rows = shop.by(dimension).await;
        assert!(rows.len() >= 4, "{dimension}: {rows:?}");
        let revenues: f64 = rows.values().map(|row| number(row, "revenue")).sum();
        assert!((revenues - revenue).abs() < 0.01, "{dimension}: {revenues} is not {revenue}");
        let orders: f64 = rows.values().map(|row| number(row, "orders")).sum();
        assert!((orders - number(&total, "orders")).abs() < f64::EPSILON, "{dimension}");
    }
    let board = format!("/api/v1/projects/{}/dashboards", shop.project);
    let boards = app.get_as(&shop.owner.access_token, &board).await.expect(200);
    let path = format!("{board}/{}/data", boards[0]["dashboard_id"].as_str().unwrap());
    let filled = app.get_as(&shop.owner.access_token, &path).await.expect(200);
    let answers = filled["answers"].as_array().unwrap();
    assert!(answers.len() > 4, "{filled}");
    for answer in answers {
        let (rows, totals) = (&answer["report"]["rows"], &answer["report"]["totals"]);
        assert!(rows.as_array().is_some_and(|rows| !rows.is_empty()) && !totals.as_object().unwrap().is_empty(), "{answer}");
        assert!(totals.as_object().unwrap().values().all(|total| !total.is_null()), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_told_at_once_and_one_told_again_and_again_are_the_same() {
    let app = TestApp::start(Backend::Sqlite).await;
    let (small, older) = (Demo { days: 9, ..DEMO }, Demo { days: 30, ..DEMO });
    let often = Opened::project(&app, "often").await;
    for hours in [5, 30, 1, 4] {
        app.clock.advance_ms(hours * HOUR_MS);
        often.tell(small).await.unwrap();
        often.tell(small).await.unwrap();
    }
    often.tell(older).await.unwrap();
    let once = Opened::project(&app, "once").await;
    once.tell(older).await.unwrap();
    for question in
        [json!({"group_by": "day"}), json!({"group_by": ["campaign_name", "channel"]}), json!({"group_by": "device"}), json!({})]
    {
        let mut question = question;
        question["date_to"] = json!("2026-01-02");
        assert_eq!(often.report(question.clone()).await, once.report(question.clone()).await, "{question}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_goes_into_a_project_without_facts_and_arguments_have_bounds() {
    let app = TestApp::start(Backend::Sqlite).await;
    let project = Opened::project(&app, "shop").await;
    let small = Demo { days: 2, shop: demo::Shop { seed: 1, orders_per_day: 3 } };
    let fields = |error: &barker_domain::Error| error.fields.iter().map(|field| field.pointer.clone()).collect::<Vec<_>>();
    let none = Demo { days: 0, shop: demo::Shop { seed: 1, orders_per_day: 5_001 } };
    assert_eq!(fields(&project.tell(none).await.unwrap_err()), ["/days", "/orders_per_day"]);
    app.clock.advance_ms(12 * HOUR_MS);
    project.tell(small).await.unwrap();
    let other = Demo { shop: demo::Shop { seed: 2, orders_per_day: 3 }, ..small };
    let refused = project.tell(other).await.unwrap_err();
    assert_eq!(fields(&refused), ["/project"]);
    assert!(refused.fields[0].message.contains("--seed 1"), "{refused:?}");

    let facts = crate::shop::Shop::open(&app, "facts").await;
    facts.spend("2026-01-01", &[("Autumn", 100)]).await;
    let handle = app.app.get_open_project(ProjectId(facts.project)).await.unwrap();
    let refused = demo::tell_now(&app.app, &handle, small, silent()).await.unwrap_err();
    assert!(refused.fields[0].message.contains("facts of its own"), "{refused:?}");
}

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread")]
async fn the_past_of_barkers_own_slots_is_there_once_and_agrees_with_every_count(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    app.clock.advance_ms(13 * HOUR_MS);
    let wanted = || NewSandbox { name: "shop".into(), currency: "EUR".into(), ranking: Ranking::ExpectedProfit, first_day: None };
    let mut delivered = Vec::new();
    for _ in 0..2 {
        let project = demo::open_sandbox(&app.app, wanted(), DEMO).await.unwrap();
        let spent = app.app.store().in_project(project.id()).list_delivered().await.unwrap();
        delivered.push((spent.values().map(|it| it.impressions).sum::<i64>(), spent.values().map(|it| it.clicks).sum::<i64>()));
    }
    assert_eq!(delivered[0], delivered[1]);
    let (impressions, clicks) = delivered[0];
    assert!((4_000..7_000).contains(&impressions) && clicks * 8 < impressions && clicks > 200, "{impressions} {clicks}");
    outbox::catch_up(&app.app).await.unwrap();
    assert_eq!(own_facts::agree(&app.app).await.unwrap(), 0);
    let audit = barker_app::audit::run(app.app.store(), 0).await.unwrap();
    assert!(audit.differences.is_empty(), "{audit:?}");
}
