//! What people who work in a project find, make, change and put away besides campaigns: advertisers, clients, ads, movements of money.

use barker_testkit::Backend;
use reqwest::Method;
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    campaign_plans::{Cabinet, id},
    every_database,
    harness::Answer,
};

impl Cabinet {
    /// A change of what has this tag.
    async fn change_tagged(&self, path: &str, tag: &str, change: Value) -> Answer {
        let request = self.app.http.patch(self.app.url(&format!("{}{path}", self.below))).bearer_auth(&self.token);
        Answer::read(request.header("If-Match", tag).json(&change).send().await.unwrap()).await
    }

    async fn try_to_get(&self, path: &str) -> Answer {
        self.app.get_as(&self.token, &format!("{}{path}", self.below)).await
    }

    /// One field of each row of a list.
    async fn column(&self, path: &str, field: &str) -> Vec<String> {
        let rows = self.get(path).await;
        rows.as_array().unwrap().iter().map(|row| row[field].as_str().unwrap().to_owned()).collect()
    }

    async fn top_up(&self, advertiser: &Value, (amount, key, note): (f64, &str, &str)) -> Value {
        let path = format!("{}/advertisers/{}/account/top-ups", self.below, advertiser.as_str().unwrap());
        let request = self.app.http.post(self.app.url(&path)).bearer_auth(&self.token).header("Idempotency-Key", key);
        Answer::read(request.json(&json!({"amount": amount, "note": note})).send().await.unwrap()).await.expect(201)
    }
}

fn tag(answer: &Answer) -> String {
    answer.headers["etag"].to_str().unwrap().to_owned()
}

#[apply(every_database)]
#[tokio::test]
async fn an_advertiser_is_put_away_when_nothing_of_it_is_in_use_and_gets_nothing_then(#[case] on: Backend) {
    let cabinet = Cabinet::open(on).await;
    let campaign = cabinet.campaign(json!({})).await;
    let path = format!("/advertisers/{}", cabinet.advertiser.as_str().unwrap());
    let change = async |change: Value| cabinet.app.patch_as(&cabinet.token, &format!("{}{path}", cabinet.below), &change).await;
    assert_eq!(change(json!({"status": "archived"})).await.problem(409).0, "advertiser-in-use");
    cabinet.patch(&campaign, json!({"status": "archived"})).await.expect(200);
    let archived = change(json!({"status": "archived"})).await.expect(200);
    assert_eq!((&archived["status"], &archived["name"]), (&json!("archived"), &json!("Bears")));
    assert_eq!(cabinet.get("/advertisers").await, json!([]));
    assert_eq!(cabinet.column("/advertisers?status=archived", "name").await, ["Bears"]);
    assert_eq!(cabinet.post("/campaigns", &cabinet.wanted(json!({}))).await.problem(409).0, "advertiser-archived");
    let flat = format!("/advertisers/{}/campaigns", cabinet.advertiser.as_str().unwrap());
    let of_contract = cabinet.app.post_as(&cabinet.key, &flat, &crate::harness::terms()).await;
    assert_eq!(of_contract.problem(409).0, "advertiser-archived", "nor by the contract");
    assert_eq!(cabinet.patch(&campaign, json!({"status": "paused"})).await.problem(409).0, "advertiser-archived");
    let together = json!({"campaign_ids": [campaign["campaign_id"]], "action": "pause"});
    assert_eq!(cabinet.post("/campaigns/bulk", &together).await.problem(409).0, "advertiser-archived");
    let copy = cabinet.post(&format!("/campaigns/{}/duplicate", id(&campaign)), &Value::Null).await;
    assert_eq!(copy.problem(409).0, "advertiser-archived");
    let bulk = json!([{"advertiser_id": cabinet.advertiser, "name": "Wolves"}]);
    cabinet.app.post_as(&cabinet.key, "/advertisers/bulk", &bulk).await.expect(201);
    assert_eq!(cabinet.column("/advertisers?status=archived", "name").await, ["Wolves"], "a new name takes nothing out");
    assert_eq!(change(json!({"status": "active"})).await.expect(200)["name"], "Wolves");
    cabinet.patch(&campaign, json!({"status": "paused"})).await.expect(200);
    assert_eq!(change(json!({"status": "archived"})).await.problem(409).0, "advertiser-in-use");
    let deleted = format!("{}/campaigns/{}", cabinet.below, id(&campaign));
    cabinet.app.send_as(&cabinet.token, Method::DELETE, (&deleted, None)).await.expect(204);
    change(json!({"status": "archived"})).await.expect(200);
    let trail = cabinet.get("/audit?action=advertisers").await;
    let last = &trail[0];
    assert_eq!((&last["after"]["is_archived"], &last["before"]["is_archived"]), (&json!(true), &json!(false)), "{last}");
}

#[apply(every_database)]
#[tokio::test]
async fn an_advertiser_is_changed_only_by_whoever_has_seen_it(#[case] on: Backend) {
    let cabinet = Cabinet::open(on).await;
    let path = format!("/advertisers/{}", cabinet.advertiser.as_str().unwrap());
    let first = cabinet.try_to_get(&path).await;
    let renamed = cabinet.change_tagged(&path, &tag(&first), json!({"name": " Foxes "})).await;
    assert_ne!(tag(&renamed), tag(&first));
    assert_eq!(renamed.body["name"], "Foxes");
    assert_eq!(cabinet.change_tagged(&path, &tag(&first), json!({"name": "Wolves"})).await.problem(412).0, "version-conflict");
    let bulk = json!([{"advertiser_id": cabinet.advertiser, "name": "Moles"}]);
    cabinet.app.post_as(&cabinet.key, "/advertisers/bulk", &bulk).await.expect(201);
    let outdated = cabinet.change_tagged(&path, &tag(&renamed), json!({"status": "archived"})).await;
    assert_eq!(outdated.problem(412).0, "version-conflict", "what came in bulk is a change as well");
    for wrong in ["Foxes", "\"\"", "W/\"1\""] {
        assert_eq!(cabinet.change_tagged(&path, wrong, json!({"name": "A"})).await.problem(400).1, ["/If-Match format"], "{wrong}");
    }
    assert_eq!(cabinet.change_tagged(&path, "*", json!({})).await.expect(200)["name"], "Moles");
    for (change, fault) in [
        (json!({"name": null}), "/name required"),
        (json!({"name": " "}), "/name length"),
        (json!({"status": "paused"}), "/status enum"),
        (json!({"status": null}), "/status required"),
        (json!({"colour": "red"}), "/colour unknown"),
    ] {
        assert_eq!(cabinet.change_tagged(&path, "*", change.clone()).await.problem(400).1, [fault], "{change}");
    }
    let nobody = cabinet.change_tagged(&format!("/advertisers/{}", Uuid::now_v7()), "*", json!({"name": "A"})).await;
    assert_eq!(nobody.problem(404).0, "advertiser-not-found");
}

#[apply(every_database)]
#[tokio::test]
async fn advertisers_are_sorted_by_name_letter_by_letter(#[case] on: Backend) {
    let cabinet = Cabinet::open(on).await;
    for name in ["яблоко", "apple", "Zebra"] {
        cabinet.app.clock.advance_ms(1);
        cabinet.post("/advertisers", &json!({"name": name})).await.expect(201);
    }
    assert_eq!(cabinet.column("/advertisers", "name").await, ["Zebra", "apple", "яблоко", "Bears"]);
    assert_eq!(cabinet.column("/advertisers?sort=name", "name").await, ["apple", "Bears", "Zebra", "яблоко"]);
    assert_eq!(cabinet.column("/advertisers?sort=name&search=E&size=1&page=2", "name").await, ["Bears"]);
    for (query, fault) in [("sort=money", "/sort enum"), ("status=draft", "/status enum"), ("search=%00", "/search format")] {
        assert_eq!(cabinet.try_to_get(&format!("/advertisers?{query}")).await.problem(400).1, [fault]);
    }
}

#[apply(every_database)]
#[tokio::test]
async fn clients_are_made_found_changed_and_only_by_whoever_has_seen_them(#[case] on: Backend) {
    let cabinet = Cabinet::open(on).await;
    cabinet.campaign(json!({"targeting": {"location": "Kazan"}})).await;
    let vera = json!({"login": "Vera", "age": 30, "location": "Moscow", "gender": "FEMALE"});
    let made = cabinet.post("/clients", &vera).await;
    let first_tag = tag(&made);
    let made = made.expect(201);
    let client: Uuid = made["client_id"].as_str().unwrap().parse().unwrap();
    let path = format!("/clients/{client}");
    let found = cabinet.try_to_get(&path).await;
    assert_eq!((tag(&found), &found.body), (first_tag.clone(), &made));
    assert_eq!(cabinet.show(client).await, None);
    let moved = cabinet.change_tagged(&path, &first_tag, json!({"location": "Kazan"})).await;
    assert_ne!(tag(&moved), first_tag);
    assert_eq!(moved.expect(200)["age"], 30);
    assert!(cabinet.show(client).await.is_some(), "the next ad is for who they are now");
    assert_eq!(cabinet.change_tagged(&path, &first_tag, json!({"age": 31})).await.problem(412).0, "version-conflict");
    let twin = json!({"client_id": client, "login": "twin", "age": 30, "location": "Moscow", "gender": "MALE"});
    assert_eq!(cabinet.post("/clients", &twin).await.problem(400).1, ["/client_id taken"]);
    let at_once = json!({"client_id": Uuid::now_v7(), "login": "hasty", "age": 99, "location": "Perm", "gender": "MALE"});
    let tries = futures::future::join_all([(); 4].map(|()| cabinet.post("/clients", &at_once))).await;
    assert_eq!(tries.iter().filter(|answer| answer.status == 201).count(), 1, "one of several at once makes them");
    cabinet.app.delete_as(&cabinet.token, &format!("{}/clients/{}", cabinet.below, at_once["client_id"].as_str().unwrap())).await;
    let own = Uuid::now_v7();
    let oleg = json!({"client_id": own, "login": "oleg", "age": 60, "location": "Kazan", "gender": "MALE"});
    assert_eq!(cabinet.post("/clients", &oleg).await.expect(201), oleg);
    for (query, logins) in [
        ("sort=login", vec!["Vera", "oleg"]),
        ("sort=age", vec!["Vera", "oleg"]),
        ("gender=MALE", vec!["oleg"]),
        ("location=Kazan&age_to=59", vec!["Vera"]),
        ("location=kazan", vec![]),
        ("age_from=31", vec!["oleg"]),
        ("search=er", vec!["Vera"]),
        ("search=V", vec!["Vera"]),
        ("search=v", vec![]),
        ("search=%25", vec![]),
    ] {
        assert_eq!(cabinet.column(&format!("/clients?{query}"), "login").await, logins, "{query}");
    }
    for (query, fault) in [
        ("gender=X", "/gender enum"),
        ("age_from=old", "/age_from type"),
        ("sort=name", "/sort enum"),
        ("search=%00", "/search format"),
        ("location=%00", "/location format"),
    ] {
        assert_eq!(cabinet.try_to_get(&format!("/clients?{query}")).await.problem(400).1, [fault], "{query}");
    }
    for (change, fault) in [
        (json!({"age": 131}), "/age range"),
        (json!({"login": null}), "/login required"),
        (json!({"gender": "male"}), "/gender enum"),
        (json!({"location": " "}), "/location length"),
        (json!({"client_id": own}), "/client_id unknown"),
        (json!([]), " type"),
    ] {
        assert_eq!(cabinet.change_tagged(&path, "*", change.clone()).await.problem(400).1, [fault], "{change}");
    }
    for missing in ["login", "age", "location", "gender"] {
        let mut body = vera.clone();
        body.as_object_mut().unwrap().remove(missing);
        assert_eq!(cabinet.post("/clients", &body).await.problem(400).1, [format!("/{missing} required")]);
    }
    cabinet.app.send_as(&cabinet.token, Method::DELETE, (&format!("{}{path}", cabinet.below), None)).await.expect(204);
    assert_eq!(cabinet.try_to_get(&path).await.problem(404).0, "client-not-found");
    assert_eq!(cabinet.change_tagged(&path, "*", json!({"age": 31})).await.problem(404).0, "client-not-found");
    cabinet.app.assert_audit_is_clean().await;
}

#[apply(every_database)]
#[tokio::test]
async fn ads_of_all_campaigns_stand_in_one_list_and_a_creative_knows_what_it_delivered(#[case] on: Backend) {
    let cabinet = Cabinet::open(on).await;
    let bears = cabinet.campaign(json!({"frequency_cap": {"impressions": 9, "per": "flight"}})).await;
    cabinet.app.clock.advance_ms(1);
    let other = cabinet.campaign(json!({"ad_title": "Umbrellas", "status": "draft"})).await;
    cabinet.app.clock.advance_ms(1);
    let shared = json!({"creative_id": bears["campaign_id"], "weight": 900});
    let second = cabinet.post(&format!("/campaigns/{}/ads", id(&bears)), &shared).await.expect(201);
    let (first_id, other_id, second_id) = (id(&bears).to_owned(), id(&other).to_owned(), second["ad_id"].as_str().unwrap().to_owned());
    let all = [first_id.clone(), other_id.clone(), second_id.clone()];
    assert_eq!(cabinet.column("/ads", "ad_id").await, all);
    for (query, expected) in [
        ("sort=created".to_owned(), vec![&second_id, &other_id, &first_id]),
        ("sort=weight".to_owned(), vec![&second_id, &first_id, &other_id]),
        ("search=UMBR".to_owned(), vec![&other_id]),
        (format!("campaign_id={first_id}&size=1&page=2"), vec![&second_id]),
        ("status=paused".to_owned(), vec![]),
    ] {
        assert_eq!(cabinet.column(&format!("/ads?{query}"), "ad_id").await.iter().collect::<Vec<_>>(), expected, "{query}");
    }
    assert_eq!(cabinet.column(&format!("/campaigns/{first_id}/ads?sort=weight"), "ad_id").await, [&*second_id, &*first_id]);
    assert_eq!(cabinet.try_to_get(&format!("/ads?campaign_id={}", Uuid::now_v7())).await.problem(404).0, "campaign-not-found");
    assert_eq!(cabinet.try_to_get("/ads?campaign_id=x").await.problem(400).1, ["/campaign_id type"]);
    let client = cabinet.visitor().await;
    for _ in 0..9 {
        assert!(cabinet.show(client).await.is_some());
    }
    let of_campaign = cabinet.get(&format!("/campaigns/{first_id}/statistics?fill=none")).await;
    let of_creative = cabinet.get(&format!("/creatives/{first_id}/statistics?fill=none")).await;
    assert_eq!(of_creative, of_campaign, "both of its ads show it");
    assert_eq!(of_creative["total"]["impressions_count"], 9);
    let counted = async |ad: &str| cabinet.get(&format!("/ads/{ad}/statistics")).await["total"]["impressions_count"].as_i64().unwrap();
    assert_eq!(counted(&first_id).await + counted(&second_id).await, 9);
    let none = cabinet.get(&format!("/creatives/{other_id}/statistics")).await;
    assert_eq!((&none["total"]["impressions_count"], &none["days"]), (&json!(0), &json!([])));
    let unknown = cabinet.try_to_get(&format!("/creatives/{}/statistics", Uuid::now_v7())).await;
    assert_eq!(unknown.problem(404).0, "creative-not-found");
    let deleted = format!("{}/campaigns/{other_id}", cabinet.below);
    cabinet.app.send_as(&cabinet.token, Method::DELETE, (&deleted, None)).await.expect(204);
    assert_eq!(cabinet.column("/ads", "ad_id").await, [first_id, second_id]);
}

#[apply(every_database)]
#[tokio::test]
async fn movements_of_money_of_all_advertisers_stand_in_one_list(#[case] on: Backend) {
    let cabinet = Cabinet::open(on).await;
    let foxes = cabinet.post("/advertisers", &json!({"name": "Foxes"})).await.expect(201)["advertiser_id"].clone();
    let first = cabinet.top_up(&cabinet.advertiser, (100.0, "invoice-7", "Счёт 7, Bears")).await;
    cabinet.app.clock.advance_ms(1);
    let second = cabinet.top_up(&foxes, (250.5, "invoice-8", "Foxes")).await;
    let first_id = first["transaction_id"].as_str().unwrap();
    assert_eq!(cabinet.get(&format!("/transactions/{first_id}")).await, first);
    let nothing = cabinet.try_to_get(&format!("/transactions/{}", Uuid::now_v7())).await;
    assert_eq!(nothing.problem(404).0, "transaction-not-found");
    let of_foxes = format!("advertiser_id={}", foxes.as_str().unwrap());
    for (query, expected) in [
        ("", vec![&second, &first]),
        ("sort=earliest", vec![&first, &second]),
        ("sort=amount&size=1", vec![&second]),
        ("search=invoice", vec![&second, &first]),
        ("search=Счёт", vec![&first]),
        ("search=счёт", vec![]),
        ("kind=refund", vec![]),
        ("date_from=2026-01-02", vec![]),
        (&of_foxes, vec![&second]),
    ] {
        assert_eq!(cabinet.get(&format!("/transactions?{query}")).await, json!(expected), "{query}");
    }
    for (query, fault) in [("advertiser_id=x", "/advertiser_id type"), ("date_to=soon", "/date_to format"), ("kind=gift", "/kind enum")] {
        assert_eq!(cabinet.try_to_get(&format!("/transactions?{query}")).await.problem(400).1, [fault], "{query}");
    }
    let unknown = cabinet.try_to_get(&format!("/transactions?advertiser_id={}", Uuid::now_v7())).await;
    assert_eq!(unknown.problem(404).0, "advertiser-not-found");
}
