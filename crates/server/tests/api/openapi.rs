//! The OpenAPI document: complete, with examples, and equal to the snapshot that reviewers read.

use serde_json::Value;

use crate::harness::TestApp;

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

#[tokio::test]
async fn the_examples_of_requests_are_accepted() {
    let app = TestApp::start().await;
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
