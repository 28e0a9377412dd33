//! The OpenAPI document: complete, with examples, and equal to the snapshot that reviewers read.

use std::ops::RangeInclusive;

use barker_domain::text;
use barker_testkit::Backend;
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::{Value, json};

use crate::{every_database, harness::TestApp};

#[test]
fn the_document_is_the_one_that_was_reviewed() {
    let document = serde_json::to_value(barker_server::http::document()).unwrap();
    insta::assert_json_snapshot!("openapi", document);
}

/// Method, path and operation of everything documented.
fn operations(document: &Value) -> impl Iterator<Item = (String, &Value)> {
    document["paths"].as_object().unwrap().iter().flat_map(|(path, methods)| {
        methods.as_object().unwrap().iter().map(move |(method, operation)| (format!("{} {path}", method.to_uppercase()), operation))
    })
}

/// Whether a media type carries an example: its own, its schema's, or its items'.
fn has_example(document: &Value, media: &Value) -> bool {
    let schema = &media["schema"];
    let named = |schema: &Value| {
        let name = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
        name.is_some_and(|name| !document["components"]["schemas"][name]["example"].is_null())
    };
    let choices = schema["oneOf"].as_array().is_some_and(|choices| choices.iter().any(named));
    !media["example"].is_null() || named(schema) || named(&schema["items"]) || choices
}

#[test]
fn every_operation_has_examples_of_what_it_takes_and_answers() {
    let document = serde_json::to_value(barker_server::http::document()).unwrap();
    for (name, operation) in operations(&document) {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            assert!(!parameter["example"].is_null(), "{name}: parameter {}", parameter["name"]);
        }
        assert_examples(&document, &operation["requestBody"], &format!("{name}: request body"));
        for (status, response) in operation["responses"].as_object().unwrap() {
            assert_examples(&document, response, &format!("{name}: answer {status}"));
        }
        assert!(operation["summary"].is_string() && operation["tags"].is_array(), "{name}");
    }
}

fn assert_examples(document: &Value, message: &Value, what: &str) {
    for media in message["content"].as_object().into_iter().flat_map(|content| content.values()) {
        assert!(has_example(document, media), "{what}");
    }
}

#[test]
fn every_published_operation_is_there_under_its_published_name() {
    let document = serde_json::to_value(barker_server::http::document()).unwrap();
    let names: Vec<_> = operations(&document).filter_map(|(_, operation)| operation["operationId"].as_str()).collect();
    for published in [
        "getClientById",
        "upsertClients",
        "getAdvertiserById",
        "upsertAdvertisers",
        "upsertMLScore",
        "createCampaign",
        "listCampaigns",
        "getCampaignById",
        "updateCampaign",
        "deleteCampaign",
        "getAdForClient",
        "recordAdClick",
        "getCampaignStats",
        "getAdvertiserCampaignsStats",
        "getCampaignDailyStats",
        "getAdvertiserDailyStats",
        "advanceDay",
    ] {
        assert!(names.contains(&published), "{published}");
    }
}

#[apply(every_database)]
#[tokio::test]
async fn the_examples_of_requests_are_accepted(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let document = app.get("/openapi.json").await.expect(200);
    let example = |schema: &str| document["components"]["schemas"][schema]["example"].clone();
    let list = |schema: &str| Value::Array(vec![example(schema)]);
    app.post("/clients/bulk", &list("Client")).await.expect(201);
    app.post("/advertisers/bulk", &list("Advertiser")).await.expect(201);
    app.post("/ml-scores", &example("MLScore")).await.expect(200);
    app.post("/ml-scores/bulk", &list("MLScore")).await.expect(200);
    let advertiser = example("Advertiser")["advertiser_id"].as_str().unwrap().parse().unwrap();
    let campaign = app.campaign_of(advertiser, example("CampaignCreate")).await;
    app.put(&campaign.path(), &example("CampaignCreate")).await.expect(200);
    app.patch(&campaign.path(), &example("CampaignPatch")).await.expect(200);
    app.post(&format!("/ads/{}/click", campaign.id), &example("ClickRequest")).await.expect(204);
    app.post("/time/advance", &example("CurrentDate")).await.expect(200);
}

/// The parameter as the document describes it.
fn parameter<'d>(document: &'d Value, path: &str, name: &str) -> &'d Value {
    let parameters = document["paths"][path]["get"]["parameters"].as_array().unwrap();
    &parameters.iter().find(|parameter| parameter["name"] == name).unwrap()["schema"]
}

#[apply(every_database)]
#[tokio::test]
async fn pages_are_accepted_up_to_the_documented_bounds_and_no_further(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let document = app.get("/openapi.json").await.expect(200);
    let advertiser = app.advertiser().await;
    let campaigns = format!("/advertisers/{advertiser}/campaigns");
    for (path, template) in [("/advertisers", "/advertisers"), (campaigns.as_str(), "/advertisers/{advertiserId}/campaigns")] {
        for name in ["size", "page"] {
            let schema = parameter(&document, template, name);
            let (least, most) = (schema["minimum"].as_u64().unwrap(), schema["maximum"].as_u64().unwrap());
            for (number, status) in [(least, 200), (most, 200), (least - 1, 400), (most + 1, 400)] {
                app.get(&format!("{path}?{name}={number}")).await.expect(status);
            }
        }
    }
}

#[apply(every_database)]
#[tokio::test]
async fn a_body_that_names_no_day_is_a_documented_way_to_go_one_day_on(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let document = app.get("/openapi.json").await.expect(200);
    let schema = &document["components"]["schemas"]["DayWanted"];
    assert_eq!((&schema["required"], &schema["properties"]["current_date"]["type"]), (&Value::Null, &json!(["integer", "null"])));
    for (day, body) in [(1, json!({})), (2, json!({"current_date": null})), (3, json!({"unknown": 5}))] {
        assert_eq!(app.post("/time/advance", &body).await.expect(200)["current_date"], day);
    }
}

#[apply(every_database)]
#[tokio::test]
async fn a_parameter_without_a_value_is_neither_a_number_nor_a_word(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let advertiser = app.advertiser().await;
    let daily = format!("/stats/advertisers/{advertiser}/campaigns/daily");
    for (path, name, code) in [
        ("/advertisers", "size", "type"),
        ("/advertisers", "page", "type"),
        ("/ads", "client_id", "type"),
        (daily.as_str(), "fill", "enum"),
    ] {
        let expected = format!("/{name} {code}");
        assert_eq!(app.get(&format!("{path}?{name}=")).await.problem(400).1, [expected]);
    }
    app.get("/advertisers?search=").await.expect(200);
}

#[test]
fn documented_texts_are_the_ones_the_domain_accepts() {
    let document = serde_json::to_value(barker_server::http::document()).unwrap();
    let limits = [
        ("Client", "login", text::MAX_NAME_CHARS),
        ("Client", "location", text::MAX_NAME_CHARS),
        ("Advertiser", "name", text::MAX_NAME_CHARS),
        ("Targeting", "location", text::MAX_NAME_CHARS),
        ("CampaignCreate", "ad_title", text::MAX_TITLE_CHARS),
        ("CampaignCreate", "ad_text", text::MAX_BODY_CHARS),
        ("CampaignPatch", "ad_title", text::MAX_TITLE_CHARS),
        ("CampaignPatch", "ad_text", text::MAX_BODY_CHARS),
    ];
    for (schema, field, max_chars) in limits {
        let field = &document["components"]["schemas"][schema]["properties"][field];
        assert_eq!((&field["minLength"], &field["maxLength"]), (&json!(1), &json!(max_chars)), "{schema}");
        let blank = excluded(field["pattern"].as_str().unwrap());
        for character in '\u{1}'..=char::MAX {
            let is_blank = blank.iter().any(|range| range.contains(&character));
            assert_eq!(text::fault("", &character.to_string(), max_chars).is_some(), is_blank, "{schema}: {character:?}");
        }
    }
}

/// The characters that a pattern `[^...]` of single characters and ranges leaves out.
fn excluded(pattern: &str) -> Vec<RangeInclusive<char>> {
    let class = pattern.strip_prefix("[^").and_then(|class| class.strip_suffix(']')).unwrap();
    // `\u00a0` means in JSON what it means in a pattern.
    let class: String = serde_json::from_str(&format!("\"{class}\"")).unwrap();
    let characters: Vec<char> = class.chars().collect();
    let mut ranges = Vec::new();
    let mut place = 0;
    while let Some(first) = characters.get(place) {
        let is_range = characters.get(place + 1) == Some(&'-');
        let last = if is_range { characters[place + 2] } else { *first };
        ranges.push(*first..=last);
        place += if is_range { 3 } else { 1 };
    }
    ranges
}
