//! Statistics.

use barker_testkit::Backend;
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::json;
use uuid::Uuid;

use crate::{every_database, harness::TestApp};

#[apply(every_database)]
#[tokio::test]
async fn a_new_campaign_has_zeros_and_the_days_so_far(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let campaign = app.campaign(json!({"start_date": 1, "end_date": 3})).await;
    let zeros = json!({"impressions_count": 0, "clicks_count": 0, "conversion": 0.0, "spent_impressions": 0.0, "spent_clicks": 0.0, "spent_total": 0.0});
    assert_eq!(app.get(&format!("/stats/campaigns/{}", campaign.id)).await.expect(200), zeros);
    for (day, rows) in [(0, 0), (1, 1), (2, 2), (9, 3)] {
        app.day(day).await;
        let days = app.get(&format!("/stats/campaigns/{}/daily", campaign.id)).await.expect(200);
        assert_eq!(days.as_array().unwrap().len(), rows, "day {day}");
    }
    assert_eq!(app.get(&format!("/stats/campaigns/{}/daily?fill=none", campaign.id)).await.expect(200), json!([]));
}

#[apply(every_database)]
#[tokio::test]
async fn conversion_is_in_percent_and_totals_are_sums_of_their_parts(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let advertiser = app.advertiser().await;
    let first = app.campaign_of(advertiser, json!({"targeting": {"location": "Kazan"}})).await;
    let second =
        app.campaign_of(advertiser, json!({"start_date": 2, "cost_per_impression": 0.3, "targeting": {"location": "Moscow"}})).await;
    let kazan = app.client_with(json!({"location": "Kazan"})).await;
    assert_eq!(app.ad(kazan).await, Some(first.id));
    app.day(2).await;
    for (place, client) in app.clients(3).await.into_iter().enumerate() {
        assert_eq!(app.ad(client).await, Some(second.id));
        if place == 0 {
            app.click(second.id, client).await;
        }
    }
    let totals = app.get(&format!("/stats/advertisers/{advertiser}/campaigns")).await.expect(200);
    let expected = json!({"impressions_count": 4, "clicks_count": 1, "conversion": 25.0, "spent_impressions": 2.4, "spent_clicks": 10.0, "spent_total": 12.4});
    assert_eq!(totals, expected);
    let days = app.get(&format!("/stats/advertisers/{advertiser}/campaigns/daily")).await.expect(200);
    let counted: Vec<_> =
        days.as_array().unwrap().iter().map(|row| (row["date"].as_i64().unwrap(), row["impressions_count"].as_i64().unwrap())).collect();
    assert_eq!(counted, [(0, 1), (1, 0), (2, 3)]);
}

#[apply(every_database)]
#[tokio::test]
async fn an_advertiser_without_campaigns_has_zeros_and_no_days(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let advertiser = app.advertiser().await;
    assert_eq!(app.get(&format!("/stats/advertisers/{advertiser}/campaigns")).await.expect(200)["spent_total"], json!(0.0));
    assert_eq!(app.get(&format!("/stats/advertisers/{advertiser}/campaigns/daily")).await.expect(200), json!([]));
}

#[apply(every_database)]
#[tokio::test]
async fn endless_flights_are_listed_without_empty_days_only(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let campaign = app.campaign(json!({"end_date": i32::MAX})).await;
    app.ad(app.client().await).await;
    app.day(i32::MAX).await;
    let path = format!("/stats/campaigns/{}/daily", campaign.id);
    assert_eq!(app.get(&path).await.problem(400).1, ["/fill range"]);
    assert_eq!(app.get(&format!("{path}?fill=none")).await.expect(200).as_array().unwrap().len(), 1);
    assert_eq!(app.get(&format!("{path}?fill=some")).await.problem(400).1, ["/fill enum"]);
}

#[apply(every_database)]
#[tokio::test]
async fn statistics_of_what_does_not_exist_are_not_found(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let nobody = Uuid::now_v7();
    for (path, code) in [
        (format!("/stats/campaigns/{nobody}"), "campaign-not-found"),
        (format!("/stats/campaigns/{nobody}/daily"), "campaign-not-found"),
        (format!("/stats/advertisers/{nobody}/campaigns"), "advertiser-not-found"),
        (format!("/stats/advertisers/{nobody}/campaigns/daily"), "advertiser-not-found"),
    ] {
        assert_eq!(app.get(&path).await.problem(404).0, code);
    }
    assert_eq!(app.get("/stats/campaigns/x").await.problem(400).1, ["/campaignId format"]);
}
