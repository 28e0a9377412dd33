//! Whatever is sent: a problem document that names what is wrong, never a server error, nothing half-written.

use axum::body::Bytes;
use barker_testkit::Backend;
use http_body::Frame;
use http_body_util::StreamBody;
use reqwest::{Body, Method};
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::{Value, json};

use crate::{
    every_database,
    harness::{BODY_LIMIT_BYTES, TestApp},
};

/// Every address that takes a body, with ids that are well-formed and unknown.
const WITH_BODIES: [(&str, &str); 9] = [
    ("POST", "/clients/bulk"),
    ("POST", "/advertisers/bulk"),
    ("POST", "/ml-scores"),
    ("POST", "/ml-scores/bulk"),
    ("POST", "/advertisers/0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d/campaigns"),
    ("PUT", "/advertisers/0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d/campaigns/0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
    ("PATCH", "/advertisers/0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d/campaigns/0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"),
    ("POST", "/ads/0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d/click"),
    ("POST", "/time/advance"),
];

fn method(name: &str) -> Method {
    name.parse().unwrap()
}

#[apply(every_database)]
#[tokio::test]
async fn what_is_not_json_is_told_so(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let deep = "[".repeat(100_000);
    let bodies: [&[u8]; 10] =
        [b"{", b"NaN", b"{\"a\": NaN}", b"Infinity", b"{'a': 1}", b"\xff\xfe", b"[1,]", b"1e999", b"\0", deep.as_bytes()];
    for (name, path) in WITH_BODIES {
        for body in bodies {
            let answer = app.send_raw(method(name), path, body.to_vec()).await;
            assert_eq!(answer.problem(400).0, "malformed-json", "{name} {path}");
        }
    }
}

#[apply(every_database)]
#[tokio::test]
async fn what_is_json_of_another_shape_is_told_so(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    for (name, path) in WITH_BODIES {
        for body in [json!(1), json!("text"), json!(true), json!([[]]), json!([null])] {
            let answer = app.send(method(name), path, Some(&body)).await;
            let status = answer.status.as_u16();
            assert!((400..500).contains(&status), "{name} {path} {body}: {status}");
            answer.problem(status);
        }
    }
}

#[apply(every_database)]
#[tokio::test]
async fn wrong_values_in_any_field_name_the_field(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let campaign = app.campaign(json!({})).await;
    let client = app.client().await;
    let advertiser = campaign.advertiser_id;
    let full = json!({"client_id": client, "login": "a", "age": 1, "location": "x", "gender": "MALE"});
    let score = json!({"client_id": client, "advertiser_id": advertiser, "score": 1});
    let huge = json!("ы".repeat(500_000));
    for (path, good) in
        [("/clients/bulk", &full), ("/ml-scores/bulk", &score), ("/advertisers/bulk", &json!({"advertiser_id": advertiser, "name": "n"}))]
    {
        for (field, value) in good.as_object().unwrap() {
            for bad in [json!(null), json!([]), json!({}), json!(1e300), json!("a\u{0}b"), huge.clone(), json!(true), json!(-5)] {
                let mut item = good.clone();
                item[field] = bad.clone();
                let (_, fields) = app.post(path, &json!([item])).await.problem(400);
                assert!(fields[0].starts_with(&format!("/0/{field} ")), "{path} {field}: {fields:?}");
                assert_eq!(fields.len(), 1, "{path} {field} {value}");
            }
        }
    }
    for field in campaign.terms.as_object().unwrap().keys() {
        for bad in
            [json!(null), json!([]), json!(1e300), json!(-1e300), json!("a\u{0}b"), json!(true), json!(-5), json!(99_999_999_999_i64)]
        {
            let mut terms = campaign.terms.clone();
            terms[field] = bad.clone();
            let (_, fields) = app.put(&campaign.path(), &terms).await.problem(400);
            assert!(fields.iter().any(|fault| fault.starts_with(&format!("/{field} "))), "{field} {bad}: {fields:?}");
        }
    }
    let mut expected = campaign.terms.clone();
    expected["targeting"] = json!({"gender": null, "age_from": null, "age_to": null, "location": null});
    let mut found = app.get(&campaign.path()).await.expect(200);
    for id in ["campaign_id", "advertiser_id"] {
        found.as_object_mut().unwrap().remove(id);
    }
    assert_eq!(found, expected, "nothing was half-written");
}

#[apply(every_database)]
#[tokio::test]
async fn bodies_over_the_limit_are_refused_with_and_without_a_length(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let long = vec![b' '; BODY_LIMIT_BYTES + 1];
    assert_eq!(app.send_raw(Method::POST, "/clients/bulk", long.clone()).await.problem(413).0, "body-too-large");
    let chunks = long.chunks(64_000).map(|chunk| Ok::<_, std::io::Error>(Frame::data(Bytes::copy_from_slice(chunk))));
    let without_length = Body::wrap(StreamBody::new(futures::stream::iter(chunks.collect::<Vec<_>>())));
    assert_eq!(app.send_raw(Method::POST, "/clients/bulk", without_length).await.problem(413).0, "body-too-large");
}

#[apply(every_database)]
#[tokio::test]
async fn unknown_addresses_methods_and_ids_are_problems_too(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    assert_eq!(app.get("/nowhere").await.problem(404).0, "route-not-found");
    assert_eq!(app.get("/clients/bulk/x").await.problem(404).0, "route-not-found");
    for (name, path) in [("DELETE", "/clients/bulk"), ("GET", "/ml-scores"), ("POST", "/ads"), ("PUT", "/time/advance")] {
        let answer = app.send(method(name), path, None).await;
        assert!(answer.headers.contains_key("allow"), "{name} {path}");
        assert_eq!(answer.problem(405).0, "method-not-allowed");
    }
    for path in ["/clients/x", "/clients/%00", "/clients/%ff", "/clients/0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5"] {
        assert_eq!(app.get(path).await.problem(400).1, ["/clientId format"], "{path}");
    }
    assert_eq!(app.get("/advertisers?search=%ff").await.status, 200);
}

#[apply(every_database)]
#[tokio::test]
async fn without_an_open_project_every_operation_on_one_is_unauthorized(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let closed = app.closed_address().await;
    for (name, path) in WITH_BODIES {
        assert_eq!(app.send(method(name), &format!("{closed}{path}"), Some(&json!([]))).await.problem(401).0, "unauthorized");
    }
    for path in ["/time", "/advertisers", "/ads", "/clients/0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"] {
        assert_eq!(app.get(&format!("{closed}{path}")).await.problem(401).0, "unauthorized");
    }
    app.get(&format!("{closed}/health")).await.expect(200);
}

#[apply(every_database)]
#[tokio::test]
async fn a_problem_is_complete_and_says_what_was_expected(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let body: Value = app.post("/ml-scores", &json!({"client_id": "x", "score": "high"})).await.expect(400);
    insta::assert_json_snapshot!(body, @r#"
    {
      "code": "invalid-request",
      "detail": "3 fields are not valid; see errors",
      "errors": [
        {
          "code": "format",
          "message": "must be a UUID",
          "pointer": "/client_id"
        },
        {
          "code": "required",
          "message": "is required",
          "pointer": "/advertiser_id"
        },
        {
          "code": "type",
          "message": "must be an integer, not a string",
          "pointer": "/score"
        }
      ],
      "status": 400,
      "title": "A field of the request is missing or not allowed.",
      "type": "urn:barker:problem:invalid-request"
    }
    "#);
}
