//! Advertisers.

use barker_testkit::Backend;
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{every_database, harness::TestApp};

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|advertiser| advertiser["name"].as_str().unwrap()).collect()
}

#[apply(every_database)]
#[tokio::test]
async fn advertisers_are_made_renamed_and_read(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let id = Uuid::now_v7();
    for name in ["Before", "After"] {
        let advertiser = json!({"advertiser_id": id, "name": name});
        assert_eq!(app.post("/advertisers/bulk", &json!([advertiser])).await.expect(201), json!([advertiser]));
        assert_eq!(app.get(&format!("/advertisers/{id}")).await.expect(200), advertiser);
    }
    assert_eq!(app.get(&format!("/advertisers/{}", Uuid::now_v7())).await.problem(404).0, "advertiser-not-found");
}

#[apply(every_database)]
#[tokio::test]
async fn the_list_is_newest_first_in_pages_with_a_total(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    for name in ["one", "two", "three"] {
        app.post("/advertisers/bulk", &json!([{"advertiser_id": Uuid::now_v7(), "name": name}])).await.expect(201);
        app.clock.advance_ms(1);
    }
    let first = app.get("/advertisers?size=2").await;
    assert_eq!(first.headers["x-total-count"], "3");
    assert_eq!(first.headers["link"], "</advertisers?size=2&page=2>; rel=\"next\"");
    assert_eq!(names(&first.expect(200)), ["three", "two"]);
    let second = app.get("/advertisers?size=2&page=2").await;
    assert_eq!(second.headers["link"], "</advertisers?size=2&page=1>; rel=\"prev\"");
    assert_eq!(names(&second.expect(200)), ["one"]);
    assert_eq!(app.get("/advertisers?page=99").await.expect(200), json!([]));
}

#[apply(every_database)]
#[tokio::test]
async fn a_search_ignores_case_and_takes_wildcards_to_the_letter(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    for name in ["100% Кофе", "кофемания", "Tea_House", "TeaXHouse"] {
        app.post("/advertisers/bulk", &json!([{"advertiser_id": Uuid::now_v7(), "name": name}])).await.expect(201);
        app.clock.advance_ms(1);
    }
    for (search, expected) in
        [("КОФЕ", vec!["кофемания", "100% Кофе"]), ("%25", vec!["100% Кофе"]), ("a_h", vec!["Tea_House"]), ("!", vec![])]
    {
        let found = app.get(&format!("/advertisers?search={search}")).await.expect(200);
        assert_eq!(names(&found), expected, "{search}");
    }
}

#[apply(every_database)]
#[tokio::test]
async fn page_and_size_have_bounds(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    for query in ["size=0", "size=1001", "page=0", "page=-1", "size=x", "page=1.5", "size=99999999999999999999999999999999999999999"] {
        let (_, fields) = app.get(&format!("/advertisers?{query}")).await.problem(400);
        let name = query.split('=').next().unwrap();
        assert!(fields[0].starts_with(&format!("/{name} ")), "{query}: {fields:?}");
    }
    app.get("/advertisers?size=1000&page=1000000000").await.expect(200);
}
