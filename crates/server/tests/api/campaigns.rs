//! Campaigns.

use barker_testkit::Backend;
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    every_database,
    harness::{TestApp, overlay, terms},
};

#[apply(every_database)]
#[tokio::test]
async fn a_campaign_is_answered_with_its_targeting_always_present(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let campaign = app.campaign(json!({})).await;
    let mut expected = terms();
    overlay(
        &mut expected,
        json!({
            "campaign_id": campaign.id, "advertiser_id": campaign.advertiser_id,
            "targeting": {"gender": null, "age_from": null, "age_to": null, "location": null},
        }),
    );
    assert_eq!(app.get(&campaign.path()).await.expect(200), expected);
}

#[apply(every_database)]
#[tokio::test]
async fn targeting_is_kept_as_it_was_stated(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let targeting = json!({"gender": "ALL", "age_from": 0, "age_to": 200, "location": "Нижний Новгород"});
    let campaign = app.campaign(json!({"targeting": targeting})).await;
    assert_eq!(app.get(&campaign.path()).await.expect(200)["targeting"], targeting);
}

#[apply(every_database)]
#[tokio::test]
async fn prices_keep_six_decimals_and_no_more(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let campaign = app.campaign(json!({"cost_per_impression": 0.000_001, "cost_per_click": 999_999.999_999})).await;
    let body = app.get(&campaign.path()).await.expect(200);
    assert_eq!((body["cost_per_impression"].as_f64(), body["cost_per_click"].as_f64()), (Some(0.000_001), Some(999_999.999_999)));
    let path = format!("/advertisers/{}/campaigns", campaign.advertiser_id);
    for (price, code) in [(json!(0.000_000_1), "format"), (json!(-0.01), "range"), (json!(1_000_000.01), "range"), (json!("1"), "type")] {
        let mut body = terms();
        body["cost_per_click"] = price.clone();
        assert_eq!(app.post(&path, &body).await.problem(400).1, [format!("/cost_per_click {code}")], "{price}");
    }
}

#[apply(every_database)]
#[tokio::test]
async fn rules_of_a_new_campaign_name_their_field(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    app.day(3).await;
    let path = format!("/advertisers/{}/campaigns", app.advertiser().await);
    let cases = [
        (json!({"start_date": 2}), "/start_date past"),
        (json!({"start_date": 5, "end_date": 4}), "/end_date order"),
        (json!({"clicks_limit": 101}), "/clicks_limit order"),
        (json!({"impressions_limit": -1, "clicks_limit": -1}), "/impressions_limit range"),
        (json!({"ad_title": "  "}), "/ad_title length"),
        (json!({"ad_text": "a\u{0}b"}), "/ad_text format"),
        (json!({"targeting": {"gender": "OTHER"}}), "/targeting/gender enum"),
        (json!({"targeting": {"age_from": 30, "age_to": 29}}), "/targeting/age_to order"),
        (json!({"targeting": {"location": ""}}), "/targeting/location length"),
        (json!({"targeting": []}), "/targeting type"),
        (json!({"ad_title": null}), "/ad_title required"),
    ];
    for (changes, expected) in cases {
        let mut body = terms();
        overlay(&mut body, json!({"start_date": 3}));
        overlay(&mut body, changes);
        let (_, fields) = app.post(&path, &body).await.problem(400);
        assert_eq!(fields[0], expected);
    }
    assert_eq!(app.get(&path).await.expect(200), json!([]), "nothing was half-written");
}

#[apply(every_database)]
#[tokio::test]
async fn every_missing_field_is_named_at_once(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let path = format!("/advertisers/{}/campaigns", app.advertiser().await);
    let (_, fields) = app.post(&path, &json!({})).await.problem(400);
    assert_eq!(fields.len(), 8);
    assert!(fields.iter().all(|field| field.ends_with(" required")));
}

#[apply(every_database)]
#[tokio::test]
async fn limits_of_zero_are_allowed_and_shown_to_nobody(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    app.campaign(json!({"impressions_limit": 0, "clicks_limit": 0})).await;
    assert_eq!(app.ad(app.client().await).await, None);
}

#[apply(every_database)]
#[tokio::test]
async fn put_replaces_and_an_absent_targeting_clears_it(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let campaign = app.campaign(json!({"start_date": 1, "targeting": {"gender": "MALE"}})).await;
    let mut body = campaign.terms.clone();
    overlay(&mut body, json!({"ad_title": "New", "impressions_limit": 7, "clicks_limit": 7, "end_date": 20}));
    body.as_object_mut().unwrap().remove("targeting");
    let answer = app.put(&campaign.path(), &body).await.expect(200);
    assert_eq!(answer, app.get(&campaign.path()).await.expect(200));
    assert_eq!(
        (&answer["ad_title"], &answer["targeting"]["gender"], &answer["impressions_limit"]),
        (&json!("New"), &Value::Null, &json!(7))
    );
    body.as_object_mut().unwrap().remove("ad_text");
    assert_eq!(app.put(&campaign.path(), &body).await.problem(400).1, ["/ad_text required"]);
}

#[apply(every_database)]
#[tokio::test]
async fn patch_merges_and_null_clears_one_restriction(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let campaign = app.campaign(json!({"targeting": {"gender": "MALE", "location": "Kazan"}})).await;
    let answer = app.patch(&campaign.path(), &json!({"cost_per_click": 12.5, "targeting": {"location": null}})).await.expect(200);
    assert_eq!(answer["targeting"], json!({"gender": "MALE", "age_from": null, "age_to": null, "location": null}));
    assert_eq!((&answer["cost_per_click"], &answer["ad_title"]), (&json!(12.5), &json!("Plush bears")));
    let answer = app.patch(&campaign.path(), &json!({"targeting": null})).await.expect(200);
    assert_eq!(answer["targeting"]["gender"], Value::Null);
    assert_eq!(app.patch(&campaign.path(), &json!({"ad_title": null})).await.problem(400).1, ["/ad_title required"]);
    assert_eq!(app.patch(&campaign.path(), &json!([1])).await.problem(400).1, [" type"]);
    assert_eq!(app.patch(&campaign.path(), &json!({})).await.expect(200), answer);
}

#[apply(every_database)]
#[tokio::test]
async fn after_the_start_limits_and_dates_are_frozen_and_the_rest_is_not(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let campaign = app.campaign(json!({})).await;
    for (changes, field) in [
        (json!({"impressions_limit": 101}), "/impressions_limit"),
        (json!({"clicks_limit": 49}), "/clicks_limit"),
        (json!({"start_date": 1}), "/start_date"),
        (json!({"end_date": 11}), "/end_date"),
    ] {
        assert_eq!(app.patch(&campaign.path(), &changes).await.problem(400).1, [format!("{field} frozen")]);
        let mut body = campaign.terms.clone();
        overlay(&mut body, changes);
        assert_eq!(app.put(&campaign.path(), &body).await.problem(400).1, [format!("{field} frozen")]);
    }
    app.day(99).await;
    let changes = json!({"cost_per_impression": 3, "cost_per_click": 4, "ad_title": "a", "ad_text": "b", "targeting": {"age_from": 5}});
    let mut body = campaign.terms.clone();
    overlay(&mut body, changes);
    app.put(&campaign.path(), &body).await.expect(200);
}

#[apply(every_database)]
#[tokio::test]
async fn a_change_is_seen_by_the_next_ad(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let campaign = app.campaign(json!({"targeting": {"gender": "MALE"}})).await;
    let (anna, boris) = (app.client().await, app.client().await);
    assert_eq!(app.ad(anna).await, None);
    app.patch(&campaign.path(), &json!({"targeting": {"gender": "FEMALE"}})).await.expect(200);
    assert_eq!(app.ad(anna).await, Some(campaign.id));
    app.patch(&campaign.path(), &json!({"cost_per_impression": 2.5})).await.expect(200);
    assert_eq!(app.ad(boris).await, Some(campaign.id));
    assert_eq!(app.stats(campaign.id).await, (2, 0, 4.0));
}

#[apply(every_database)]
#[tokio::test]
async fn in_a_rewound_sandbox_limits_keep_what_was_delivered(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let campaign = app.campaign(json!({"start_date": 5, "impressions_limit": 3, "clicks_limit": 1})).await;
    app.day(5).await;
    for client in app.clients(2).await {
        assert_eq!(app.ad(client).await, Some(campaign.id));
    }
    app.day(0).await;
    assert_eq!(app.patch(&campaign.path(), &json!({"impressions_limit": 1})).await.problem(400).1, ["/impressions_limit range"]);
    app.patch(&campaign.path(), &json!({"impressions_limit": 2})).await.expect(200);
    app.day(5).await;
    assert_eq!(app.ad(app.client().await).await, None);
    app.assert_audit_is_clean().await;
}

#[apply(every_database)]
#[tokio::test]
async fn a_deleted_campaign_is_gone_and_its_spend_stays(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let campaign = app.campaign(json!({})).await;
    let client = app.client().await;
    assert_eq!(app.ad(client).await, Some(campaign.id));
    assert_eq!(app.send(reqwest::Method::DELETE, &campaign.path(), None).await.status, 204);
    for path in [campaign.path(), format!("/stats/campaigns/{}", campaign.id), format!("/stats/campaigns/{}/daily", campaign.id)] {
        assert_eq!(app.get(&path).await.problem(404).0, "campaign-not-found");
    }
    let click = app.post(&format!("/ads/{}/click", campaign.id), &json!({"client_id": client})).await;
    assert_eq!(click.problem(404).0, "campaign-not-found");
    assert_eq!(app.send(reqwest::Method::DELETE, &campaign.path(), None).await.problem(404).0, "campaign-not-found");
    assert_eq!(app.ad(client).await, None);
    let totals = app.get(&format!("/stats/advertisers/{}/campaigns", campaign.advertiser_id)).await.expect(200);
    assert_eq!((&totals["impressions_count"], &totals["spent_total"]), (&json!(1), &json!(1.5)));
    let days = app.get(&format!("/stats/advertisers/{}/campaigns/daily", campaign.advertiser_id)).await.expect(200);
    assert_eq!(days.as_array().unwrap().len(), 1);
}

#[apply(every_database)]
#[tokio::test]
async fn another_advertisers_campaign_is_not_found(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let campaign = app.campaign(json!({})).await;
    let other = app.advertiser().await;
    let path = format!("/advertisers/{other}/campaigns/{}", campaign.id);
    assert_eq!(app.get(&path).await.problem(404).0, "campaign-not-found");
    assert_eq!(app.put(&path, &campaign.terms).await.problem(404).0, "campaign-not-found");
    assert_eq!(app.patch(&path, &json!({})).await.problem(404).0, "campaign-not-found");
    assert_eq!(app.send(reqwest::Method::DELETE, &path, None).await.problem(404).0, "campaign-not-found");
    let nobody = format!("/advertisers/{}/campaigns", Uuid::now_v7());
    assert_eq!(app.post(&nobody, &terms()).await.problem(404).0, "advertiser-not-found");
    assert_eq!(app.get(&nobody).await.problem(404).0, "advertiser-not-found");
}

#[apply(every_database)]
#[tokio::test]
async fn campaigns_are_listed_newest_first_in_pages(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let advertiser = app.advertiser().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.insert(0, app.campaign_of(advertiser, json!({})).await.id.to_string());
        app.clock.advance_ms(1);
    }
    let path = format!("/advertisers/{advertiser}/campaigns");
    let listed =
        |body: Value| -> Vec<String> { body.as_array().unwrap().iter().map(|row| row["campaign_id"].as_str().unwrap().into()).collect() };
    let answer = app.get(&format!("{path}?size=2&page=1")).await;
    assert_eq!(answer.headers["x-total-count"], "3");
    assert_eq!(listed(answer.expect(200)), ids[..2]);
    assert_eq!(listed(app.get(&format!("{path}?size=2&page=2")).await.expect(200)), ids[2..]);
}
